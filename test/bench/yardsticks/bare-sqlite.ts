import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import Database from 'better-sqlite3';
import { serveRpc } from '../process/rpc.ts';

/** Where and how long to insert. */
export interface InsertParams {
  directory: string;
  durationMs: number;
}

/** Block rows per second the storage library alone takes. */
export interface InsertResult {
  /** One row per transaction, WAL, synchronous=NORMAL (what the library's build does by default). */
  oneRow: number;
  /** 50 rows per transaction, same settings. */
  fiftyRows: number;
  /** One row per transaction with synchronous=FULL: each commit waits for the disk. */
  oneRowFull: number;
}

const schema = `
  CREATE TABLE block (
    id INTEGER PRIMARY KEY, worker_id TEXT NOT NULL, lease_id TEXT NOT NULL, hash TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE, account TEXT NOT NULL, attempts INTEGER NOT NULL, hashrate TEXT NOT NULL,
    created_at REAL NOT NULL
  );
  CREATE INDEX block_by_worker ON block (worker_id, created_at);`;

function insert({ directory, durationMs }: InsertParams): InsertResult {
  const measure = (rows: number, synchronous: 'NORMAL' | 'FULL'): number =>
    insertsPerSec(join(directory, `${synchronous}-${rows}.sqlite`), rows, synchronous, durationMs);
  return {
    oneRow: measure(1, 'NORMAL'),
    fiftyRows: measure(50, 'NORMAL'),
    oneRowFull: measure(1, 'FULL'),
  };
}

function insertsPerSec(file: string, rows: number, synchronous: string, durationMs: number): number {
  const database = new Database(file);
  try {
    database.pragma('journal_mode = WAL');
    database.pragma(`synchronous = ${synchronous}`);
    database.exec(schema);
    const statement = database.prepare('INSERT INTO block VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)');
    const account = '0x' + 'ab'.repeat(20);
    let count = 0;
    const transaction = database.transaction(() => {
      for (let row = 0; row < rows; row += 1) {
        const key = randomBytes(32).toString('hex');
        const worker = `bench-${String(count % 1000).padStart(5, '0')}`;
        statement.run(
          worker,
          '',
          '0000' + key.slice(4),
          key,
          account,
          731_204,
          '21483.57',
          Date.now() / 1000,
        );
        count += 1;
      }
    });
    const begin = performance.now();
    while (performance.now() - begin < durationMs) transaction();
    return (count * 1000) / (performance.now() - begin);
  } finally {
    database.close();
  }
}

const api = { insert };

/** Methods of the bare storage process. */
export type BareSqliteApi = typeof api;

serveRpc(api);
