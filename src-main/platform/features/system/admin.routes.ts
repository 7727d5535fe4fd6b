import {
  clientsRoute,
  disconnectClientRoute,
  logsRoute,
  logsTextRoute,
  systemHealthRoute,
} from '../../../contract/rest/system.routes.ts';
import type { Broker } from '../../broker/broker.ts';
import type { HttpServer } from '../../http/http-server.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { LoggerFactory } from '../../kernel/logger.ts';
import type { FeedGateway } from '../../realtime/feed-gateway.ts';
import { pageOfClients } from './client-list.ts';
import { pageOfLog, textOfLog } from './log-view.ts';
import type { SystemHealth } from './system-health.ts';

export interface SystemAdminOptions {
  readonly http: HttpServer;
  readonly health: SystemHealth;
  readonly broker: Broker;
  readonly feed: FeedGateway;
  readonly loggers: Pick<LoggerFactory, 'recent'>;
}

/** What the operator sees of the running system. */
export function mountSystemAdmin({ http, health, broker, feed, loggers }: SystemAdminOptions): void {
  http.mount(systemHealthRoute, () => health.report());

  http.mount(clientsRoute, ({ query: { search, ...page } }) => ({
    ...pageOfClients(broker.clients(), search, page),
    feed: { clients: feed.stats.clients, addresses: feed.addresses() },
  }));

  http.mount(disconnectClientRoute, ({ params }) => {
    const { client_id: clientId } = params;
    if (!broker.disconnectClient(clientId))
      throw new AppError(
        'not_found',
        `No client ${clientId} is connected; GET /api/admin/clients lists them.`,
      );
    return { disconnected: clientId };
  });

  http.mount(logsRoute, ({ query: { after, limit, ...filter } }) =>
    pageOfLog(loggers.recent, filter, after, limit),
  );

  http.mount(logsTextRoute, ({ query, response }) => {
    response.attachment('xenblocks-log.txt');
    return textOfLog(loggers.recent, query);
  });
}
