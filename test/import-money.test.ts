import { describe, expect, test } from 'vitest';
import type { Settlement } from '../src-main/contract/domain/lease.ts';
import { ok } from './support/accounts.ts';
import { readRows } from './support/platform-figures.ts';
import { accountsOf, newEarlierFile, takeOver } from './support/take-over.ts';

describe('money', () => {
  test('is rounded to micro-credits half away from zero, and one opening entry explains what transactions do not', async () => {
    const file = newEarlierFile();
    file.account('noise', 'consumer', 0.1 + 0.2);
    file.account('almost', 'consumer', 999.9999999999);
    file.account('half', 'consumer', 0.0000015);
    file.account('lost', 'consumer', 3, { created_at: 1_600_000_000 });
    file.transaction('noise', 'deposit', 0.1);
    file.transaction('noise', 'deposit', 0.2);
    file.transaction('lost', 'deposit', 10);
    file.transaction('lost', 'withdraw', 2);
    const { platform, who, report, findings } = await takeOver(file);
    const accounts = await accountsOf(platform);
    expect(['noise', 'almost', 'half', 'lost'].map((name) => accounts[name]?.balance)).toEqual([
      0.3, 1000, 0.000002, 3,
    ]);
    expect(findings('balance_unexplained')).toEqual([
      'account "almost": by 1000 credits',
      'account "half": by 0.000002 credits',
      'account "lost": by -5 credits',
    ]);
    expect(report.money).toMatchObject({ openings: 3, openings_in: 1000.000002, openings_out: 5 });
    const { items } = await ok<{ items: { type: string; balance_after: number }[] }>(
      platform,
      'GET',
      '/api/accounts/lost/transactions',
      { who },
    );
    expect(items.map(({ type, balance_after }) => [type, balance_after])).toEqual([
      ['opening', 3],
      ['withdrawal', 8],
      ['deposit', 10],
    ]);
  });

  test('that no account can hold is reported, kept as text, and nobody falls', async () => {
    const file = newEarlierFile(11, true);
    file.account('debtor', 'consumer', -12.5);
    file.account('endless', 'consumer', Infinity, { api_key: 'a-key-that-must-not-be-left-over' });
    file.insert('accounts', { account_id: 'text', role: 'consumer', balance: 'many', created_at: 1 });
    file.insert('accounts', { account_id: 'nothing', role: 'consumer', balance: null, created_at: 1 });
    file.account('rich', 'consumer', 5e9);
    file.transaction('debtor', 'deposit', Infinity);
    file.transaction('debtor', 'deposit', 0);
    file.transaction('debtor', 'gift', 3);
    const { platform, findings, report } = await takeOver(file);
    const accounts = await accountsOf(platform);
    expect(['debtor', 'endless', 'text', 'nothing', 'rich'].map((name) => accounts[name]?.balance)).toEqual([
      0, 0, 0, 0, 4e9,
    ]);
    expect(findings('balance_unusable')).toEqual([
      'account "debtor": is -12.5, taken as 0',
      'account "endless": is Infinity, taken as 0',
      'account "text": is "many", taken as 0',
      'account "nothing": is NULL, taken as 0',
      'account "rich": is 5000000000, taken as 4000000000',
    ]);
    expect(findings('transaction_unusable')).toEqual([
      'transaction 1: "deposit" of Infinity',
      'transaction 2: "deposit" of 0',
      'transaction 3: "gift" of 3',
    ]);
    expect(report.tables.find(({ table }) => table === 'transactions')).toMatchObject({
      rows: 3,
      imported: 0,
      leftovers: 3,
    });
    const leftovers = JSON.stringify(readRows(platform, 'select * from import_leftovers'));
    expect(leftovers).toContain('\\"balance\\":\\"Infinity\\"');
    expect(leftovers).not.toContain('a-key-that-must-not-be-left-over');
  });

  test('of a payment whose settlement was not written makes the settlement; parts of one are booked alone', async () => {
    const file = newEarlierFile();
    file.account('renter', 'consumer', 64);
    file.account('w1', 'provider', 34.2);
    file.worker('w1');
    const paid = { workerId: 'w1', consumerId: 'renter', durationSec: 3600, pricePerSec: 0.01 };
    file.paidLease({ ...paid, leaseId: 'unwritten', createdAt: 1_640_000_000 });
    file.handle.exec('delete from settlements');
    file.lease('half-paid', 'w1', 'renter', { state: 'completed', ended_at: 1_640_009_000 });
    file.transaction('renter', 'lease_charge', 7, { reference_id: 'half-paid' });
    file.transaction('renter', 'transfer_out', 2);
    const { platform, who, findings } = await takeOver(file);
    expect(findings('settlement_recovered')).toEqual(['lease "unwritten": , transactions 1, 2, 3']);
    expect(findings('transaction_alone')).toEqual([
      'transaction 4: lease_charge',
      'transaction 5: transfer_out',
    ]);
    const { items } = await ok<{ items: Settlement[] }>(platform, 'GET', '/api/settlements', { who });
    expect(items).toMatchObject([
      { lease_id: 'unwritten', total_cost: 36, provider_payout: 34.2, duration_sec: 3600 },
    ]);
    expect((await accountsOf(platform))['renter']).toMatchObject({ balance: 64 });
  });

  test('of a settlement that does not add up is put right, with the payout as far as possible', async () => {
    const file = newEarlierFile();
    file.account('renter', 'consumer', 0);
    file.worker('w1');
    const settled = { consumer_id: 'renter', worker_id: 'w1', duration_sec: 60, settled_at: 1_640_000_000 };
    for (const [name, cost, payout, fee] of [
      ['other-split', 10, 9, 1],
      ['too-much-paid', 10, 11, 1],
      ['nothing', -3, 0, 0],
      ['noise', 0.1 + 0.2, 0.285, 0.1 * 0.15],
    ] as const) {
      file.lease(name, 'w1', 'renter', { state: 'completed', ended_at: 1_640_000_000 });
      file.insert('settlements', {
        ...settled,
        lease_id: name,
        total_cost: cost,
        provider_payout: payout,
        platform_fee: fee,
      });
    }
    const { platform, who, findings } = await takeOver(file);
    expect(findings('settlement_changed')).toHaveLength(2);
    const { items } = await ok<{ items: Settlement[] }>(platform, 'GET', '/api/settlements', { who });
    expect(
      Object.fromEntries(
        items.map((row) => [row.lease_id, [row.total_cost, row.provider_payout, row.platform_fee]]),
      ),
    ).toEqual({
      'other-split': [10, 9, 1],
      'too-much-paid': [10, 9.5, 0.5],
      nothing: [0, 0, 0],
      noise: [0.3, 0.285, 0.015],
    });
  });
});
