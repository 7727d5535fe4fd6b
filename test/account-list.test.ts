import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { accountListRoute } from '../src-main/contract/rest/accounts.routes.ts';
import { admin, call, deposit, newWallet, ok, register, signIn } from './support/accounts.ts';
import { ManualClock } from './support/manual-clock.ts';
import { TestMiner } from './support/test-miner.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';

type AccountList = z.output<typeof accountListRoute.response>;

const listOf = (platform: TestPlatform, query = '') =>
  ok<AccountList>(platform, 'GET', `/api/admin/accounts${query}`, { who: admin(platform) });

const idsOf = ({ items }: AccountList) => items.map(({ account_id: id }) => id);

const owner = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';

/** A worker's account with two workers, a wallet's, one with money and a key, and one that was closed. */
async function startWithAccounts() {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ clock });
  for (const workerId of ['rig-1', 'rig-2']) {
    const miner = await TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl, ethAddress: owner });
    await miner.introduce();
  }
  const wallet = newWallet();
  await signIn(platform, wallet);
  await register(platform, 'alice_1', 'consumer');
  await register(platform, 'aliceX1', 'provider');
  await deposit(platform, 'alice_1', 12.5);
  await deposit(platform, 'aliceX1', 0.5);
  await register(platform, 'gone', 'consumer');
  await ok(platform, 'DELETE', '/api/accounts/gone', { who: admin(platform) });
  return { platform, clock, wallet };
}

describe('the list of accounts', () => {
  test('shows what belongs to each, how it came to be, and what was closed', async () => {
    const { platform, clock, wallet } = await startWithAccounts();
    const { items, total, totals } = await listOf(platform);
    expect(total).toBe(items.length);
    expect(idsOf({ items } as AccountList)).toEqual(idsOf({ items } as AccountList).toSorted());
    expect(totals).toEqual({ balance: 13, held: 0 });
    const of = (id: string) => items.find(({ account_id: accountId }) => accountId === id);
    const now = clock.nowMs() / 1000;
    expect(of(owner.toLowerCase())).toMatchObject({
      origin: 'worker',
      workers: 2,
      eth_address: owner,
      is_proven: true,
    });
    expect(of(wallet.address.toLowerCase())).toMatchObject({
      origin: 'wallet',
      workers: 0,
      live_keys: 0,
      last_used_at: null,
      closed_at: null,
    });
    expect(of('alice_1')).toMatchObject({
      role: 'consumer',
      origin: 'registered',
      balance: 12.5,
      held: 0,
      live_keys: 1,
      created_at: now,
    });
    expect(of('gone')).toMatchObject({ closed_at: now, live_keys: 0 });
    expect(of('platform-treasury')).toMatchObject({ origin: 'system', role: 'admin' });
  });

  test('counts the keys that sign in now', async () => {
    const { platform, clock } = await startWithAccounts();
    const keys = '/api/accounts/alice_1/keys';
    const made = await ok<{ api_key: string }>(platform, 'POST', keys, {
      body: { label: 'short', expires_in_sec: 60 },
      who: admin(platform),
    });
    const alice = async () => (await listOf(platform, '?search=alice_1')).items[0]!;
    expect((await alice()).live_keys).toBe(2);
    clock.advance(30_000);
    await ok(platform, 'GET', '/api/auth/me', { who: { key: made.api_key } });
    clock.advance(60_000);
    expect((await alice()).live_keys).toBe(1);
    expect((await alice()).last_used_at).toBeGreaterThan(0);
  });

  test('is searched by id and address as they are written, filtered by role, and paged', async () => {
    const { platform, wallet } = await startWithAccounts();
    expect(idsOf(await listOf(platform, '?search=ALICE'))).toEqual(['aliceX1', 'alice_1']);
    expect(idsOf(await listOf(platform, '?search=alice_'))).toEqual(['alice_1']);
    expect(idsOf(await listOf(platform, '?search=%25'))).toEqual([]);
    expect(idsOf(await listOf(platform, `?search=${wallet.address}`))).toEqual([
      wallet.address.toLowerCase(),
    ]);
    const consumers = await listOf(platform, '?role=consumer&search=alice');
    expect(idsOf(consumers)).toEqual(['alice_1']);
    expect(consumers.totals).toEqual({ balance: 12.5, held: 0 });
    const { total } = await listOf(platform);
    const pages = [await listOf(platform, '?limit=3'), await listOf(platform, '?limit=500&offset=3')];
    expect(pages.map((page) => page.total)).toEqual([total, total]);
    expect(new Set(pages.flatMap(idsOf)).size).toBe(total);
    expect(await listOf(platform, `?offset=${total}`)).toMatchObject({ items: [], totals: { balance: 13 } });
    for (const query of ['?role=owner', '?limit=501']) {
      const path = `/api/admin/accounts${query}`;
      expect((await call(platform, 'GET', path, { who: admin(platform) })).status).toBe(422);
    }
  });
});
