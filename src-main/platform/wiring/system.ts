/** Creates what the operator sees of the running system. */
import type { Config } from '../../contract/config.ts';
import { EventLoopDelay, SystemHealth } from '../features/system/index.ts';
import type { Clock } from '../kernel/clock.ts';
import { databasePathOf } from './database-path.ts';

/** How long it runs, and how late its event loop is. */
export function createRuntime(clock: Clock) {
  let startedAtMs = clock.nowMs();
  return {
    eventLoop: new EventLoopDelay(clock),
    markStarted: () => void (startedAtMs = clock.nowMs()),
    uptimeSec: () => (clock.nowMs() - startedAtMs) / 1000,
  };
}

export type SystemSources = Omit<
  ConstructorParameters<typeof SystemHealth>[0],
  'databasePath' | 'verifiesProofs' | 'limits'
>;

/** The health of the platform, part by part. */
export function createSystem(config: Config, sources: SystemSources) {
  const health = new SystemHealth({
    ...sources,
    databasePath: databasePathOf(config),
    verifiesProofs: config.verify === 'pow',
    limits: { mqttConnections: config.mqttMaxConnections, feedClients: config.wsMaxClients },
  });
  return { health };
}
