/** What listens: the broker, the HTTP server and the feed, made from the settings. */
import type { Config } from '../../contract/config.ts';
import { Broker } from '../broker/broker.ts';
import type { Logins } from '../broker/logins.ts';
import type { ProbeLogin } from '../features/diagnostics/index.ts';
import { HttpServer } from '../http/http-server.ts';
import type { Clock } from '../kernel/clock.ts';
import type { LoggerFactory } from '../kernel/logger.ts';
import { FeedGateway, type FeedGatewayOptions } from '../realtime/feed-gateway.ts';
import { version } from '../version.ts';
import type { createIdentity } from './identity.ts';
import type { createRecords } from './records.ts';

type Identity = Pick<ReturnType<typeof createIdentity>, 'auth' | 'browserSessions' | 'ownership'>;

/** REST API, dashboard and the upgrade to the feed. */
export function createHttp(
  config: Config,
  loggers: LoggerFactory,
  { auth, browserSessions, ownership }: Identity,
  { audit }: ReturnType<typeof createRecords>,
  dashboardFolder: string | undefined,
): HttpServer {
  return new HttpServer({
    host: config.apiHost,
    port: config.apiPort,
    access: config.access,
    trustProxy: config.trustProxy,
    allowedOrigins: config.allowedOrigin,
    maxBodyBytes: config.httpMaxBodyBytes,
    maxSignInsPerMin: config.signInMaxPerMin,
    version,
    dashboardFolder,
    logger: loggers.module('http'),
    recordChange: (change) => audit.record(change),
    identities: {
      identify: (credentials) => auth.identify(credentials),
      identifySession: async (cookie) => (await browserSessions.ofCookie(cookie)).caller,
      ownersOf: (kind, id) => ownership.ownersOf(kind, id),
    },
  });
}

/** The embedded broker. */
export function createBroker(
  config: Config,
  { clock, loggers }: { clock: Clock; loggers: LoggerFactory },
  logins: () => Logins,
  probeLogin: ProbeLogin,
): Broker {
  return new Broker({
    clock,
    host: config.mqttHost,
    port: config.mqttPort,
    access: config.access,
    logger: loggers.module('broker'),
    logins: {
      identify: (login) =>
        probeLogin.matches(login.username, login.password)
          ? { principal: 'operator' }
          : logins().identify(login),
      isGuarded: (workerId) => logins().isGuarded(workerId),
    },
    maxConnections: config.mqttMaxConnections,
    maxPacketBytes: config.mqttMaxPacketBytes,
    maxTopicLevels: config.mqttMaxTopicLevels,
    connectTimeoutMs: config.mqttConnectTimeoutSec * 1000,
    maxQueueBytes: config.mqttMaxQueueBytes,
    maxMessagesPerSec: config.mqttMaxMessagesPerSec,
    maxRetained: config.mqttMaxRetained,
  });
}

/** The live feed; its clients get `snapshot` first. */
export function createFeed(
  config: Config,
  { clock, loggers }: { clock: Clock; loggers: LoggerFactory },
  snapshot: FeedGatewayOptions['snapshot'],
): FeedGateway {
  return new FeedGateway({
    clock,
    logger: loggers.module('realtime'),
    maxClients: config.wsMaxClients,
    maxQueueBytes: config.wsMaxQueueBytes,
    snapshot,
  });
}
