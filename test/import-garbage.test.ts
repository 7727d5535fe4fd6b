import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { importTables } from '../src-main/contract/domain/import-report.ts';
import { importDatabase } from '../src-main/platform/features/import/index.ts';
import { checkLedgerOfFile } from '../src-main/platform/operations/check-ledger.ts';
import { EarlierDatabaseFile, earlierColumns } from './support/earlier-database.ts';

const nowMs = Date.UTC(2026, 0, 1);
const names = [
  'w1',
  'w2',
  'consumer-1',
  'platform-treasury',
  'admin',
  '',
  '0x1111111111222222222233333333334444444444',
];
const leaseIds = ['lease-1', 'lease-2', 'lease-3', ''];
const words = [
  ...['active', 'completed', 'cancelled', 'provider', 'consumer', 'deposit', 'withdraw', 'lease_charge'],
  ...[
    'provider_payout',
    'platform_fee',
    'transfer_in',
    'transfer_out',
    'hourly',
    'daily',
    'LEASED',
    'offline',
  ],
  ...[
    '[]',
    '[{"name": 7, "memory_gb": "x"}, null, 3]',
    '{',
    'wallet-0x11111111',
    '0xabc',
    'null\0byte',
    '\ud800',
    '🚀',
  ],
];

/** What a column of the earlier platform might hold after years. */
const value = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...names, ...leaseIds) },
  { weight: 3, arbitrary: fc.constantFrom(...words) },
  { weight: 2, arbitrary: fc.double({ noNaN: true }) },
  { weight: 2, arbitrary: fc.integer({ min: -5, max: 2_000_000_000 }) },
  { weight: 1, arbitrary: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(null, Infinity, -Infinity, 0, -0, 1e300, Buffer.from([0, 255, 1])),
  },
);

/** Mostly what belongs there, so that rows meet. */
function columnValue(column: string) {
  if (column === 'lease_id' || column === 'reference_id')
    return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...leaseIds) }, { weight: 1, arbitrary: value });
  if (/^(account_id|worker_id|consumer_id)$/.test(column))
    return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: value });
  if (/^(type|state|role)$/.test(column))
    return fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...words.slice(0, 14)) },
      { weight: 1, arbitrary: value },
    );
  if (/_at$|timestamp/.test(column))
    return fc.oneof(
      { weight: 4, arbitrary: fc.double({ min: 1_766_000_000, max: 1_767_225_600, noNaN: true }) },
      { weight: 1, arbitrary: value },
    );
  if (/balance|amount|cost|payout|fee|earnings/.test(column))
    return fc.oneof(
      { weight: 3, arbitrary: fc.double({ min: 0, max: 1000, noNaN: true }) },
      { weight: 1, arbitrary: value },
    );
  return value;
}

const database = fc.record(
  Object.fromEntries(
    importTables.map((table) => {
      const columns = earlierColumns(table).filter((column) => column !== 'id');
      const row = fc.record(Object.fromEntries(columns.map((column) => [column, columnValue(column)])));
      return [table, fc.array(row, { maxLength: 12 })];
    }),
  ),
);

test(
  'whatever the columns hold, each row is somewhere, and the ledger is right',
  { timeout: 300_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(database, async (rows) => {
        const file = new EarlierDatabaseFile(11, { isLoose: true });
        for (const table of importTables) for (const row of rows[table] ?? []) file.insert(table, row);
        file.close();
        const report = await importDatabase({ path: file.path, nowMs, isTrial: false }, {});
        for (const { table, rows: count, imported, leftovers, too_old: tooOld } of report.tables) {
          expect(count).toBe(rows[table]?.length);
          expect([table, imported + leftovers + tooOld]).toEqual([table, count]);
        }
        const { free, held, balances_before: before } = report.money;
        expect(free + held).toBeCloseTo(before, 3);
        expect(await checkLedgerOfFile({ dataDir: file.dataDir, dbPath: undefined })).toMatchObject({
          ok: true,
          findings: [],
        });
        rmSync(file.dataDir, { recursive: true });
      }),
      { numRuns: Number(process.env['GARBAGE_RUNS'] ?? 25) },
    );
  },
);
