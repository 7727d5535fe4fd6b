/**
 * The tables, as Kysely sees them. Times are INTEGER Unix milliseconds (`*_ms`), money is INTEGER micro-credits
 * (`*_micro`, 1,000,000 = 1 credit), flags are 0 or 1.
 */
import type { Generated, GeneratedAlways, Kysely, Selectable } from 'kysely';
import type { AccountOrigin } from '../../contract/domain/account.ts';
import type { BlockType, BlockVerdict } from '../../contract/domain/block.ts';
import type { CommandAction, CommandState } from '../../contract/domain/command.ts';
import type { TimelineState } from '../../contract/domain/worker-page.ts';
import type { OperatorTables } from './operator-tables.ts';

/** `observed`: of the platform. */
export type RecordedState = TimelineState | 'observed';

export interface AccountsTable {
  account_id: string;
  role: 'admin' | 'provider' | 'consumer';
  /** Lower case; proven (a wallet's sign-in), a worker's own, or set by the operator. */
  eth_address: string | null;
  /** Free to spend; the sum of the account's `available` postings. */
  balance_micro: Generated<number>;
  /** Set aside for leases under way; the sum of its `held` postings. */
  held_micro: Generated<number>;
  created_at_ms: number;
  /** How it came to be. Only a worker's or a wallet's own account may be named like a worker or an address. */
  origin: Generated<AccountOrigin>;
  /** Lower case; what someone said at registration without a proof. Gives no rights. Empty when none. */
  declared_address: Generated<string>;
  /** A closed account signs in no more. */
  closed_at_ms: number | null;
  /**
   * Lower case; the wallet of this address acts for the account, too, as it could on the earlier platform. Empty
   * when none.
   */
  linked_address: Generated<string>;
}

export interface ApiKeysTable {
  /** Public part, for lists and for the log. */
  key_id: string;
  account_id: string;
  /** SHA-256 of the whole key, hex. */
  key_hash: string;
  label: string;
  created_at_ms: number;
  expires_at_ms: number | null;
  last_used_at_ms: number | null;
  revoked_at_ms: number | null;
}

/** Sessions of browsers that were ended before their time. */
export interface EndedSessionsTable {
  session_id: string;
  expires_at_ms: number;
}

/** What a worker needs to connect under `--access strict`. */
export interface WorkerCredentialsTable {
  worker_id: string;
  /** SHA-256, hex. */
  secret_hash: string;
  created_at_ms: number;
}

/** Append-only, hash-chained. */
export interface AuditLogTable {
  audit_id: number;
  at_ms: number;
  /** Account id; `anonymous`, `system`. */
  actor: string;
  actor_role: string;
  remote_address: string;
  action: string;
  target: string;
  result: 'ok' | 'refused' | 'failed';
  /** JSON. */
  detail: string;
  previous_hash: string;
  hash: string;
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
  /** 0 after the owner's unlist command. */
  listed: Generated<number>;
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
  /** Hashes that its heartbeats claim, since the platform counts them. */
  claimed_hashes: Generated<number>;
  /** Blocks that these hashes should have found. */
  expected_blocks: Generated<number>;
  /** 0: since before the platform noted it. */
  difficulty_since_ms: Generated<number>;
  /** 1: before it left it said that it stops. */
  said_goodbye: Generated<number>;
}

/** When a worker was away, by the platform's own observation. */
export interface WorkerOutagesTable {
  worker_id: string;
  began_at_ms: number;
  ended_at_ms: number | null;
  cause: 'offline' | 'silent';
}

/** What a worker did since when. The empty worker id tells of the platform itself: `observed` or `unknown`. */
export interface WorkerStatesTable {
  worker_id: string;
  since_ms: number;
  state: RecordedState;
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
  /** The account that is paid: the worker's owner when the lease began. */
  provider_id: string;
  /** The full price, held since the lease began. */
  held_micro: number;
  /** When the worker first reported MINING for it; null: never. */
  mining_since_ms: number | null;
  /** Code; empty while active. */
  end_reason: Generated<string>;
  /** 1: it ended on the earlier platform, and was settled by its rules, if at all. */
  imported: Generated<number>;
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
  /** Empty when no marker was found or looked for. */
  type: Generated<BlockType | ''>;
  /** 1: it counts for its worker and its lease; proven, unless the platform believes (`--verify off`). */
  counted: Generated<number>;
}

export interface SettlementsTable {
  settlement_id: Generated<number>;
  lease_id: string;
  consumer_id: string;
  provider_id: string;
  worker_id: string;
  /** The ledger's entry of it; 0 when no money moved. */
  transaction_id: number;
  elapsed_ms: number;
  /** Of it, the worker was away. */
  downtime_ms: number;
  billed_ms: number;
  blocks_found: number;
  /** held = cost + refund; cost = payout + fee. */
  held_micro: number;
  total_cost_micro: number;
  provider_payout_micro: number;
  platform_fee_micro: number;
  refund_micro: number;
  /** From here on nothing was paid, whatever was observed. */
  unpaid_since_ms: number | null;
  settled_at_ms: number;
}

/** What an account rented and let; kept by triggers with every change of a lease. */
export interface AccountTotalsTable {
  account_id: string;
  /** As a consumer: leases that began, how they ended, and what was paid for those that are settled. */
  consumer_leases: Generated<number>;
  consumer_completed: Generated<number>;
  consumer_cancelled: Generated<number>;
  consumer_settlements: Generated<number>;
  consumer_cost_micro: Generated<number>;
  /** The same as a provider, with the blocks that count for these leases. */
  provider_leases: Generated<number>;
  provider_completed: Generated<number>;
  provider_cancelled: Generated<number>;
  provider_blocks: Generated<number>;
  provider_settlements: Generated<number>;
  provider_payout_micro: Generated<number>;
  /** Of these leases, the ones in which it is both. */
  own_leases: Generated<number>;
  own_completed: Generated<number>;
  own_cancelled: Generated<number>;
  /** Movements of its free and held money. */
  postings: Generated<number>;
}

/** An entry of the ledger: its postings sum to zero. Append-only, hash-chained. */
export interface TransactionsTable {
  /** Without gaps, from 1. */
  transaction_id: number;
  kind: string;
  lease_id: string | null;
  /** Account that caused it, or `system`. */
  actor: string;
  note: string;
  created_at_ms: number;
  previous_hash: string;
  hash: string;
}

/** One side of an entry. `external` is the world outside: minus what an account paid in, plus what it took out. */
export interface PostingsTable {
  posting_id: Generated<number>;
  transaction_id: number;
  account_id: string;
  bucket: 'available' | 'held' | 'external';
  kind: string;
  amount_micro: number;
  /** Of this account's bucket. */
  balance_after_micro: number;
}

export interface HashrateSnapshotsTable {
  taken_at_ms: number;
  worker_id: string;
  hashrate: number;
  active_gpus: number;
  /** Unix seconds, computed, for operators who delete by hand; nothing here reads it. */
  timestamp: GeneratedAlways<number>;
}

/** The sum of one round of hashrate snapshots. */
export interface FleetSnapshotsTable {
  taken_at_ms: number;
  hashrate: number;
  active_gpus: number;
  online_workers: number;
}

/** What happened at an address within an hour or a day (UTC); an hour is in either of them, never in both. */
export interface WalletSnapshotsTable {
  resolution: 'hourly' | 'daily';
  bucket_start_ms: number;
  /** Lower case. */
  eth_address: string;
  /** Sum of the samples; the mean is what is shown. */
  hashrate_sum: number;
  samples: number;
  /** The most at once. */
  workers_online: number;
  total_workers: number;
  blocks: number;
  earnings_micro: number;
}

/** What outlives the retention of the snapshots. */
export interface WalletRecordsTable {
  /** Lower case. */
  eth_address: string;
  first_seen_ms: number;
  peak_hashrate: Generated<number>;
  peak_at_ms: Generated<number>;
  /** Hours and days (UTC) with a hashrate. */
  mining_hours: Generated<number>;
  mining_days: Generated<number>;
  last_mining_hour_ms: Generated<number>;
  total_blocks: Generated<number>;
}

/** One row: the last block and settlement that the snapshots and records count. */
export interface WalletProgressTable {
  id: number;
  block_id: number;
  settlement_id: number;
}

/** Blocks of the chain simulator. */
export interface ChainBlocksTable {
  block_id: Generated<number>;
  key: string;
  hash: string;
  account: string;
  type: 'normal' | 'super' | 'xuni';
  attempts: number;
  hashes_per_second: string;
  worker: string;
  created_at_ms: number;
}

/** Rewards of the chain simulator by lower-case account, in whole coins. */
export interface ChainBalancesTable {
  account: string;
  balance: number;
}

/** Commands to miners and what became of them. */
export interface CommandsTable {
  command_id: string;
  /** Empty for a command that was sent alone. */
  batch_id: string;
  worker_id: string;
  /** Who owned the worker then. */
  account_id: string;
  action: CommandAction;
  /** JSON, as published. */
  payload: string;
  issued_by: string;
  state: CommandState;
  detail: string;
  created_at_ms: number;
  delivered_at_ms: number | null;
  confirmed_at_ms: number | null;
}

/** What the earlier platform counted for a worker beyond the rows that count here. */
export interface WorkerCarryoversTable {
  worker_id: string;
  /** Self-mined blocks; negative when it counted fewer than there are rows. */
  self_blocks: number;
  /** Blocks that its chain simulator confirmed. */
  verified_blocks: number;
}

/** Rows of an imported database that have no place in the tables. */
export interface ImportLeftoversTable {
  leftover_id: Generated<number>;
  source_table: string;
  source_rowid: number;
  reason: string;
  /** Without keys. */
  row_json: string;
}

export interface ImportReportsTable {
  report_id: Generated<number>;
  imported_at_ms: number;
  /** JSON. */
  report: string;
}

/** Migration tracking. */
export interface SchemaVersionTable {
  name: string;
  timestamp: string;
}

export interface DatabaseSchema extends OperatorTables {
  accounts: AccountsTable;
  api_keys: ApiKeysTable;
  ended_sessions: EndedSessionsTable;
  worker_credentials: WorkerCredentialsTable;
  audit_log: AuditLogTable;
  workers: WorkersTable;
  worker_activity: WorkerActivityTable;
  worker_states: WorkerStatesTable;
  leases: LeasesTable;
  blocks: BlocksTable;
  settlements: SettlementsTable;
  account_totals: AccountTotalsTable;
  transactions: TransactionsTable;
  postings: PostingsTable;
  worker_outages: WorkerOutagesTable;
  chain_blocks: ChainBlocksTable;
  chain_balances: ChainBalancesTable;
  commands: CommandsTable;
  wallet_records: WalletRecordsTable;
  wallet_progress: WalletProgressTable;
  hashrate_snapshots: HashrateSnapshotsTable;
  fleet_snapshots: FleetSnapshotsTable;
  wallet_snapshots: WalletSnapshotsTable;
  worker_carryovers: WorkerCarryoversTable;
  import_leftovers: ImportLeftoversTable;
  import_reports: ImportReportsTable;
  schema_version: SchemaVersionTable;
}

export type Database = Kysely<DatabaseSchema>;
export type BlockRow = Selectable<BlocksTable>;
export type CommandRow = Selectable<CommandsTable>;
export type LeaseRow = Selectable<LeasesTable>;
export type SettlementRow = Selectable<SettlementsTable>;

export type * from './operator-tables.ts';
