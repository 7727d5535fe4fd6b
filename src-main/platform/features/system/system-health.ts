/** The health of the whole platform, read from live state when asked for. */
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { HealthReport } from '../../../contract/domain/health.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import type { RefusalKind } from '../../broker/broker-stats.ts';
import { version } from '../../version.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Simulator } from '../simulator/index.ts';
import { judgeHealth } from './judge-health.ts';
import type { MetricsSources } from './metrics.ts';
import { RecentActivity } from './recent-activity.ts';

export interface HealthSources extends Omit<
  MetricsSources,
  'http' | 'leases' | 'control' | 'chain' | 'blocks'
> {
  readonly http: MetricsSources['http'] & { readonly port: number };
  readonly clock: Clock;
  readonly databasePath: string;
  readonly simulator: Simulator;
  readonly ledger: Ledger;
  readonly verifiesProofs: boolean;
  readonly limits: { readonly mqttConnections: number; readonly feedClients: number };
}

/** The broker had no room for them, or the disk did not take them: no mistake of who sent them. */
const crowded: readonly RefusalKind[] = ['too_many_connections', 'queue_full', 'not_stored'];

function sumOf(
  counts: Readonly<Record<string, number>>,
  names: readonly string[] = Object.keys(counts),
): number {
  return names.reduce((sum, name) => sum + (counts[name] ?? 0), 0);
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

export class SystemHealth {
  readonly #sources: HealthSources;
  /** Rates and the last minute; a component to be started. */
  readonly activity: RecentActivity<
    'messages' | 'refused' | 'crowded' | 'requests' | 'failed' | 'dropped' | 'cpuMs'
  >;

  constructor(sources: HealthSources) {
    this.#sources = sources;
    const { broker, http, feed, clock } = sources;
    this.activity = new RecentActivity(clock, () => ({
      messages: broker.stats.messages,
      refused: sumOf(broker.stats.refusals),
      crowded: sumOf(broker.stats.refusals, crowded),
      requests: http.stats.requests,
      failed: http.stats.refusals.internal,
      dropped: feed.stats.dropped,
      cpuMs: cpuMs(),
    }));
  }

  /** Looks at everything; writes nothing, and reads no table. */
  async report(): Promise<HealthReport> {
    const { broker, storage, verifiesProofs, clock } = this.#sources;
    const { activity } = this;
    return judgeHealth(
      {
        checked_at: toUnixSeconds(clock.nowMs()),
        ...this.#servers(),
        storage: await this.#storage(),
        ...this.#work(),
        process: this.#process(),
      },
      {
        brokerListens: broker.port !== 0,
        writeFailure: storage.commitStats.failure,
        failedLastMinute: activity.lastMinute('failed'),
        crowdedLastMinute: activity.lastMinute('crowded'),
        droppedLastMinute: activity.lastMinute('dropped'),
        verifiesProofs,
      },
    );
  }

  #servers() {
    const { broker, http, feed, limits } = this.#sources;
    const { activity } = this;
    return {
      http: {
        port: http.port,
        requests: http.stats.requests,
        requests_per_sec: toTenths(activity.perSecond('requests')),
        failures: http.stats.refusals.internal,
      },
      broker: {
        port: broker.port,
        connections: broker.connectedClients,
        max_connections: limits.mqttConnections,
        messages: broker.stats.messages,
        messages_per_sec: toTenths(activity.perSecond('messages')),
        refused: sumOf(broker.stats.refusals),
        refused_last_minute: activity.lastMinute('refused'),
      },
      feed: { ...feed.stats, max_clients: limits.feedClients },
    };
  }

  async #storage(): Promise<HealthReport['storage']> {
    const { storage, databasePath } = this.#sources;
    const { databaseBytes, walBytes, freeBytes } = storage.sizes();
    const { transactions, depth, sinceCommitMs } = storage.commitStats;
    const { bavail, bsize } = await statfs(dirname(databasePath));
    return {
      path: databasePath,
      database_bytes: databaseBytes,
      wal_bytes: walBytes,
      free_bytes: freeBytes,
      disk_free_bytes: bavail * bsize,
      queue: depth,
      transactions,
      last_commit_age_sec: sinceCommitMs === undefined ? null : Math.round(sinceCommitMs) / 1000,
    };
  }

  #work() {
    const { proofs, backups, simulator, ledger, view } = this.#sources;
    const { figures, outlook } = backups;
    const simulation = simulator.view();
    const { lastCheck } = ledger;
    return {
      proofs: proofs.stats,
      backups: {
        schedule: outlook.expression,
        next_run: outlook.nextRun ?? null,
        last_success_at: figures.lastSuccessAt === 0 ? null : figures.lastSuccessAt,
        last_success_bytes: figures.lastSuccessBytes,
        last_failure_at: outlook.failure?.at ?? null,
        last_failure: outlook.failure?.reason ?? '',
        running: outlook.running?.kind ?? null,
      },
      simulator: {
        running: simulation.running,
        workers: simulation.simulation?.workers ?? 0,
        online: simulation.simulation?.online ?? 0,
        last_error: simulation.last_error,
      },
      ledger: {
        checked_at: lastCheck?.at ?? null,
        ok: lastCheck?.ok ?? null,
        findings: lastCheck?.findings ?? 0,
      },
      honesty: { workers: view.totals().total, flagged: view.flaggedCount() },
    };
  }

  #process(): HealthReport['process'] {
    const { eventLoop, uptimeSec } = this.#sources;
    const memory = process.memoryUsage();
    return {
      version,
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
      pid: process.pid,
      uptime_sec: Math.round(uptimeSec()),
      rss_bytes: memory.rss,
      heap_used_bytes: memory.heapUsed,
      heap_total_bytes: memory.heapTotal,
      cpu_percent: toTenths(this.activity.perSecond('cpuMs') / 10),
      event_loop_p99_ms: toTenths(eventLoop.recent()[99] * 1000),
    };
  }
}

function toTenths(value: number): number {
  return Math.round(value * 10) / 10;
}
