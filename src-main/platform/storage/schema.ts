/**
 * The tables, as Kysely sees them. Times are INTEGER Unix milliseconds (`*_ms`), money is INTEGER micro-credits
 * (`*_micro`, 1,000,000 = 1 credit), flags are 0 or 1.
 */
import type { Generated, Insertable, Kysely, Selectable } from 'kysely';
import type { BlockVerdict } from '../../contract/domain/block.ts';

export interface AccountsTable {
  account_id: string;
  role: 'admin' | 'provider' | 'consumer';
  /** Lower case. */
  eth_address: string | null;
  balance_micro: Generated<number>;
  held_micro: Generated<number>;
  api_key_hash: string | null;
  created_at_ms: number;
}

/** Identity, hardware and terms of a worker: what changes rarely. */
export interface WorkersTable {
  worker_id: string;
  account_id: string;
  /** EIP-55 form; empty without an address. */
  eth_address: string;
  gpu_count: number;
  total_memory_gb: number;
  /** JSON array of `{index, name, memory_gb, bus_id}`. */
  gpus: string;
  version: string;
  registered_at_ms: number;
  price_per_min_micro: Generated<number>;
  min_duration_sec: Generated<number>;
  max_duration_sec: Generated<number>;
}

/** What a worker last said: one narrow row, rewritten about once a second while it talks. */
export interface WorkerActivityTable {
  worker_id: string;
  state: string;
  detail: string;
  lease_id: string;
  /** When an offline message or will was its last word; null while it is not. */
  offline_since_ms: number | null;
  hashrate: number;
  active_gpus: number;
  accepted_blocks: number;
  difficulty: number;
  miner_uptime_sec: number;
  last_heartbeat_ms: number;
  last_online_at_ms: number;
  total_online_ms: number;
  current_address: string;
  current_prefix: string;
  current_block_pattern: string;
}

export interface LeasesTable {
  lease_id: string;
  worker_id: string;
  consumer_id: string;
  consumer_address: string;
  prefix: string;
  duration_sec: number;
  price_per_min_micro: number;
  state: 'active' | 'completed' | 'cancelled';
  created_at_ms: number;
  ended_at_ms: number | null;
  blocks_found: Generated<number>;
  hashrate_sum: Generated<number>;
  hashrate_samples: Generated<number>;
}

export interface BlocksTable {
  block_id: Generated<number>;
  worker_id: string;
  /** Empty for a self-mined block. No foreign key: a block for an unknown lease is recorded as rejected. */
  lease_id: string;
  hash: string;
  key: string;
  account: string;
  attempts: number;
  hashrate: string;
  prefix_valid: number;
  chain_verified: Generated<number>;
  chain_block_id: number | null;
  verified: BlockVerdict;
  reason: string;
  reported_at_ms: number;
}

export interface SettlementsTable {
  settlement_id: Generated<number>;
  lease_id: string;
  consumer_id: string;
  worker_id: string;
  duration_sec: number;
  blocks_found: number;
  total_cost_micro: number;
  provider_payout_micro: number;
  platform_fee_micro: number;
  settled_at_ms: number;
}

export interface TransactionsTable {
  transaction_id: Generated<number>;
  account_id: string;
  kind: string;
  amount_micro: number;
  balance_after_micro: number;
  lease_id: string | null;
  note: string;
  created_at_ms: number;
}

export interface HashrateSnapshotsTable {
  taken_at_ms: number;
  worker_id: string;
  hashrate: number;
  active_gpus: number;
}

/** The sum of one round of hashrate snapshots. */
export interface FleetSnapshotsTable {
  taken_at_ms: number;
  hashrate: number;
  active_gpus: number;
  online_workers: number;
}

export interface WalletSnapshotsTable {
  eth_address: string;
  resolution: 'hourly' | 'daily';
  bucket_start_ms: number;
  hashrate: number;
  workers_online: number;
  total_workers: number;
  blocks: number;
  earnings_micro: number;
}

/** Migration tracking. */
export interface SchemaVersionTable {
  name: string;
  timestamp: string;
}

export interface DatabaseSchema {
  accounts: AccountsTable;
  workers: WorkersTable;
  worker_activity: WorkerActivityTable;
  leases: LeasesTable;
  blocks: BlocksTable;
  settlements: SettlementsTable;
  transactions: TransactionsTable;
  hashrate_snapshots: HashrateSnapshotsTable;
  fleet_snapshots: FleetSnapshotsTable;
  wallet_snapshots: WalletSnapshotsTable;
  schema_version: SchemaVersionTable;
}

export type Database = Kysely<DatabaseSchema>;
export type BlockRow = Selectable<BlocksTable>;
export type NewBlock = Insertable<BlocksTable>;
