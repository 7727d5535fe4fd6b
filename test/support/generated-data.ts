import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterAll } from 'vitest';
import type { TestDataSize } from '../../src-main/platform/features/test-data/index.ts';
import {
  generateData,
  type GeneratedData,
  type GenerateOrder,
} from '../../src-main/platform/operations/generate-data.ts';
import { temporaryFolder } from './test-platform.ts';

/** When the generated histories end. */
export const historyEndMs = Date.UTC(2026, 4, 20, 15, 7, 30);

export const smallSize: TestDataSize = { workers: 60, blocks: 1500, leases: 400, addresses: 8, days: 12 };

/** Fills a file. */
export function generate(path: string, order: Partial<GenerateOrder> = {}): Promise<GeneratedData> {
  return generateData(
    { dataDir: join(path, '..'), dbPath: path },
    {
      size: smallSize,
      seed: 7,
      endMs: historyEndMs,
      owner: undefined,
      append: false,
      onProgress: () => undefined,
      signal: new AbortController().signal,
      ...order,
    },
  );
}

let original: Promise<string> | undefined;

/** A file with a small history, of which each caller gets a copy. */
export async function generatedDatabase(): Promise<string> {
  const folder = temporaryFolder();
  original ??= (async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'xenblocks-test-')), 'marketplace.db');
    await generate(path);
    return path;
  })();
  const copy = join(folder, 'marketplace.db');
  cpSync(await original, copy);
  return copy;
}

afterAll(async () => {
  if (original) rmSync(join(await original, '..'), { recursive: true, force: true });
  original = undefined;
});

/** Every row of every table, as text: two files with the same content give the same. */
export function contentOf(path: string): Record<string, string> {
  const database = new BetterSqlite(path, { readonly: true, fileMustExist: true });
  try {
    const tables = database
      .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'")
      .pluck()
      .all() as string[];
    return Object.fromEntries(
      tables
        .filter((table) => !table.startsWith('schema_version'))
        .map((table) => [table, JSON.stringify(database.prepare(`select * from ${table}`).all())]),
    );
  } finally {
    database.close();
  }
}

/** The rows of a query. */
export function queryFile<Row = Record<string, number | string | null>>(path: string, sql: string): Row[] {
  const database = new BetterSqlite(path, { readonly: true, fileMustExist: true });
  try {
    return database.prepare(sql).all() as Row[];
  } finally {
    database.close();
  }
}
