/** What tests ask a running platform for. */
import BetterSqlite from 'better-sqlite3';
import type { Block } from '../../src-main/contract/domain/block.ts';
import type { Worker } from '../../src-main/contract/domain/worker.ts';
import { admin } from './accounts.ts';
import type { TestPlatform } from './test-platform.ts';
import { waitFor } from './wait-for.ts';

export async function workerOf(platform: TestPlatform, workerId: string): Promise<Worker | undefined> {
  const workers = await platform.get<Worker[]>('/api/workers');
  return workers.find((worker) => worker.worker_id === workerId);
}

/** Waits until a worker is in the fleet and looks as expected. */
export function waitForWorker(
  platform: TestPlatform,
  workerId: string,
  isExpected: (worker: Worker) => boolean = () => true,
  timeoutMs?: number,
): Promise<Worker> {
  return waitFor(
    async () => {
      const worker = await workerOf(platform, workerId);
      if (!worker) throw new Error('not in the fleet');
      if (isExpected(worker)) return worker;
      throw new Error(`${worker.state}, online ${worker.online}`);
    },
    `worker ${workerId}`,
    timeoutMs,
  );
}

export function recentBlocks(platform: TestPlatform): Promise<Block[]> {
  return platform.get<Block[]>('/api/monitoring/blocks/recent?limit=200');
}

/** The value of one line of /metrics; 0 when it is not there. */
export async function metric(platform: TestPlatform, line: string): Promise<number> {
  const response = await fetch(`${platform.apiUrl}/metrics`, {
    headers: { 'x-api-key': admin(platform).key ?? '' },
  });
  const text = await response.text();
  const found = text.split('\n').find((candidate) => candidate.startsWith(`${line} `));
  return Number(found?.slice(line.length + 1) ?? 0);
}

/** What the broker turned away for one reason. */
export function refusals(platform: TestPlatform, reason: string): Promise<number> {
  return metric(platform, `xenblocks_mqtt_refused_total{reason="${reason}"}`);
}

/** Rows of the database file, read beside the platform. */
export function readRows<Row = Record<string, unknown>>(
  platform: Pick<TestPlatform, 'databasePath'>,
  sql: string,
): Row[] {
  const database = new BetterSqlite(platform.databasePath, { readonly: true, fileMustExist: true });
  try {
    return database.prepare<[], Row>(sql).all();
  } finally {
    database.close();
  }
}

/** Changes the database file of a platform that does not run. */
export function writeRows(platform: TestPlatform, change: (database: BetterSqlite.Database) => void): void {
  const database = new BetterSqlite(platform.databasePath, { fileMustExist: true });
  try {
    change(database);
  } finally {
    database.close();
  }
}

export interface LeaseRow {
  readonly leaseId: string;
  readonly workerId: string;
  readonly prefix: string;
  readonly state?: 'active' | 'completed' | 'cancelled';
  readonly createdAtMs?: number;
  readonly endedAtMs?: number;
  /** Empty unless given. */
  readonly consumerAddress?: string;
}

/** Puts leases of one consumer into the database of a platform that does not run. */
export function insertLeases(platform: TestPlatform, leases: readonly LeaseRow[]): void {
  writeRows(platform, (database) => {
    database.exec(
      `insert or ignore into accounts (account_id, role, created_at_ms) values ('test-consumer', 'consumer', 0)`,
    );
    const insert = database.prepare(
      `insert into leases (lease_id, worker_id, consumer_id, consumer_address, prefix, duration_sec,
         price_per_min_micro, state, created_at_ms, ended_at_ms)
       values (?, ?, 'test-consumer', ?, ?, 3600, 600000, ?, ?, ?)`,
    );
    for (const lease of leases) {
      insert.run(
        lease.leaseId,
        lease.workerId,
        lease.consumerAddress ?? '',
        lease.prefix,
        lease.state ?? 'active',
        lease.createdAtMs ?? Date.now(),
        lease.endedAtMs ?? null,
      );
    }
  });
}
