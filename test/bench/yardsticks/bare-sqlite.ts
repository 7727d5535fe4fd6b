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

/** How much to insert at once, and where. */
export interface FillParams {
  directory: string;
  blocks: number;
  /** Narrow rows without an index beside their key. */
  others: number;
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
  const database = openDatabase(file, synchronous);
  try {
    const insertBlock = prepareBlock(database);
    let count = 0;
    const transaction = database.transaction(() => {
      for (let row = 0; row < rows; row += 1) insertBlock(count++);
    });
    const begin = performance.now();
    while (performance.now() - begin < durationMs) transaction();
    return (count * 1000) / (performance.now() - begin);
  } finally {
    database.close();
  }
}

/** Seconds for so many rows in one transaction, synced at its end. */
function fill({ directory, blocks, others }: FillParams): { seconds: number } {
  const database = openDatabase(join(directory, 'fill.sqlite'), 'FULL');
  try {
    database.exec(
      'CREATE TABLE sample (at INTEGER, name TEXT, value REAL, PRIMARY KEY (at, name)) WITHOUT ROWID',
    );
    const sample = database.prepare('INSERT INTO sample VALUES (?, ?, ?)');
    const insertBlock = prepareBlock(database);
    const begin = performance.now();
    database.transaction(() => {
      for (let row = 0; row < blocks; row += 1) insertBlock(row);
      for (let row = 0; row < others; row += 1)
        sample.run(Math.floor(row / 1000), `bench-${String(row % 1000).padStart(5, '0')}`, row / 7);
    })();
    return { seconds: (performance.now() - begin) / 1000 };
  } finally {
    database.close();
  }
}

function openDatabase(file: string, synchronous: string): Database.Database {
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.pragma(`synchronous = ${synchronous}`);
  database.exec(schema);
  return database;
}

/** Inserts one block; the number names its worker. */
function prepareBlock(database: Database.Database): (number: number) => void {
  const statement = database.prepare('INSERT INTO block VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)');
  const account = '0x' + 'ab'.repeat(20);
  return (number) => {
    const key = randomBytes(32).toString('hex');
    const worker = `bench-${String(number % 1000).padStart(5, '0')}`;
    const hash = '0000' + key.slice(4);
    statement.run(worker, '', hash, key, account, 731_204, '21483.57', Date.now() / 1000);
  };
}

const api = { insert, fill };

/** Methods of the bare storage process. */
export type BareSqliteApi = typeof api;

serveRpc(api);
