import {
  healthRoute,
  metricsRoute,
  readinessRoute,
  serviceInfoRoute,
  statusRoute,
} from '../../../contract/rest/service.routes.ts';
import type { HttpServer } from '../../http/http-server.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { MetricsSources } from './metrics.ts';

export interface SystemOptions extends MetricsSources {
  readonly http: HttpServer;
  readonly version: string;
}

/** rest.md, Service. @returns what reads all metrics */
export function mountSystem(options: SystemOptions): () => Promise<string> {
  const { http, broker, view, blocks, leases, storage, version, uptimeSec } = options;

  http.mount(serviceInfoRoute, ({ request, response }) => {
    response.vary('Accept');
    if (request.accepts(['json', 'html']) === 'html') {
      response.redirect('/dashboard');
      return undefined;
    }
    return {
      service: 'XenBlocks Mining Platform',
      version,
      mqtt_port: broker.port,
      api_port: http.port,
      connected_workers: view.totals().online,
      uptime: Math.round(uptimeSec()),
    };
  });

  http.mount(statusRoute, () => {
    const totals = blocks.totals;
    return {
      mqtt_clients: broker.clientIds(),
      workers: view.totals().total,
      active_leases: leases.activeCount,
      total_blocks: totals.total,
      self_mined_blocks: totals.selfMined,
      total_settlements: leases.counts.settlements,
    };
  });

  http.mount(healthRoute, () => ({ status: 'ok' as const }));

  http.mount(readinessRoute, () => {
    if (!storage.isOpen || broker.port === 0) {
      throw new AppError('not_ready', 'The platform is starting or stopping; try again in a moment.');
    }
    return { status: 'ready', storage: 'up', broker: 'up' } as const;
  });

  // Loaded at the first scrape: many platforms are never scraped.
  const registry = { current: undefined as Promise<{ metrics(): Promise<string> }> | undefined };
  const metrics = async () => {
    registry.current ??= import('./metrics.ts').then(({ createMetrics }) => createMetrics(options));
    return (await registry.current).metrics();
  };
  http.mount(metricsRoute, metrics);
  return metrics;
}
