import BetterSqlite from 'better-sqlite3';
import { startTestPlatform, temporaryFolder, type TestPlatformOptions } from './test-platform.ts';

export interface SeedLease {
  readonly lease_id: string;
  readonly worker_id: string;
  readonly consumer_id: string;
  readonly state: 'active' | 'completed' | 'cancelled';
  readonly created_at_ms: number;
  readonly ended_at_ms: number | null;
  readonly blocks_found?: number;
}

/** Direct writes into the file of a platform that does not run. */
export class DatabaseSeed {
  readonly handle: BetterSqlite.Database;

  constructor(path: string) {
    this.handle = new BetterSqlite(path);
  }

  insert(table: string, row: Readonly<Record<string, string | number | null>>): void {
    const columns = Object.keys(row);
    const values = columns.map((column) => `@${column}`).join(', ');
    this.handle.prepare(`insert into ${table} (${columns.join(', ')}) values (${values})`).run(row);
  }

  account(accountId: string, role: 'admin' | 'provider' | 'consumer'): void {
    this.insert('accounts', { account_id: accountId, role, created_at_ms: 0 });
  }

  worker(workerId: string, fields: Readonly<Record<string, string | number>> = {}): void {
    this.insert('workers', {
      worker_id: workerId,
      account_id: 'provider-1',
      eth_address: '',
      gpu_count: 0,
      total_memory_gb: 0,
      gpus: '[]',
      version: '',
      registered_at_ms: 0,
    });
    this.insert('worker_activity', {
      worker_id: workerId,
      state: 'AVAILABLE',
      detail: '',
      lease_id: '',
      offline_since_ms: null,
      hashrate: 0,
      active_gpus: 0,
      accepted_blocks: 0,
      difficulty: 0,
      miner_uptime_sec: 0,
      last_heartbeat_ms: 0,
      last_online_at_ms: 0,
      total_online_ms: 0,
      current_address: '',
      current_prefix: '',
      current_block_pattern: '',
      ...fields,
    });
  }

  lease(lease: SeedLease): void {
    this.insert('leases', {
      consumer_address: '',
      prefix: lease.lease_id,
      duration_sec: 3600,
      price_per_min_micro: 600_000,
      ...lease,
    });
  }

  block(blockId: number, reportedAtMs: number, fields: Readonly<Record<string, string | number>> = {}): void {
    this.insert('blocks', {
      block_id: blockId,
      worker_id: 'rig-1',
      lease_id: '',
      hash: `hash-${blockId}`,
      key: blockId.toString(16).padStart(64, '0'),
      account: '',
      attempts: 1,
      hashrate: '1.00',
      prefix_valid: 1,
      verified: 'unproven',
      reason: 'not_checked',
      reported_at_ms: reportedAtMs,
      counted: fields['verified'] === 'rejected' ? 0 : 1,
      ...fields,
    });
  }

  settlement(leaseId: string, totalMicro: number, feeMicro: number, settledAtMs = 0): void {
    this.insert('settlements', {
      lease_id: leaseId,
      consumer_id: 'consumer-1',
      provider_id: 'provider-1',
      worker_id: 'rig-1',
      transaction_id: 0,
      elapsed_ms: 3_600_000,
      downtime_ms: 0,
      billed_ms: 3_600_000,
      blocks_found: 0,
      held_micro: totalMicro,
      refund_micro: 0,
      total_cost_micro: totalMicro,
      provider_payout_micro: totalMicro - feeMicro,
      platform_fee_micro: feeMicro,
      settled_at_ms: settledAtMs,
    });
  }
}

/** A platform that starts on a file which already holds what `seed` wrote. */
export async function startSeededPlatform(
  seed: (database: DatabaseSeed) => void,
  options: TestPlatformOptions = {},
) {
  const dataDir = options.dataDir ?? temporaryFolder();
  const first = await startTestPlatform({ ...options, dataDir });
  await first.stop();
  const database = new DatabaseSeed(first.databasePath);
  database.handle.transaction(() => seed(database))();
  database.handle.close();
  return startTestPlatform({ ...options, dataDir });
}
