import { expect, test } from 'vitest';
import { EarlierDatabase } from '../src-main/platform/features/import/earlier-database.repository.ts';
import type { SqliteHandle } from '../src-main/platform/storage/sqlite-connection.ts';
import { EarlierDatabaseFile } from './support/earlier-database.ts';

test.each([1, 5, 11])(
  'a database of version %d is read in one pass a table, however many rows it has',
  (version) => {
    const { handle } = new EarlierDatabaseFile(version);
    const queries: string[] = [];
    const recording = {
      pragma: (text: string) => handle.pragma(text),
      prepare(sql: string) {
        queries.push(sql);
        return handle.prepare(sql);
      },
    } as unknown as SqliteHandle;
    const database = new EarlierDatabase(recording);
    queries.length = 0;
    for (const rows of [
      database.accounts(),
      database.workers(),
      database.leases(),
      database.activeLeases(),
      database.blocks(),
      database.settlements(),
      database.unsettledPayments(),
      database.otherTransactions(),
      database.hashrateSnapshots(0),
      database.walletSnapshots(),
    ])
      rows.next();
    expect(queries).toHaveLength(10);
    for (const sql of queries) {
      const plan = handle.prepare(`explain query plan ${sql}`).all(...(sql.includes('?') ? [0] : [])) as {
        detail: string;
      }[];
      const scans = plan.filter(({ detail }) => /^SCAN (?!CONSTANT)/.test(detail));
      expect(scans.length, `${sql}\n${plan.map(({ detail }) => detail).join('\n')}`).toBeLessThanOrEqual(1);
    }
    handle.close();
  },
);
