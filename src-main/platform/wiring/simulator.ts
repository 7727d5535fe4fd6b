/** Creates the simulated fleet that runs inside the platform. */
import type { Config } from '../../contract/config.ts';
import type { Broker } from '../broker/broker.ts';
import { Simulator, type MiningRules } from '../features/simulator/index.ts';
import type { HttpServer } from '../http/http-server.ts';
import type { Clock } from '../kernel/clock.ts';
import type { LoggerFactory } from '../kernel/logger.ts';

export interface SimulatorSources {
  readonly clock: Clock;
  readonly loggers: LoggerFactory;
  readonly broker: Broker;
  readonly http: HttpServer;
  readonly blockDemands: () => MiningRules;
}

/** Where this machine reaches a listener of its own. */
function ownAddress(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

export function createSimulator(config: Config, sources: SimulatorSources): Simulator {
  const { clock, loggers, broker, http, blockDemands } = sources;
  // The chain takes blocks from anybody, except where nothing goes without credentials.
  const takesBlocks = !config.noChain && config.access !== 'strict';
  const apiHost = ownAddress(config.apiHost);
  return new Simulator({
    clock,
    logger: loggers.module('simulator'),
    workersAtStart: config.simulate,
    maxWorkers: Math.min(config.maxWorkers, config.mqttMaxConnections),
    rules: blockDemands,
    broker: () => ({ host: ownAddress(config.mqttHost), port: broker.port }),
    chainUrl: () =>
      takesBlocks ? `http://${apiHost.includes(':') ? `[${apiHost}]` : apiHost}:${http.port}` : undefined,
  });
}
