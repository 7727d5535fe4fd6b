/** Prometheus metrics: read from live state when asked for, nothing is counted twice. */
import { Counter, Gauge, Registry, type Metric } from 'prom-client';
import { toCredits } from '../../../contract/domain/money.ts';
import type { Broker } from '../../broker/broker.ts';
import type { HttpServer } from '../../http/http-server.ts';
import type { DurationHistogram } from '../../kernel/duration-histogram.ts';
import type { FeedGateway } from '../../realtime/feed-gateway.ts';
import type { Storage } from '../../storage/storage.ts';
import type { Backups } from '../backup/index.ts';
import type { Blocks } from '../blocks/index.ts';
import type { Chain } from '../chain/index.ts';
import type { Control } from '../control/index.ts';
import type { FleetView } from '../fleet/index.ts';
import type { Leases } from '../leases/index.ts';
import type { ProofChecker } from '../proof/index.ts';
import { delayPercentiles, type EventLoopDelay } from './event-loop-delay.ts';

export interface MetricsSources {
  readonly broker: Broker;
  readonly http: Pick<HttpServer, 'stats'>;
  readonly view: FleetView;
  readonly blocks: Blocks;
  readonly leases: Leases;
  readonly control: Control;
  /** Absent without the chain simulator. */
  readonly chain: Chain | undefined;
  readonly proofs: ProofChecker;
  readonly feed: FeedGateway;
  readonly storage: Storage;
  readonly backups: Backups;
  readonly eventLoop: EventLoopDelay;
  readonly uptimeSec: () => number;
}

type Figures = (set: (value: number, labels?: Record<string, string>) => void) => void;

/** Builds the registry; each metric reads its source when the registry is printed. */
export function createMetrics(sources: MetricsSources): Registry {
  const registry = new Registry();
  /** What only ever grows since the start has a name that ends in `_total`, and is a counter. */
  const add: AddMetric = (name, help, figures, labelNames = []) => {
    const Metric = name.endsWith('_total') ? Counter : Gauge;
    const metric: Counter | Gauge = new Metric({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        metric.reset();
        figures((value, labels = {}) => metric.inc(labels, value));
      },
    });
  };
  addFleetMetrics(add, sources);
  addBlockMetrics(add, sources);
  addServerMetrics(add, sources);
  registry.registerMetric(
    toHistogram(
      'xenblocks_mqtt_acknowledge_seconds',
      'From the arrival of a QoS 1 message to its PUBACK, since the start',
      sources.broker.stats.acknowledgements,
    ),
  );
  addHttpMetrics(add, sources);
  addBackupMetrics(add, sources);
  addProcessMetrics(add, sources);
  return registry;
}

type AddMetric = (name: string, help: string, figures: Figures, labelNames?: string[]) => void;

/** The library's own histogram counts by itself and can't be filled; the registry prints whatever has these fields. */
function toHistogram(name: string, help: string, durations: DurationHistogram): Metric {
  const get = () => {
    const counts = durations.cumulativeCounts();
    const all = counts.at(-1) ?? 0;
    const buckets = [...durations.boundsSec, '+Inf'].map((le, index) => ({
      metricName: `${name}_bucket`,
      labels: { le },
      value: counts[index] ?? all,
    }));
    const sum = { metricName: `${name}_sum`, labels: {}, value: durations.sumSec };
    const count = { metricName: `${name}_count`, labels: {}, value: all };
    return Promise.resolve({
      name,
      help,
      type: 'histogram',
      aggregator: 'sum',
      values: [...buckets, sum, count],
    });
  };
  return { name, help, get } as unknown as Metric;
}

function addHttpMetrics(add: AddMetric, { http }: MetricsSources): void {
  add('xenblocks_http_requests_total', 'HTTP requests since the start', (set) => set(http.stats.requests));
  add(
    'xenblocks_http_errors_total',
    'HTTP requests since the start that were answered with an error, by its code',
    (set) => Object.entries(http.stats.refusals).forEach(([code, count]) => set(count, { code })),
    ['code'],
  );
}

function addFleetMetrics(add: AddMetric, { view, leases, control, chain }: MetricsSources): void {
  add(
    'xenblocks_workers',
    'Registered workers by whether they are online',
    (set) => {
      const { total, online } = view.totals();
      set(online, { status: 'online' });
      set(total - online, { status: 'offline' });
    },
    ['status'],
  );
  add('xenblocks_hashrate', 'Hashes per second of the online workers', (set) => set(view.totals().hashrate));
  add('xenblocks_gpus', 'GPUs of all workers', (set) => set(view.totals().gpus));
  add('xenblocks_active_gpus', 'Active GPUs of the online workers', (set) => set(view.totals().activeGpus));
  add('xenblocks_active_leases', 'Leases under way', (set) => set(leases.activeCount));
  add('xenblocks_leases', 'All leases', (set) => set(leases.counts.leases));
  add('xenblocks_settlements', 'Settled leases', (set) => set(leases.counts.settlements));
  add('xenblocks_platform_fees_credits', 'Sum of the platform fees', (set) =>
    set(toCredits(leases.counts.feesMicro)),
  );
  add('xenblocks_open_commands', 'Commands whose outcome is not known yet', (set) => set(control.openCount));
  if (chain) {
    add('xenblocks_chain_blocks', 'Blocks of the chain simulator', (set) => set(chain.totalBlocks));
    add('xenblocks_chain_difficulty', 'Difficulty of the chain simulator in KiB', (set) =>
      set(chain.difficultyKib),
    );
  }
}

function addBlockMetrics(add: AddMetric, { blocks, proofs }: MetricsSources): void {
  add('xenblocks_blocks', 'Blocks that count', (set) => set(blocks.totals.total));
  add('xenblocks_blocks_last_hour', 'Blocks of the last hour that count', (set) =>
    set(blocks.rates.lastHour),
  );
  add('xenblocks_block_reports_rejected_total', 'Reports rejected since the start', (set) =>
    set(blocks.refusals.rejected),
  );
  add('xenblocks_block_reports_repeated_total', 'Reports of a known key since the start', (set) =>
    set(blocks.refusals.repeated),
  );
  add(
    'xenblocks_block_reports_unrecorded_total',
    'Reports since the start that count for nothing and were too many to be kept',
    (set) => set(blocks.refusals.unrecorded),
  );
  add(
    'xenblocks_block_verdicts_total',
    'Reports since the start by verdict and reason',
    (set) => {
      for (const { count, verdict, reason } of blocks.verdicts) set(count, { verdict, reason });
    },
    ['verdict', 'reason'],
  );
  add('xenblocks_proofs_waiting', 'Proofs that wait to be computed', (set) => set(proofs.stats.waiting));
  add('xenblocks_proofs_running', 'Proofs that are being computed', (set) => set(proofs.stats.running));
  add('xenblocks_proofs_hashed_total', 'Proofs computed since the start', (set) => set(proofs.stats.hashed));
}

function addServerMetrics(add: AddMetric, { broker, feed, storage }: MetricsSources): void {
  add('xenblocks_mqtt_clients', 'Connected MQTT clients', (set) => set(broker.connectedClients));
  add('xenblocks_mqtt_messages_total', 'Messages received since the start', (set) =>
    set(broker.stats.messages),
  );
  add('xenblocks_mqtt_connects_total', 'Connections accepted since the start', (set) =>
    set(broker.stats.connects),
  );
  add('xenblocks_mqtt_takeovers_total', 'Sessions taken over by the same client id', (set) =>
    set(broker.stats.takeovers),
  );
  add(
    'xenblocks_mqtt_refused_total',
    'What the broker turned away since the start, by reason',
    (set) => Object.entries(broker.stats.refusals).forEach(([reason, count]) => set(count, { reason })),
    ['reason'],
  );
  add('xenblocks_feed_clients', 'Clients of the live feed', (set) => set(feed.stats.clients));
  add('xenblocks_feed_refused_total', 'Feed clients turned away because there were too many', (set) =>
    set(feed.stats.refused),
  );
  add('xenblocks_feed_dropped_total', 'Feed clients disconnected because they did not drain', (set) =>
    set(feed.stats.dropped),
  );
  add('xenblocks_feed_frames_total', 'Frames sent to feed clients since the start', (set) =>
    set(feed.stats.frames),
  );
  add('xenblocks_storage_transactions_total', 'Committed transactions since the start', (set) =>
    set(storage.commitStats.transactions),
  );
  add('xenblocks_database_bytes', 'Size of the database file', (set) => set(storage.sizes().databaseBytes));
  add('xenblocks_database_wal_bytes', 'Size of its log that is not written back yet', (set) =>
    set(storage.sizes().walBytes),
  );
  add('xenblocks_database_free_bytes', 'Bytes in the database file that are free for new rows', (set) =>
    set(storage.sizes().freeBytes),
  );
  add('xenblocks_storage_queue', 'Writes that wait for their transaction', (set) =>
    set(storage.commitStats.depth),
  );
}

function addBackupMetrics(add: AddMetric, { backups }: MetricsSources): void {
  add(
    'xenblocks_backup_last_success_timestamp_seconds',
    'When the newest good backup was made; 0: none',
    (set) => set(backups.figures.lastSuccessAt),
  );
  add('xenblocks_backup_last_size_bytes', 'Size of the newest good backup', (set) =>
    set(backups.figures.lastSuccessBytes),
  );
  add(
    'xenblocks_backup_last_duration_seconds',
    'How long the newest good backup took, with its check',
    (set) => set(backups.figures.lastDurationSec),
  );
  add(
    'xenblocks_backup_last_failure_timestamp_seconds',
    'When a backup last failed since the start; 0: never',
    (set) => set(backups.figures.lastFailureAt),
  );
  add('xenblocks_backup_failures_total', 'Backups that failed since the start', (set) =>
    set(backups.figures.failures),
  );
  add('xenblocks_backup_running', '1 while something is done with backups', (set) =>
    set(backups.isBusy ? 1 : 0),
  );
}

function addProcessMetrics(add: AddMetric, { eventLoop, uptimeSec }: MetricsSources): void {
  add('process_resident_memory_bytes', 'Resident memory', (set) => set(process.memoryUsage.rss()));
  add('process_cpu_seconds_total', 'CPU time, user and system', (set) => {
    const { user, system } = process.cpuUsage();
    set((user + system) / 1e6);
  });
  add('xenblocks_uptime_seconds', 'Time since the platform started', (set) => set(uptimeSec()));
  const setDelays = (set: Parameters<Figures>[0], delays: ReturnType<EventLoopDelay['recent']>) => {
    for (const percentile of delayPercentiles)
      set(delays[percentile], { quantile: String(percentile / 100) });
  };
  add(
    'xenblocks_event_loop_delay_seconds',
    'Delay of the event loop since the start',
    (set) => setDelays(set, eventLoop.sinceStart()),
    ['quantile'],
  );
  add(
    'xenblocks_event_loop_delay_recent_seconds',
    'Delay of the event loop in the last minute',
    (set) => setDelays(set, eventLoop.recent()),
    ['quantile'],
  );
}
