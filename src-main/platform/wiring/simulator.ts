/** Creates the simulated fleet that runs inside the platform. */
import type { Config } from '../../contract/config.ts';
import type { Broker } from '../broker/broker.ts';
import { Simulator, type MiningRules } from '../features/simulator/index.ts';
import type { Fleet } from '../features/fleet/index.ts';
import type { HttpServer } from '../http/http-server.ts';
import type { Clock } from '../kernel/clock.ts';
import type { LoggerFactory } from '../kernel/logger.ts';
import { selfAddress } from '../kernel/own-addresses.ts';

export interface SimulatorSources {
  readonly clock: Clock;
  readonly loggers: LoggerFactory;
  readonly broker: Broker;
  readonly http: HttpServer;
  readonly blockDemands: () => MiningRules;
  readonly fleet: Pick<Fleet, 'letGo'>;
}

export function createSimulator(config: Config, sources: SimulatorSources): Simulator {
  const { clock, loggers, broker, http, blockDemands, fleet } = sources;
  // The chain takes blocks from anybody, except where nothing goes without credentials.
  const takesBlocks = !config.noChain && config.access !== 'strict';
  const apiHost = selfAddress(config.apiHost);
  return new Simulator({
    clock,
    logger: loggers.module('simulator'),
    workersAtStart: config.simulate,
    maxWorkers: Math.min(config.maxWorkers, config.mqttMaxConnections),
    rules: blockDemands,
    broker: () => ({ host: selfAddress(config.mqttHost), port: broker.port }),
    stopped: (isMeant) => fleet.letGo(isMeant),
    chainUrl: () =>
      takesBlocks ? `http://${apiHost.includes(':') ? `[${apiHost}]` : apiHost}:${http.port}` : undefined,
  });
}
