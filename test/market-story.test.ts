import { expect, test } from 'vitest';
import type { AccountPosting } from '../src-main/contract/domain/account.ts';
import type { LeaseDetails, Settlement } from '../src-main/contract/domain/lease.ts';
import { admin, call, newWallet, ok, signIn, type Who } from './support/accounts.ts';
import { ManualClock } from './support/manual-clock.ts';
import { MiningMiner } from './support/mining-miner.ts';
import { brokenInvariants } from './support/money-invariant.ts';
import { readRows } from './support/platform-figures.ts';
import { newKey } from './support/test-miner.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const goal = { marker: 'X1', memory: 8 };

const postingsOf = async (platform: TestPlatform, who: Who, accountId: string) => {
  const path = `/api/accounts/${accountId}/transactions?limit=500`;
  return (await ok<{ items: AccountPosting[] }>(platform, 'GET', path, { who })).items.toReversed();
};

/** Credits as micro-credits: whole numbers, so that sums are exact. */
const micro = (credits: number) => Math.round(credits * 1e6);
const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + micro(amount), 0);

interface Story {
  readonly platform: TestPlatform;
  readonly clock: ManualClock;
  readonly owner: Who;
  readonly ownerId: string;
  readonly renter: Who;
  readonly renterId: string;
  readonly rig: MiningMiner;
}

/** A farm with one rig of a wallet, and a renter with another wallet and 25.5 credits. */
async function openMarket(): Promise<Story> {
  const clock = new ManualClock();
  const platform = await startTestPlatform({
    clock,
    args: ['--block-marker', goal.marker, '--difficulty', String(goal.memory), '--xuni-window', 'on'],
  });
  const [provider, consumer] = [newWallet(), newWallet()];
  const rig = await MiningMiner.connect(
    { workerId: 'aa:bb:cc:dd', mqttUrl: platform.mqttUrl, ethAddress: provider.address },
    goal,
  );
  await rig.miner.introduce();
  await rig.miner.heartbeat({ hashrate: 1650 });
  const owner = await signIn(platform, provider);
  const renter = await signIn(platform, consumer);
  return {
    ...{ platform, clock, owner, renter, rig },
    ownerId: provider.address.toLowerCase(),
    renterId: consumer.address.toLowerCase(),
  };
}

/** Lets time pass while the rig talks. */
async function mine({ clock, rig }: Story, seconds: number, hashrate: number): Promise<void> {
  clock.advance(seconds * 1000);
  await rig.miner.heartbeat({ hashrate });
}

/** Rents at 0.777777 a minute, mines three real blocks for it and some that are not, and stops after 83 s. */
async function playLease(story: Story): Promise<string> {
  const { platform, clock, owner, renter, renterId, rig } = story;
  await ok(platform, 'PUT', `/api/provider/workers/${encodeURIComponent('aa:bb:cc:dd')}/pricing`, {
    who: owner,
    body: { price_per_min: 0.777777, min_duration_sec: 60, max_duration_sec: 7200 },
  });
  await ok(platform, 'POST', `/api/accounts/${renterId}/deposit`, {
    who: admin(platform),
    body: { amount: 25.5, note: 'bank transfer' },
  });
  const estimate = await platform.get<{ total_cost: number }>(
    '/api/marketplace/estimate?duration_sec=1800&worker_id=aa:bb:cc:dd',
  );
  const { lease_id: leaseId } = await ok<{ lease_id: string }>(platform, 'POST', '/api/rent', {
    who: renter,
    body: { worker_id: 'aa:bb:cc:dd', duration_sec: 1800 },
  });
  const held = await ok<{ balance: number; held: number }>(platform, 'GET', '/api/auth/me', { who: renter });
  expect(held.held).toBe(estimate.total_cost);
  await rig.leased(leaseId);
  for (let block = 0; block < 3; block += 1) {
    await mine(story, 11, 1600 + block * 100);
    await rig.mineBlock();
  }
  // Lies: no proof at all, another key, a proof for somebody else's address, and the prefix missing.
  const real = await rig.mineBlock();
  await rig.mineBlock({ hash: 'deadbeef', key: newKey(rig.task?.prefix) });
  await rig.mineBlock({ key: newKey(rig.task?.prefix) });
  await rig.mineBlock({ account: newWallet().address });
  await rig.mineBlock({ key: newKey('ffff') });
  await rig.mineBlock({ ...real });
  clock.advance(50_000);
  await ok(platform, 'POST', '/api/stop', { who: renter, body: { lease_id: leaseId } });
  return leaseId;
}

test('a whole story: register, price, sign in, deposit, rent, mine, stop, settle, withdraw', async () => {
  const story = await openMarket();
  const { platform, owner, ownerId, renter, renterId, rig } = story;
  const leaseId = await playLease(story);
  await waitFor(() => rig.task === undefined, 'the release');

  const lease = await ok<LeaseDetails>(platform, 'GET', `/api/leases/${leaseId}`, { who: renter });
  expect(lease).toMatchObject({
    state: 'completed',
    blocks_found: 4,
    elapsed_sec: 83,
    avg_hashrate: 1700,
    settlement: { blocks_found: 4, duration_sec: 83 },
  });
  const verdicts = lease.blocks.map(({ verified, reason }) => `${verified} ${reason}`.trim());
  expect(verdicts.filter((verdict) => verdict === 'proven')).toHaveLength(4);
  expect(verdicts.filter((verdict) => verdict !== 'proven').toSorted()).toEqual([
    'rejected not_consumer_account',
    'rejected wrong_hash',
    'rejected wrong_prefix',
    'unproven no_proof',
  ]);

  // Every number of the statement from the price, the times and the ledger's entries, and from nothing else.
  const { statement, settlement } = lease as LeaseDetails & { settlement: Settlement };
  const costMicro = Math.floor((777_777 * 83) / 60);
  const feeMicro = Math.floor((costMicro * 5) / 100);
  expect(statement).toMatchObject({
    price_per_min: 0.777777,
    elapsed_sec: 83,
    downtime_sec: 0,
    billed_sec: 83,
    outages: [],
    is_final: true,
  });
  const rented = await postingsOf(platform, renter, renterId);
  const ofLease = rented.filter(({ lease_id }) => lease_id === leaseId);
  const amounts = (kind: string, bucket: string) =>
    sum(
      ofLease.filter((entry) => entry.type === kind && entry.bucket === bucket).map(({ amount }) => amount),
    );
  expect(amounts('hold', 'held')).toBe(micro(statement.held));
  expect(micro(statement.held)).toBe(Math.floor((777_777 * 1800) / 60));
  expect(-amounts('lease_charge', 'held')).toBe(micro(statement.total_cost));
  expect(micro(statement.total_cost)).toBe(costMicro);
  expect(amounts('refund', 'available')).toBe(micro(statement.refund));
  const earned = await postingsOf(platform, owner, ownerId);
  expect(earned).toMatchObject([{ type: 'payout', amount: statement.provider_payout, lease_id: leaseId }]);
  const fees = await postingsOf(platform, admin(platform), 'platform-treasury');
  expect(fees).toMatchObject([{ type: 'fee', amount: statement.platform_fee }]);
  expect(micro(statement.platform_fee)).toBe(feeMicro);
  expect(micro(statement.provider_payout) + feeMicro).toBe(costMicro);
  expect(costMicro + micro(statement.refund)).toBe(micro(statement.held));
  expect(settlement).toMatchObject({
    total_cost: statement.total_cost,
    provider_payout: statement.provider_payout,
    platform_fee: statement.platform_fee,
    refund: statement.refund,
  });
  const numbers = [...new Set(ofLease.map(({ transaction_id }) => transaction_id))];
  expect(statement.transactions).toEqual(numbers);

  // Balances are explained by their entries, one by one.
  for (const [who, accountId, postings] of [
    [renter, renterId, rented],
    [owner, ownerId, earned],
  ] as const) {
    const path = `/api/accounts/${accountId}/balance`;
    const account = await ok<{ balance: number; held: number }>(platform, 'GET', path, { who });
    const of = (bucket: string) =>
      sum(postings.filter((entry) => entry.bucket === bucket).map(({ amount }) => amount));
    expect([of('available'), of('held')]).toEqual([micro(account.balance), micro(account.held)]);
  }

  // The owner takes the money out; what is not there can't be taken.
  const withdraw = (amount: number) =>
    call(platform, 'POST', `/api/accounts/${ownerId}/withdraw`, { who: owner, body: { amount } });
  expect((await withdraw(statement.provider_payout + 0.000001)).status).toBe(400);
  expect(await withdraw(statement.provider_payout)).toMatchObject({ status: 200, body: { balance: 0 } });
  const check = await ok(platform, 'GET', '/api/admin/ledger/check', { who: admin(platform) });
  expect(check).toMatchObject({ ok: true, findings: [] });
  expect(brokenInvariants(platform.databasePath)).toEqual([]);

  // Its four proven blocks speak for the worker, also on the market, to which it came back.
  await waitFor(async () => {
    const { items } = await platform.get<{ items: { worker_id: string }[] }>('/api/marketplace');
    return items.length === 1;
  }, 'the worker on the market');
  expect(await platform.get(`/api/workers/${encodeURIComponent('aa:bb:cc:dd')}/reputation`)).toMatchObject({
    breakdown: { block_detail: { verified_blocks: 4 }, completion_detail: { completed_leases: 1 } },
  });
  expect(readRows(platform, `select count(*) as count from blocks where counted = 1`)).toEqual([
    { count: 4 },
  ]);
});
