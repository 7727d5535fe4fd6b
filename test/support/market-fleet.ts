import type { DatabaseSeed } from './seed-database.ts';

/** A worker in the file, online at `nowMs`. */
export interface MarketWorker {
  readonly workerId: string;
  readonly accountId?: string;
  /** Micro-credits a minute. */
  readonly priceMicro?: number;
  readonly minDurationSec?: number;
  readonly maxDurationSec?: number;
  readonly listed?: boolean;
  readonly hashrate?: number;
  readonly gpus?: readonly { readonly name: string; readonly memory_gb: number }[];
  readonly state?: string;
  readonly lastHeartbeatMs?: number;
  readonly offlineSinceMs?: number | null;
  readonly totalOnlineMs?: number;
}

/** Puts workers into the file of a platform that does not run. */
export function seedWorkers(database: DatabaseSeed, nowMs: number, workers: readonly MarketWorker[]): void {
  const addAccount = database.handle.prepare(
    `insert or ignore into accounts (account_id, role, created_at_ms) values (?, 'provider', 0)`,
  );
  addAccount.run('provider-1');
  const setTerms = database.handle.prepare(
    `update workers set account_id = ?, gpu_count = ?, total_memory_gb = ?, gpus = ?, registered_at_ms = ?,
       price_per_min_micro = ?, min_duration_sec = ?, max_duration_sec = ?, listed = ? where worker_id = ?`,
  );
  for (const worker of workers) {
    const { accountId = 'provider-1', gpus = [] } = worker;
    addAccount.run(accountId);
    database.worker(worker.workerId, {
      state: worker.state ?? 'AVAILABLE',
      hashrate: worker.hashrate ?? 1000,
      last_heartbeat_ms: worker.lastHeartbeatMs ?? nowMs,
      last_online_at_ms: worker.lastHeartbeatMs ?? nowMs,
      total_online_ms: worker.totalOnlineMs ?? 0,
    });
    setTerms.run(
      accountId,
      gpus.length,
      gpus.reduce((sum, { memory_gb }) => sum + memory_gb, 0),
      JSON.stringify(gpus.map((gpu, index) => ({ ...gpu, index, bus_id: index }))),
      nowMs,
      worker.priceMicro ?? 600_000,
      worker.minDurationSec ?? 60,
      worker.maxDurationSec ?? 86_400,
      worker.listed === false ? 0 : 1,
      worker.workerId,
    );
    if (worker.offlineSinceMs !== undefined)
      database.handle
        .prepare('update worker_activity set offline_since_ms = ? where worker_id = ?')
        .run(worker.offlineSinceMs, worker.workerId);
  }
}
