import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Block } from '../src-main/contract/domain/block.ts';
import type { Lease, LeaseDetails, Settlement } from '../src-main/contract/domain/lease.ts';
import type { LedgerCheckReport } from '../src-main/contract/domain/ledger.ts';
import type { FleetWorker, Worker } from '../src-main/contract/domain/worker.ts';
import type { Activity } from '../src-main/contract/rest/overview.routes.ts';
import type { WalletPoint } from '../src-main/contract/rest/wallet.routes.ts';
import { admin, newWallet, ok, signIn, type Who } from './support/accounts.ts';
import { generate, generatedDatabase, historyEndMs, smallSize } from './support/generated-data.ts';
import { ManualClock } from './support/manual-clock.ts';
import { brokenInvariants } from './support/money-invariant.ts';
import { readRows } from './support/platform-figures.ts';
import { startTestPlatform, temporaryFolder, type TestPlatform } from './support/test-platform.ts';

interface Page<Item> {
  items: Item[];
  total: number;
}

let platform: TestPlatform;
let clock: ManualClock;

beforeEach(async () => {
  clock = new ManualClock(historyEndMs + 5000);
  platform = await startTestPlatform({ clock, args: ['--db-path', await generatedDatabase()] });
});

const asAdmin = <Body>(path: string) => ok<Body>(platform, 'GET', path, { who: admin(platform) });
const one = (sql: string) => Object.values(readRows<Record<string, number>>(platform, sql)[0]!)[0]!;
const credits = (sql: string) => one(sql) / 1e6;

/** All items of an offset list. */
async function everything<Item>(path: string): Promise<Item[]> {
  const items: Item[] = [];
  for (;;) {
    const page = await asAdmin<Page<Item>>(`${path}?limit=200&offset=${items.length}`);
    items.push(...page.items);
    if (items.length >= page.total) return items;
    expect(page.items.length).toBeGreaterThan(0);
  }
}

/** A key of an account, as its owner would have one. */
async function keyOf(accountId: string): Promise<Who> {
  const { api_key: key } = await ok<{ api_key: string }>(
    platform,
    'POST',
    `/api/accounts/${accountId}/keys`,
    {
      who: admin(platform),
      body: { label: 'test' },
    },
  );
  return { key };
}

describe('a platform on a generated database', () => {
  test('shows totals that are those of the rows', async () => {
    const gone = one('select count(*) from worker_outages where ended_at_ms is null');
    expect(await platform.get('/api/status')).toMatchObject({
      workers: smallSize.workers,
      active_leases: 0,
      total_blocks: smallSize.blocks,
      self_mined_blocks: one("select count(*) from blocks where lease_id = ''"),
      total_settlements: smallSize.leases,
    });
    expect(await platform.get('/api/monitoring/stats')).toMatchObject({
      total_workers: smallSize.workers,
      offline: gone,
      total_blocks: smallSize.blocks,
      blocks_last_hour: one(
        `select count(*) from blocks where reported_at_ms > ${clock.nowMs() - 3_600_000}`,
      ),
    });
    expect(await asAdmin('/api/overview/stats')).toMatchObject({
      total_providers: smallSize.addresses,
      total_consumers: one("select count(*) from accounts where role = 'consumer'"),
      total_leases: smallSize.leases,
      total_settled: smallSize.leases,
      platform_revenue: credits('select sum(platform_fee_micro) from settlements'),
      blocks_24h: one(`select count(*) from blocks where reported_at_ms > ${clock.nowMs() - 86_400_000}`),
    });
  });

  test('lists each rig with its own blocks, its uptime and its reputation', async () => {
    const workers = await platform.get<Worker[]>('/api/workers');
    expect(workers).toHaveLength(smallSize.workers);
    const { items } = await platform.get<Page<FleetWorker>>('/api/monitoring/fleet?limit=100');
    expect(items.map(({ hashrate }) => hashrate)).toEqual(
      items.map(({ hashrate }) => hashrate).toSorted((left, right) => right - left),
    );
    const rows = readRows<Record<string, number | string>>(
      platform,
      `select worker_id, total_online_ms, last_heartbeat_ms - registered_at_ms as known_ms,
         (select count(*) from blocks where blocks.worker_id = workers.worker_id and lease_id = '') as own,
         (select coalesce(sum(coalesce(ended_at_ms, last_heartbeat_ms) - began_at_ms), 0) from worker_outages
          where worker_outages.worker_id = workers.worker_id) as away_ms,
         (select count(*) from leases where leases.worker_id = workers.worker_id) as leases,
         (select count(*) from leases where leases.worker_id = workers.worker_id and state = 'completed') as done
       from workers join worker_activity using (worker_id)`,
    );
    for (const row of rows) {
      const worker = workers.find(({ worker_id: id }) => id === row['worker_id'])!;
      expect(worker.self_blocks_found).toBe(row['own']);
      expect(row['total_online_ms']).toBe(Number(row['known_ms']) - Number(row['away_ms']));
      const { breakdown } = worker.reputation;
      expect(breakdown.completion_detail).toMatchObject({
        completed_leases: row['done'],
        total_leases: row['leases'],
      });
      expect(breakdown.uptime_detail.uptime_pct).toBeLessThanOrEqual(100);
      // Nobody proved these blocks, and nobody claims it.
      expect(breakdown.block_detail.verified_blocks).toBe(0);
    }
  });

  test('offers the rigs that are online until they are silent for 90 s', async () => {
    const offered = one(
      `select count(*) from worker_activity where state = 'AVAILABLE' and
         worker_id not in (select worker_id from worker_outages where ended_at_ms is null)`,
    );
    const market = () => platform.get<Page<Worker>>('/api/marketplace?limit=100&sort_by=price');
    const { items, total } = await market();
    expect(total).toBe(offered);
    expect(offered).toBeGreaterThan(smallSize.workers / 2);
    const prices = items.map(({ price_per_min: price }) => price);
    expect(prices).toEqual(prices.toSorted((left, right) => left - right));
    clock.advance(91_000);
    expect((await market()).total).toBe(0);
  });

  test('lists leases and settlements newest first, all of them once', async () => {
    const leases = await everything<Lease>('/api/leases');
    expect(new Set(leases.map(({ lease_id: id }) => id)).size).toBe(smallSize.leases);
    const times = leases.map(({ created_at: at }) => at);
    expect(times).toEqual(times.toSorted((left, right) => right - left));
    for (const lease of leases) {
      expect(lease.avg_hashrate).toBeGreaterThan(100);
      expect(lease.elapsed_sec).toBeLessThanOrEqual(lease.duration_sec);
      expect(lease.prefix).toMatch(/^[0-9a-f]{16}$/);
    }
    const settlements = await everything<Settlement>('/api/settlements');
    expect(settlements).toHaveLength(smallSize.leases);
    const settledAt = settlements.map(({ settled_at: at }) => at);
    expect(settledAt).toEqual(settledAt.toSorted((left, right) => right - left));
    expect((await asAdmin<Page<Lease>>('/api/leases?state=active')).total).toBe(0);
    expect((await asAdmin<Page<Lease>>('/api/leases?state=cancelled')).total).toBe(
      one("select count(*) from leases where state = 'cancelled'"),
    );
  });

  test('computes the statement of each kind of lease again as it was settled', async () => {
    const ids = readRows<{ lease_id: string }>(
      platform,
      `select min(lease_id) as lease_id from leases join settlements using (lease_id)
       group by end_reason, downtime_ms > 0, leases.blocks_found > 0`,
    );
    expect(ids.length).toBeGreaterThan(6);
    for (const { lease_id: leaseId } of ids) {
      const {
        statement,
        settlement,
        blocks,
        blocks_found: found,
      } = await asAdmin<LeaseDetails>(`/api/leases/${leaseId}`);
      expect(statement).toMatchObject({
        is_final: true,
        held: settlement!.held,
        billed_sec: settlement!.duration_sec,
        downtime_sec: settlement!.downtime_sec,
        total_cost: settlement!.total_cost,
        provider_payout: settlement!.provider_payout,
        platform_fee: settlement!.platform_fee,
        refund: settlement!.refund,
      });
      expect(statement.transactions).toHaveLength(2);
      expect(blocks).toHaveLength(found);
      expect(settlement!.blocks_found).toBe(found);
    }
  });

  test('shows the newest blocks and what happened last', async () => {
    const recent = await platform.get<Block[]>('/api/monitoring/blocks/recent?limit=200');
    expect(recent).toHaveLength(200);
    const times = recent.map(({ timestamp }) => timestamp);
    expect(times).toEqual(times.toSorted((left, right) => right - left));
    expect(times[0]! * 1000).toBe(one('select max(reported_at_ms) from blocks'));
    for (const block of recent) {
      expect(block).toMatchObject({ verified: 'unproven', reason: 'not_checked', counted: true });
      expect(block.key).toMatch(/^[0-9a-f]{64}$/);
      expect(Number(block.hashrate)).toBeGreaterThan(100);
    }
    const { items, total } = await platform.get<Page<Activity>>('/api/overview/activity?limit=200');
    expect(total).toBe(smallSize.blocks + 2 * smallSize.leases);
    expect(new Set(items.map(({ type }) => type)).size).toBe(3);
  });

  test('draws charts of the fleet and of a rig', async () => {
    const fleet = await platform.get<{ hashrate: number; timestamp: number }[]>(
      '/api/monitoring/hashrate-history?hours=24',
    );
    expect(fleet.length).toBeGreaterThan(400);
    const { total_hashrate: now } = await platform.get<{ total_hashrate: number }>('/api/monitoring/stats');
    expect(Math.abs(fleet.at(-1)!.hashrate / now - 1)).toBeLessThan(0.05);
    const rig = await platform.get<{ hashrate: number; active_gpus: number }[]>(
      '/api/monitoring/hashrate-history?worker_id=rig-0001&hours=1',
    );
    expect(rig.length).toBeGreaterThan(100);
    const rates = rig.map(({ hashrate }) => hashrate);
    expect(new Set(rates).size).toBeGreaterThan(50);
    expect(Math.max(...rates) / Math.min(...rates)).toBeLessThan(1.2);
  });

  test('tells a wallet its figures, over thirty days and all time', async () => {
    const wallet = newWallet();
    await platform.stop();
    // Real time, because its token is looked at by it.
    const path = join(temporaryFolder(), 'marketplace.db');
    await generate(path, { owner: wallet.address, endMs: Date.now() });
    platform = await startTestPlatform({ args: ['--db-path', path] });
    const who = await signIn(platform, wallet);
    const owner = wallet.address.toLowerCase();
    const blocks = one(
      `select count(*) from blocks join workers using (worker_id) where account_id = '${owner}'`,
    );
    const earned = credits(
      `select sum(provider_payout_micro) from settlements where provider_id = '${owner}'`,
    );
    const workers = one(`select count(*) from workers where account_id = '${owner}'`);
    expect(workers).toBe(one('select max(n) from (select count(*) as n from workers group by account_id)'));
    expect(await ok(platform, 'GET', '/api/wallet/achievements', { who })).toMatchObject({
      total_workers: workers,
      total_blocks: blocks,
      total_earnings: earned,
    });
    const history = await ok<{ data: WalletPoint[] }>(platform, 'GET', '/api/wallet/history?period=30d', {
      who,
    });
    expect(history.data.length).toBeGreaterThan(7 * 24 - 2);
    expect(history.data.at(-1)!.cumulative_blocks).toBe(blocks);
    expect(history.data.reduce((sum, point) => sum + point.blocks, 0)).toBe(blocks);
    expect(history.data.reduce((sum, point) => sum + point.earnings, 0)).toBeCloseTo(earned, 5);
    expect(await ok(platform, 'GET', '/api/provider/dashboard', { who })).toMatchObject({
      worker_count: workers,
      total_earned: earned,
      active_leases: 0,
    });
  });

  test('shows a renter what it rented and every movement of its money', async () => {
    const who = await keyOf('renter-001');
    const stats = await ok<Record<string, number>>(platform, 'GET', '/api/renter/stats', { who });
    expect(stats).toMatchObject({
      total_leases: one("select count(*) from leases where consumer_id = 'renter-001'"),
      total_spent: credits("select sum(total_cost_micro) from settlements where consumer_id = 'renter-001'"),
      active_leases: 0,
    });
    const { items, total } = await ok<Page<{ balance_after: number; bucket: string; created_at: number }>>(
      platform,
      'GET',
      '/api/accounts/renter-001/transactions?limit=200',
      { who },
    );
    expect(total).toBe(
      one("select count(*) from postings where account_id = 'renter-001' and bucket <> 'external'"),
    );
    const times = items.map(({ created_at: at }) => at);
    expect(times).toEqual(times.toSorted((left, right) => right - left));
    const { balance } = await ok<{ balance: number }>(platform, 'GET', '/api/accounts/renter-001/balance', {
      who,
    });
    expect(items.find(({ bucket }) => bucket === 'available')!.balance_after).toBe(balance);
  });

  test('proves the ledger right, also after a day in which it ran', async () => {
    clock.advance(60_000);
    clock.jump(86_400_000);
    clock.advance(60_000);
    const report = await asAdmin<LedgerCheckReport>('/api/admin/ledger/check');
    expect(report.findings).toEqual([]);
    await platform.stop();
    expect(brokenInvariants(platform.databasePath)).toEqual([]);
  });
});
