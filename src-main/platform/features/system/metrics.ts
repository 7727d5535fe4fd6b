/** Prometheus metrics: read from live state when asked for, nothing is counted twice. */
import { Gauge, Registry } from 'prom-client';
import type { Broker } from '../../broker/broker.ts';
import type { FeedGateway } from '../../realtime/feed-gateway.ts';
import type { Storage } from '../../storage/storage.ts';
import type { Blocks } from '../blocks/index.ts';
import type { FleetView } from '../fleet/index.ts';
import type { Leases } from '../leases/index.ts';
import type { EventLoopDelay } from './event-loop-delay.ts';

export interface MetricsSources {
  readonly broker: Broker;
  readonly view: FleetView;
  readonly blocks: Blocks;
  readonly leases: Leases;
  readonly feed: FeedGateway;
  readonly storage: Storage;
  readonly eventLoop: EventLoopDelay;
  readonly uptimeSec: () => number;
}

type Figures = (set: (value: number, labels?: Record<string, string>) => void) => void;

/** Builds the registry; each gauge reads its source when the registry is printed. */
export function createMetrics(sources: MetricsSources): Registry {
  const registry = new Registry();
  const gauge = (name: string, help: string, figures: Figures, labelNames: string[] = []) => {
    const metric: Gauge = new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      collect: () => figures((value, labels) => (labels ? metric.set(labels, value) : metric.set(value))),
    });
  };
  addFleetMetrics(gauge, sources);
  addServerMetrics(gauge, sources);
  addProcessMetrics(gauge, sources);
  return registry;
}

type AddGauge = (name: string, help: string, figures: Figures, labelNames?: string[]) => void;

function addFleetMetrics(gauge: AddGauge, { view, blocks, leases }: MetricsSources): void {
  gauge(
    'xenblocks_workers',
    'Registered workers by whether they are online',
    (set) => {
      const { total, online } = view.totals();
      set(online, { status: 'online' });
      set(total - online, { status: 'offline' });
    },
    ['status'],
  );
  gauge('xenblocks_hashrate', 'Hashes per second of the online workers', (set) =>
    set(view.totals().hashrate),
  );
  gauge('xenblocks_gpus', 'GPUs of all workers', (set) => set(view.totals().gpus));
  gauge('xenblocks_active_gpus', 'Active GPUs of the online workers', (set) => set(view.totals().activeGpus));
  gauge('xenblocks_blocks', 'Recorded blocks that are not rejected', (set) => set(blocks.totals.total));
  gauge('xenblocks_blocks_last_hour', 'Blocks of the last hour', (set) => set(blocks.rates.lastHour));
  gauge('xenblocks_block_reports_rejected_total', 'Reports rejected since the start', (set) =>
    set(blocks.refusals.rejected),
  );
  gauge('xenblocks_block_reports_repeated_total', 'Reports of a known key since the start', (set) =>
    set(blocks.refusals.repeated),
  );
  gauge('xenblocks_active_leases', 'Leases under way', (set) => set(leases.activeCount));
}

function addServerMetrics(gauge: AddGauge, { broker, feed, storage }: MetricsSources): void {
  gauge('xenblocks_mqtt_clients', 'Connected MQTT clients', (set) => set(broker.connectedClients));
  gauge('xenblocks_mqtt_messages_total', 'Messages received since the start', (set) =>
    set(broker.stats.messages),
  );
  gauge('xenblocks_mqtt_connects_total', 'Connections accepted since the start', (set) =>
    set(broker.stats.connects),
  );
  gauge('xenblocks_mqtt_takeovers_total', 'Sessions taken over by the same client id', (set) =>
    set(broker.stats.takeovers),
  );
  gauge(
    'xenblocks_mqtt_refused_total',
    'What the broker turned away since the start, by reason',
    (set) => Object.entries(broker.stats.refusals).forEach(([reason, count]) => set(count, { reason })),
    ['reason'],
  );
  gauge('xenblocks_feed_clients', 'Clients of the live feed', (set) => set(feed.stats.clients));
  gauge('xenblocks_feed_frames_total', 'Frames sent to feed clients since the start', (set) =>
    set(feed.stats.frames),
  );
  gauge('xenblocks_storage_transactions_total', 'Committed transactions since the start', (set) =>
    set(storage.commitStats.transactions),
  );
  gauge('xenblocks_storage_queue', 'Writes that wait for their transaction', (set) =>
    set(storage.commitStats.depth),
  );
}

function addProcessMetrics(gauge: AddGauge, { eventLoop, uptimeSec }: MetricsSources): void {
  gauge('process_resident_memory_bytes', 'Resident memory', (set) => set(process.memoryUsage.rss()));
  gauge('process_cpu_seconds_total', 'CPU time, user and system', (set) => {
    const { user, system } = process.cpuUsage();
    set((user + system) / 1e6);
  });
  gauge('xenblocks_uptime_seconds', 'Time since the platform started', (set) => set(uptimeSec()));
  gauge(
    'xenblocks_event_loop_delay_seconds',
    'Delay of the event loop since the start',
    (set) => {
      set(eventLoop.percentileSec(50), { quantile: '0.5' });
      set(eventLoop.percentileSec(99), { quantile: '0.99' });
      set(eventLoop.percentileSec(100), { quantile: '1' });
    },
    ['quantile'],
  );
}
