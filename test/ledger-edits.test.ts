import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterAll, describe, expect, test } from 'vitest';
import { ledgerFindings } from '../src-main/contract/domain/ledger.ts';
import { checkLedgerOfFile } from '../src-main/platform/operations/check-ledger.ts';
import { writeRows } from './support/platform-figures.ts';
import { PlatformProcess } from './support/platform-process.ts';
import { temporaryFolder } from './support/test-platform.ts';
import { checkOf, trade } from './support/trading.ts';

describe('a later edit of the file is found', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xenblocks-ledger-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const original = join(folder, 'marketplace.db');
  const leases = { first: '', second: '' };

  const prepared = async () => {
    if (existsSync(original)) return;
    const { platform, first, second } = await trade();
    await platform.stop();
    Object.assign(leases, { first, second });
    copyFileSync(platform.databasePath, original);
  };

  /** A copy of the file, edited as somebody would who knows SQL. */
  const edited = async (sql: string): Promise<string> => {
    await prepared();
    const copy = join(temporaryFolder(), 'marketplace.db');
    copyFileSync(original, copy);
    const handle = new BetterSqlite(copy);
    handle.pragma('foreign_keys = OFF');
    handle.pragma('ignore_check_constraints = ON');
    const triggers = handle.prepare("select name from sqlite_schema where type = 'trigger'").pluck().all();
    for (const name of triggers) handle.exec(`drop trigger ${String(name)}`);
    handle.exec(sql.replaceAll('$first', `'${leases.first}'`).replaceAll('$second', `'${leases.second}'`));
    handle.close();
    return copy;
  };

  test.each<[what: string, sql: string, findings: string[]]>([
    ['nothing', '', []],
    [
      'the note of an entry',
      "update transactions set note = 'gift' where transaction_id = 2",
      ['entry_changed transaction 2'],
    ],
    [
      'the time of an entry',
      'update transactions set created_at_ms = 1 where transaction_id = 1',
      ['entry_changed transaction 1'],
    ],
    [
      'a hash that was computed anew',
      "update transactions set hash = 'beef' where transaction_id = 3",
      ['entry_changed transaction 3', 'chain_broken transaction 4'],
    ],
    [
      'an amount',
      'update postings set amount_micro = amount_micro + 1 where posting_id = 2',
      [
        'entry_changed transaction 1',
        'entry_unbalanced transaction 1',
        'balance_after_wrong posting 2',
        'balance_wrong account renter',
      ],
    ],
    [
      'an amount that is text',
      "update postings set amount_micro = 'lots' where posting_id = 2",
      [
        'amount_malformed posting 2',
        'entry_changed transaction 1',
        'entry_unbalanced transaction 1',
        'balance_after_wrong posting 2',
        'balance_wrong account renter',
      ],
    ],
    [
      'a balance',
      "update accounts set balance_micro = balance_micro + 1000000 where account_id = 'other'",
      ['balance_wrong account other', 'total_wrong all accounts'],
    ],
    [
      'a balance moved to another account',
      `update accounts set balance_micro = balance_micro - 5 where account_id = 'renter';
       update accounts set balance_micro = balance_micro + 5 where account_id = 'other'`,
      ['balance_wrong account renter', 'balance_wrong account other'],
    ],
    [
      'a negative balance',
      "update accounts set balance_micro = -1 where account_id = 'other'",
      ['balance_negative account other', 'balance_wrong account other', 'total_wrong all accounts'],
    ],
    [
      'a held balance',
      "update accounts set held_micro = 0 where account_id = 'renter'",
      ['held_wrong account renter', 'held_unexplained account renter', 'total_wrong all accounts'],
    ],
    [
      'an entry that is taken out',
      'delete from postings where transaction_id = 3; delete from transactions where transaction_id = 3',
      [
        'entry_missing transaction 3',
        'chain_broken transaction 4',
        'balance_after_wrong ',
        'balance_wrong account other',
      ],
    ],
    [
      'postings that are taken out',
      'delete from postings where transaction_id = 3',
      [
        'entry_changed transaction 3',
        'entry_empty transaction 3',
        'balance_after_wrong ',
        'balance_wrong account other',
      ],
    ],
    [
      'an account that is taken out',
      "delete from accounts where account_id = 'other'",
      ['account_missing account other', 'total_wrong all accounts'],
    ],
    [
      'a posting that belongs to nothing',
      "insert into postings values (900, 77, 'other', 'available', 'deposit', 5, 7000005)",
      ['posting_without_entry posting 900', 'balance_wrong account other'],
    ],
    [
      'a settlement that is taken out',
      'delete from settlements',
      ['settlement_missing lease $first', 'settlement_wrong lease $first'],
    ],
    [
      'a settlement with another payout',
      'update settlements set provider_payout_micro = provider_payout_micro + 1, platform_fee_micro = platform_fee_micro - 1',
      ['settlement_wrong lease $first'],
    ],
    [
      'a settlement with another time',
      'update settlements set elapsed_ms = elapsed_ms - 60000, billed_ms = billed_ms - 60000',
      ['settlement_wrong lease $first'],
    ],
    [
      'the price of a settled lease',
      'update leases set price_per_min_micro = 1 where lease_id = $first',
      ['settlement_wrong lease $first'],
    ],
    [
      'the payee of a settled lease',
      "update leases set provider_id = 'other' where lease_id = $first",
      ['settlement_wrong lease $first'],
    ],
    [
      'a lease that is called ended',
      "update leases set state = 'completed', ended_at_ms = 1 where lease_id = $second",
      ['settlement_missing lease $second', 'held_unexplained account renter'],
    ],
    [
      'a settled lease that is called active on a worker with another',
      "drop index leases_one_active_per_worker; update leases set state = 'active', ended_at_ms = null where lease_id = $first",
      ['lease_doubled ', 'settlement_unexpected settlement of $first', 'held_unexplained account renter'],
    ],
    [
      'the hold of a lease',
      'update leases set held_micro = 1 where lease_id = $second',
      ['hold_wrong lease $second', 'held_unexplained account renter'],
    ],
    [
      'a lease that is taken out',
      'delete from leases where lease_id = $second',
      ['entry_without_lease transaction 6', 'held_unexplained account renter'],
    ],
    [
      'the actor of an audit entry',
      "update audit_log set actor = 'nobody' where audit_id = 2",
      ['audit_changed audit entry 2'],
    ],
    [
      'an audit entry that is taken out',
      'delete from audit_log where audit_id = 3',
      ['audit_missing audit entry 3', 'audit_chain_broken audit entry 4'],
    ],
  ])('%s', async (_what, sql, expected) => {
    const path = await edited(sql);
    const report = await checkLedgerOfFile({ dataDir: 'nowhere', dbPath: path });
    const found = report.findings.map(({ code, where }) => `${code} ${where}`);
    for (const finding of expected) {
      const text = finding.replace('$first', leases.first).replace('$second', leases.second);
      expect(
        found.some((entry) => entry.startsWith(text)),
        `${text} in ${found.join('; ')}`,
      ).toBe(true);
    }
    const codes = new Set(expected.map((finding) => finding.split(' ')[0]));
    expect(new Set(report.findings.map(({ code }) => code))).toEqual(codes);
    expect(report.ok).toBe(expected.length === 0);
  });

  test('by the command, which says which row and exits 1, and leaves the file as it was', async () => {
    const path = await edited("update transactions set note = 'gift' where transaction_id = 2");
    const before = readdirSync(join(path, '..'));
    const command = PlatformProcess.spawn(['check-ledger', '--db-path', path]);
    expect(await command.exitCode()).toBe(1);
    expect(command.stderr).toBe('');
    expect(command.stdout).toContain('The ledger is WRONG: 1 finding');
    expect(command.stdout).toContain('entry_changed: transaction 2: its hash does not fit what it says');
    expect(command.stdout).toContain(ledgerFindings.entry_changed);
    expect(readdirSync(join(path, '..'))).toEqual(before);
  });

  test('by the running platform, in the file under it', async () => {
    const { platform } = await trade();
    expect((await checkOf(platform)).ok).toBe(true);
    writeRows(platform, (database) => {
      database.exec('drop trigger postings_no_update');
      database.exec('update postings set amount_micro = amount_micro * 2 where posting_id = 4');
    });
    const report = await checkOf(platform);
    expect(report.ok).toBe(false);
    expect(report.findings).toContainEqual({
      code: 'balance_after_wrong',
      where: 'posting 4',
      detail: expect.stringContaining('micro-credits') as string,
    });
  });
});
