/** Creates what newcomers find the platform by. */
import type { Config } from '../../contract/config.ts';
import type { Broker } from '../broker/broker.ts';
import { Announcement } from '../features/onboarding/index.ts';
import type { HttpServer } from '../http/http-server.ts';
import type { LoggerFactory } from '../kernel/logger.ts';
import { version } from '../version.ts';

export interface OnboardingSources {
  readonly broker: Broker;
  readonly http: HttpServer;
  readonly loggers: LoggerFactory;
}

/** The announcement on the local network, and where things listen. */
export function createOnboarding(config: Config, { broker, http, loggers }: OnboardingSources) {
  const { announce, apiHost, mqttHost, access, maxWorkers } = config;
  const announcement = new Announcement({
    isWanted: announce === 'on',
    version,
    logger: loggers.module('server'),
    api: { host: apiHost, port: () => http.port },
    mqtt: { host: mqttHost, port: () => broker.port },
  });
  return { announcement, listening: { apiHost, mqttHost, access, maxWorkers } };
}
