import { describe, expect, test } from 'vitest';
import type { Lease, Settlement } from '../src-main/contract/domain/lease.ts';
import { admin, call, deposit, newWallet, ok, register, signIn, type Who } from './support/accounts.ts';
import { readRows } from './support/platform-figures.ts';
import {
  introduced,
  mineFor,
  moneyOf,
  rent,
  rentBody,
  renterAddress,
  rented,
  setUp,
  stop,
  type Rented,
} from './support/renting.ts';
import { waitFor } from './support/wait-for.ts';

describe('renting', () => {
  test('holds the full price, gives the worker its task and takes it off the market', async () => {
    const { platform, consumer, miner, clock } = await setUp();
    const { body } = await rent(platform, consumer);
    expect(body).toMatchObject({
      worker_id: 'rig-1',
      duration_sec: 600,
      consumer_id: 'renter',
      consumer_address: renterAddress,
      created_at: clock.nowMs() / 1000,
      held: 6,
    });
    expect(body.lease_id).toMatch(/^lease-[0-9a-f-]{36}$/);
    expect(body.prefix).toMatch(/^[0-9a-f]{16}$/);
    await waitFor(() => miner.tasks.length > 0, 'the task');
    expect(miner.tasks).toEqual([
      {
        command: 'assign_task',
        lease_id: body.lease_id,
        consumer_id: 'renter',
        consumer_address: renterAddress,
        prefix: body.prefix,
        duration_sec: 600,
      },
    ]);
    expect(await moneyOf(platform, 'renter')).toEqual({ balance: 94, held: 6 });
    expect(await platform.get('/api/status')).toMatchObject({ active_leases: 1 });
    // It still says AVAILABLE, but it is taken.
    expect((await rent(platform, consumer)).status).toBe(404);
  });

  test('of any worker takes one that fits, and none twice', async () => {
    const setting = await setUp();
    await introduced(setting.platform, 'rig-2');
    const any = { ...rentBody, worker_id: undefined };
    const first = await ok<Rented>(setting.platform, 'POST', '/api/rental/start', {
      who: setting.consumer,
      body: any,
    });
    const second = await ok<Rented>(setting.platform, 'POST', '/api/rent', {
      who: setting.consumer,
      body: { ...any, worker_id: null },
    });
    expect([first.worker_id, second.worker_id].sort()).toEqual(['rig-1', 'rig-2']);
    const third = await call(setting.platform, 'POST', '/api/rent', { who: setting.consumer, body: any });
    expect(third).toMatchObject({ status: 404 });
  });

  test('by 200 at the same moment makes exactly one lease and one hold', async () => {
    const { platform, consumer } = await setUp();
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => rent(platform, consumer)));
    const statuses = outcomes.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 404)).toHaveLength(199);
    expect(readRows(platform, 'select count(*) as count from leases')).toEqual([{ count: 1 }]);
    expect(readRows(platform, `select count(*) as count from transactions where kind = 'hold'`)).toEqual([
      { count: 1 },
    ]);
    expect(await moneyOf(platform, 'renter')).toEqual({ balance: 94, held: 6 });
  });

  test('with too little money is refused with 402, and nothing changes', async () => {
    const { platform, consumer, miner } = await setUp();
    const { status, body } = await rent(platform, consumer, { duration_sec: 86_400 });
    expect({ status, detail: body.detail }).toEqual({
      status: 402,
      detail: 'The lease costs 864 credits, but renter has 100 free; deposit more, or choose a shorter time.',
    });
    expect(readRows(platform, 'select * from leases')).toEqual([]);
    expect(await moneyOf(platform, 'renter')).toEqual({ balance: 100, held: 0 });
    await miner.heartbeat();
    expect(miner.tasks).toEqual([]);
  });

  test.each([
    [400, { duration_sec: 59 }, 'from 60 to 86400 s'],
    [400, { duration_sec: 86_401 }, 'from 60 to 86400 s'],
    [400, { duration_sec: 0 }, 'at least 1'],
    [400, { duration_sec: 60.5 }, 'whole number'],
    [400, { duration_sec: '600' }, 'whole number'],
    [400, { consumer_address: '0x12' }, '0x and 40 hex digits'],
    [400, { consumer_address: '' }, 'consumer_address is missing'],
    [404, { worker_id: 'rig-9' }, 'no worker rig-9'],
  ])('is refused with %i for %o', async (status, changes, reason) => {
    const { platform, consumer } = await setUp();
    const answer = await rent(platform, consumer, changes);
    expect(answer.status).toBe(status);
    expect(answer.body.detail).toContain(reason);
    expect(readRows(platform, 'select * from leases')).toEqual([]);
  });

  test('of a worker that is offline, busy or silent is not possible', async () => {
    const { platform, consumer, miner, clock } = await setUp();
    await miner.status('IDLE');
    expect((await rent(platform, consumer)).status).toBe(404);
    await miner.status('AVAILABLE');
    await miner.status('offline');
    expect((await rent(platform, consumer)).status).toBe(404);
    await miner.heartbeat();
    clock.advance(90_000);
    expect((await rent(platform, consumer)).status).toBe(404);
  });

  test('is for the account of the credentials; only an admin names another', async () => {
    const { platform, consumer, miner } = await setUp();
    const other = await register(platform, 'other');
    expect((await rent(platform, other, { consumer_id: 'renter' })).status).toBe(402);
    expect((await rent(platform, {})).status).toBe(401);
    const provider = await register(platform, 'landlord', 'provider');
    expect((await rent(platform, provider)).status).toBe(403);
    const byAdmin = await rent(platform, admin(platform), { consumer_id: 'renter' });
    expect(byAdmin).toMatchObject({ status: 200, body: { consumer_id: 'renter' } });
    await stop(platform, consumer, byAdmin.body.lease_id);
    await miner.status('AVAILABLE');
    const missing = await rent(platform, admin(platform), { consumer_id: 'nobody' });
    expect(missing).toMatchObject({ status: 400 });
  });

  test('a wallet rents with its token and mines for its own address', async () => {
    const { platform } = await setUp();
    const wallet = newWallet();
    const who = await signIn(platform, wallet);
    await deposit(platform, wallet.address, 10);
    const { body } = await rent(platform, who, { consumer_address: undefined });
    expect(body).toMatchObject({
      consumer_id: wallet.address.toLowerCase(),
      consumer_address: wallet.address,
    });
  });

  test('on an open platform needs no credentials', async () => {
    const { platform } = await setUp(['--access', 'open']);
    expect((await rent(platform, {})).body.detail).toContain('consumer_id is missing');
    const { body } = await rent(platform, {}, { consumer_id: 'renter' });
    expect(body).toMatchObject({ consumer_id: 'renter' });
    expect(await stop(platform, {}, body.lease_id)).toMatchObject({ status: 200 });
  });
});

describe('a stopped lease', () => {
  test('is settled: elapsed time is paid, the rest returned, the worker released', async () => {
    const setting = await setUp();
    const { platform, consumer, miner } = setting;
    const { lease_id: leaseId } = await rented(setting);
    await mineFor(setting, 100);
    const { body } = await stop(platform, consumer, leaseId);
    expect(body).toMatchObject({
      lease_id: leaseId,
      state: 'completed',
      blocks_found: 0,
      settlement: {
        lease_id: leaseId,
        consumer_id: 'renter',
        worker_id: 'rig-1',
        duration_sec: 100,
        held: 6,
        total_cost: 1,
        provider_payout: 0.95,
        provider_payment: 0.95,
        platform_fee: 0.05,
        refund: 5,
      },
    });
    expect(await moneyOf(platform, 'renter')).toEqual({ balance: 99, held: 0 });
    expect(await moneyOf(platform, 'rig-1')).toEqual({ balance: 0.95, held: 0 });
    expect(await moneyOf(platform, 'platform-treasury')).toEqual({ balance: 0.05, held: 0 });
    await waitFor(() => miner.tasks.length > 0, 'the release');
    expect(miner.tasks).toEqual([{ command: 'release', lease_id: leaseId }]);
    const again = await stop(platform, consumer, leaseId);
    expect(again.status).toBe(404);
    await miner.status('COMPLETED', { lease_id: leaseId });
    await miner.status('AVAILABLE');
    expect((await rent(platform, consumer)).status).toBe(200);
  });

  test('is stopped by its consumer or an admin only', async () => {
    const setting = await setUp();
    const { platform, consumer } = setting;
    const { lease_id: leaseId } = await rented(setting);
    const other = await register(platform, 'other');
    expect((await stop(platform, other, leaseId)).status).toBe(403);
    expect((await stop(platform, {}, leaseId)).status).toBe(401);
    expect((await stop(platform, consumer, 'lease-none')).status).toBe(404);
    expect(await platform.get('/api/status')).toMatchObject({ active_leases: 1 });
    expect((await stop(platform, admin(platform), leaseId)).status).toBe(200);
  });

  test('by many at the same moment is settled once', async () => {
    const setting = await setUp();
    const { platform, consumer } = setting;
    const { lease_id: leaseId } = await rented(setting);
    await mineFor(setting, 60);
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => stop(platform, consumer, leaseId)));
    expect(outcomes.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(outcomes.filter(({ status }) => status === 404)).toHaveLength(49);
    expect(readRows(platform, 'select count(*) as count from settlements')).toEqual([{ count: 1 }]);
  });
});

describe('lists of leases', () => {
  test('show an admin all and others their own, newest first, in pages', async () => {
    const setting = await setUp();
    const { platform, consumer, miner, clock } = setting;
    const wallet = newWallet();
    const owner = await signIn(platform, wallet);
    await introduced(platform, 'rig-2', wallet.address);
    const first = await rented(setting);
    clock.advance(1000);
    const { body: second } = await rent(platform, consumer, { worker_id: 'rig-2' });
    const { body: stopped } = await stop(platform, consumer, first.lease_id);
    await miner.status('AVAILABLE');
    const listOf = async (who: Who, query = '') =>
      ok<{ items: Lease[]; total: number; limit: number; offset: number }>(
        platform,
        'GET',
        `/api/leases${query}`,
        { who },
      );
    const idsOf = async (who: Who, query = '') =>
      (await listOf(who, query)).items.map(({ lease_id }) => lease_id);
    expect(await idsOf(admin(platform))).toEqual([second.lease_id, first.lease_id]);
    expect(await idsOf(consumer, '?state=active')).toEqual([second.lease_id]);
    expect(await listOf(consumer, '?limit=1&offset=1')).toMatchObject({
      total: 2,
      limit: 1,
      offset: 1,
      items: [{ lease_id: first.lease_id, state: 'completed' }],
    });
    expect((await listOf(consumer)).items.map(({ total_cost }) => total_cost)).toEqual([
      null,
      stopped.settlement.total_cost,
    ]);
    expect(stopped.settlement.total_cost).toBe(0.01);
    expect(await idsOf(owner)).toEqual([second.lease_id]);
    expect(await idsOf(owner, '?as=consumer')).toEqual([]);
    const stranger = await register(platform, 'stranger');
    expect(await idsOf(stranger)).toEqual([]);
    const see = async (who: Who) =>
      (await call(platform, 'GET', `/api/leases/${second.lease_id}`, { who })).status;
    expect([await see(consumer), await see(owner), await see(stranger), await see({})]).toEqual([
      200, 200, 403, 401,
    ]);
    const settlements = await ok<{ items: Settlement[]; total: number }>(
      platform,
      'GET',
      '/api/settlements',
      { who: admin(platform) },
    );
    expect(settlements).toMatchObject({ total: 1, items: [{ lease_id: first.lease_id }] });
    expect((await call(platform, 'GET', '/api/settlements', { who: consumer })).status).toBe(403);
  });
});
