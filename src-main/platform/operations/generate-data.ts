/** Filling a database with a history of test data. */
import { existsSync, rmSync, statSync } from 'node:fs';
import type { Config } from '../../contract/config.ts';
import { AccountRepository, Accounts } from '../features/accounts/index.ts';
import { AuditRepository } from '../features/audit/index.ts';
import { countRows, hasData, writeHistory, type HistoryOrder } from '../features/test-data/index.ts';
import { StartupError } from '../kernel/app-error.ts';
import { systemClock } from '../kernel/clock.ts';
import { withinTransaction } from '../storage/bulk-insert.ts';
import type { Database } from '../storage/schema.ts';
import { openSnapshotOfFile } from '../storage/snapshot.ts';
import { Storage } from '../storage/storage.ts';
import { databasePathOf, silentLoggers } from '../wiring/parts.ts';

export interface GenerateOrder extends HistoryOrder {
  /** Adds to what is there instead of refusing it. */
  readonly append: boolean;
}

export interface GeneratedData {
  readonly path: string;
  /** Rows that came in, by table; tables that got none are left out. */
  readonly rows: Readonly<Record<string, number>>;
  /** Of the whole file. */
  readonly sizeBytes: number;
}

/**
 * Writes a history into the database of a configuration, which is made when it is missing. All of it or nothing:
 * a file that was there is as it was after a failure or an interruption, a new one is gone.
 *
 * @throws StartupError when a platform holds the database, it has data already, or it is of another version
 * @throws whatever the order's signal was aborted with
 */
export async function generateData(
  config: Pick<Config, 'dataDir' | 'dbPath'>,
  order: GenerateOrder,
): Promise<GeneratedData> {
  const path = databasePathOf(config);
  const isNew = !existsSync(path);
  // An older file is upgraded by a start of the platform, with a backup, not on the way.
  if (!isNew && statSync(path).size > 0) openSnapshotOfFile(path).close();
  const storage = new Storage({ path, logger: silentLoggers.module('storage') });
  let isDone = false;
  try {
    await storage.start();
    const rows = await storage.write((db) => generate(db, path, order));
    isDone = true;
    await storage.stop();
    return { path, rows, sizeBytes: statSync(path).size };
  } finally {
    await storage.stop();
    if (isNew && !isDone) removeDatabase(path);
  }
}

async function generate(db: Database, path: string, order: GenerateOrder): Promise<Record<string, number>> {
  if (!order.append && (await hasData(db)))
    throw new StartupError(
      `The database ${path} has data already; it was left as it is. Add to it with --append, or name another file with --db.`,
    );
  const before = await countRows(db);
  const access = withinTransaction(db);
  const { size, seed, endMs } = order;
  const accounts = new Accounts({
    repository: new AccountRepository(access),
    // The treasury is older than the first fee.
    clock: { ...systemClock, nowMs: () => endMs - size.days * 86_400_000 },
    isWorker: () => false,
  });
  await accounts.start();
  const { batch } = await writeHistory(db, order);
  // Whoever wonders about these rows later finds here where they come from.
  await new AuditRepository(access).append([
    {
      at_ms: endMs,
      actor: 'system',
      actor_role: 'none',
      remote_address: 'command line',
      action: 'test_data.generate',
      target: '',
      result: 'ok',
      detail: JSON.stringify({ body: { ...size, seed, batch } }),
    },
  ]);
  const after = await countRows(db);
  const added = Object.entries(after).map(([table, count]) => [table, count - (before[table] ?? 0)] as const);
  return Object.fromEntries(added.filter(([, count]) => count > 0));
}

function removeDatabase(path: string): void {
  for (const ending of ['', '-wal', '-shm', '.lock']) rmSync(`${path}${ending}`, { force: true });
}
