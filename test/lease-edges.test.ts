import BetterSqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { admin, call, deposit, newWallet, register, signIn } from './support/accounts.ts';
import { waitForWorker } from './support/platform-figures.ts';
import { detailsOf, ended, mineFor, moneyOf, rent, rented, setUp, stop } from './support/renting.ts';
import { TestMiner } from './support/test-miner.ts';
import { startTestPlatform } from './support/test-platform.ts';
import { checkOf, post } from './support/trading.ts';
import { waitFor } from './support/wait-for.ts';

/** What it keeps from changing fails as it would on a full disk. */
function refuse(databasePath: string, change: string): () => void {
  const database = new BetterSqlite(databasePath);
  database.exec(`create trigger refused before ${change} begin select raise(abort, 'disk full'); end`);
  return () => {
    database.exec('drop trigger refused');
    database.close();
  };
}

const outages = (databasePath: string) => {
  const database = new BetterSqlite(databasePath, { readonly: true });
  try {
    return database.prepare('select ended_at_ms from worker_outages').pluck().all();
  } finally {
    database.close();
  }
};

describe('a lease is settled', () => {
  test('when its provider has all that an account may be given', async () => {
    const setting = await setUp();
    const { platform, consumer } = setting;
    const { lease_id: leaseId } = await rented(setting);
    for (let count = 0; count < 4; count += 1) await deposit(platform, 'rig-1', 1e9);
    await mineFor(setting, 60);
    expect((await stop(platform, consumer, leaseId)).body.settlement).toMatchObject({
      total_cost: 0.6,
      provider_payout: 0.57,
    });
    expect(await moneyOf(platform, 'rig-1')).toEqual({ balance: 4e9 + 0.57, held: 0 });
    expect(await checkOf(platform)).toMatchObject({ ok: true });
  });

  test('with a refund for which there is always room: held money counts for what an account may be given', async () => {
    const setting = await setUp();
    const { platform, consumer } = setting;
    const { lease_id: leaseId } = await rented(setting);
    for (let count = 0; count < 3; count += 1) await deposit(platform, 'renter', 1e9);
    await deposit(platform, 'renter', 1e9 - 100);
    const more = await post(platform, '/api/accounts/renter/deposit', admin(platform), { amount: 0.000001 });
    expect(more).toMatchObject({ status: 400, body: { detail: /more than the ledger can count/ } });
    expect((await stop(platform, consumer, leaseId)).status).toBe(200);
    expect(await moneyOf(platform, 'renter')).toEqual({ balance: 4e9, held: 0 });
  });

  test('later when storage refuses it at the start of the platform', async () => {
    const setting = await setUp();
    const { platform, clock } = setting;
    const { lease_id: leaseId } = await rented(setting);
    await platform.stop();
    clock.jump(700_000);
    const allow = refuse(platform.databasePath, 'insert on settlements');
    const again = await startTestPlatform({ clock, dataDir: platform.dataDir });
    expect(await detailsOf(again, leaseId)).toMatchObject({ state: 'active' });
    allow();
    clock.advance(1000);
    expect(await ended(again, leaseId)).toMatchObject({
      end_reason: 'expired',
      settlement: { total_cost: 6 },
    });
  });

  test('on stop without the time since the worker left it, as the statement said', async () => {
    const setting = await setUp();
    const { platform, consumer, miner } = setting;
    const { lease_id: leaseId } = await rented(setting);
    await mineFor(setting, 30);
    await miner.status('ERROR');
    await mineFor(setting, 45);
    const { statement } = await detailsOf(platform, leaseId);
    expect(statement).toMatchObject({ billed_sec: 30, total_cost: 0.3 });
    expect((await stop(platform, consumer, leaseId)).body.settlement).toMatchObject({
      elapsed_sec: 75,
      duration_sec: 30,
      total_cost: statement.total_cost,
    });
  });
});

test('nobody is away because the machine slept', async () => {
  const setting = await setUp();
  const { platform, clock, miner } = setting;
  const { lease_id: leaseId } = await rented(setting, { duration_sec: 7200 });
  await mineFor(setting, 60);
  clock.jump(1_800_000);
  clock.advance(30_000);
  await miner.heartbeat();
  clock.advance(70_000);
  expect(await detailsOf(platform, leaseId)).toMatchObject({
    state: 'active',
    statement: { elapsed_sec: 1960, downtime_sec: 0 },
  });
  // Who is not heard again was away all the time.
  clock.advance(60_000);
  await waitForWorker(platform, 'rig-1', ({ online }) => !online);
  expect(await detailsOf(platform, leaseId)).toMatchObject({ statement: { downtime_sec: 130 } });
});

test('a clock that was set back makes nobody away and ends nothing', async () => {
  const setting = await setUp();
  const { platform, clock, miner, consumer } = setting;
  const { lease_id: leaseId } = await rented(setting);
  await mineFor(setting, 60);
  clock.jump(-3_600_000);
  await miner.heartbeat();
  await mineFor(setting, 150);
  expect(await detailsOf(platform, leaseId)).toMatchObject({ state: 'active', elapsed_sec: 0 });
  expect((await stop(platform, consumer, leaseId)).body.settlement).toMatchObject({
    total_cost: 0,
    refund: 6,
  });
  expect(await checkOf(platform)).toMatchObject({ ok: true });
});

test('an outage after the clock was set back is none of those before', async () => {
  const setting = await setUp();
  const { platform, clock, miner, consumer } = setting;
  await miner.status('offline');
  clock.advance(10_000);
  await miner.heartbeat();
  clock.jump(-3_600_000);
  await miner.heartbeat();
  const { lease_id: leaseId } = await rented(setting);
  await mineFor(setting, 30);
  await miner.status('offline');
  clock.advance(60_000);
  await miner.heartbeat();
  expect((await stop(platform, consumer, leaseId)).body.settlement).toMatchObject({
    elapsed_sec: 90,
    downtime_sec: 60,
  });
});

test('a worker that comes and goes many times a second is away in one piece', async () => {
  const setting = await setUp();
  const { platform, clock, miner, consumer } = setting;
  const { lease_id: leaseId } = await rented(setting);
  await mineFor(setting, 30);
  for (let count = 0; count < 50; count += 1) {
    await miner.status('offline');
    clock.advance(100);
    await miner.heartbeat();
    clock.advance(100);
  }
  await mineFor(setting, 30);
  await miner.status('offline');
  clock.advance(1000);
  await miner.heartbeat();
  const { settlement } = (await stop(platform, consumer, leaseId)).body;
  expect(settlement).toMatchObject({ elapsed_sec: 71, downtime_sec: 10.9 });
  expect(outages(platform.databasePath)).toHaveLength(2);
});

test('an outage whose end could not be stored ends when the worker came back', async () => {
  const setting = await setUp();
  const { platform, clock, miner, consumer } = setting;
  const { lease_id: leaseId } = await rented(setting);
  await mineFor(setting, 30);
  await miner.status('offline');
  await waitFor(() => outages(platform.databasePath).length === 1, 'the outage');
  clock.advance(30_000);
  const allow = refuse(platform.databasePath, 'update on worker_outages');
  await miner.heartbeat();
  const backAtMs = clock.nowMs();
  await miner.status('MINING', { lease_id: leaseId });
  await mineFor(setting, 60);
  expect(outages(platform.databasePath)).toEqual([null]);
  allow();
  clock.advance(1000);
  await waitFor(() => outages(platform.databasePath)[0] === backAtMs, 'the end of the outage');
  expect((await stop(platform, consumer, leaseId)).body.settlement).toMatchObject({
    elapsed_sec: 121,
    downtime_sec: 30,
  });
});

describe('a closed account', () => {
  test('is given no money', async () => {
    const { platform } = await setUp();
    await register(platform, 'gone');
    expect((await call(platform, 'DELETE', '/api/accounts/gone', { who: admin(platform) })).status).toBe(200);
    for (const path of ['/api/accounts/gone/deposit', '/api/accounts/renter/transfer']) {
      const answer = await post(platform, path, admin(platform), { amount: 5, to: 'gone' });
      expect(answer).toMatchObject({ status: 400, body: { detail: 'The account gone is closed.' } });
    }
    expect(await moneyOf(platform, 'renter')).toEqual({ balance: 100, held: 0 });
  });

  test('gets no worker that would earn for it: the register is refused with the reason', async () => {
    const { platform, consumer } = await setUp();
    const wallet = newWallet();
    await signIn(platform, wallet);
    const accountId = wallet.address.toLowerCase();
    const closed = await call(platform, 'DELETE', `/api/accounts/${accountId}`, { who: admin(platform) });
    expect(closed.status).toBe(200);
    const miner = await TestMiner.connect({
      workerId: 'rig-2',
      mqttUrl: platform.mqttUrl,
      ethAddress: wallet.address,
    });
    await miner.register();
    await waitFor(() => miner.tasks.length > 0, 'the refusal');
    expect(miner.tasks).toEqual([
      { command: 'register_ack', accepted: false, reason: `the account ${accountId} is closed` },
    ]);
    expect((await rent(platform, consumer, { worker_id: 'rig-2' })).status).toBe(404);
  });
});
