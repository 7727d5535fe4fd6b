import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gpuModels } from '../src-main/contract/domain/gpu-models.ts';
import { suggestPrice } from '../src-main/contract/domain/gpu-prices.ts';
import type { Gpu } from '../src-main/contract/domain/worker.ts';
import { isSaltOfAccount, splitProof } from '../src-main/contract/domain/proof.ts';
import { checkLedgerOfFile } from '../src-main/platform/operations/check-ledger.ts';
import { storageAt } from './support/database.ts';
import { EarlierDatabaseFile } from './support/earlier-database.ts';
import {
  contentOf,
  generate,
  generatedDatabase,
  historyEndMs,
  queryFile,
  smallSize,
} from './support/generated-data.ts';
import { brokenInvariants } from './support/money-invariant.ts';
import { startTestPlatform, temporaryFolder } from './support/test-platform.ts';

const newPath = () => join(temporaryFolder(), 'marketplace.db');
const count = (path: string, what: string) =>
  queryFile<{ n: number }>(path, `select count(*) as n from ${what}`)[0]!.n;

describe('a generated history', () => {
  test('has as many rows as were ordered, and says how many it wrote', async () => {
    const path = newPath();
    const { rows, sizeBytes } = await generate(path);
    expect(rows).toMatchObject({
      workers: 60,
      blocks: 1500,
      leases: 400,
      settlements: 400,
      wallet_records: 8,
    });
    for (const [table, written] of Object.entries(rows)) {
      expect({ table, count: count(path, table) }).toEqual({ table, count: written });
    }
    expect(sizeBytes).toBeGreaterThan(1e6);
    expect(count(path, "accounts where origin = 'wallet'")).toBe(smallSize.addresses);
  });

  test('has money that is right to the micro-credit', async () => {
    const path = await generatedDatabase();
    expect(brokenInvariants(path)).toEqual([]);
    const report = await checkLedgerOfFile({ dataDir: '', dbPath: path });
    expect(report.findings).toEqual([]);
    expect(report.checked).toMatchObject({ leases: 400, settlements: 400 });
    expect(report.totals.deposits).toBeGreaterThan(report.totals.withdrawals);
  });

  test('has leases that ended in each way, none of a worker at the time of another one', async () => {
    const path = await generatedDatabase();
    const ends = queryFile<{ end: string }>(
      path,
      "select distinct state || ' ' || end_reason as end from leases order by end",
    );
    expect(ends.map(({ end }) => end)).toEqual([
      'cancelled never_started',
      'cancelled worker_away',
      'cancelled worker_gave_up',
      'completed expired',
      'completed stopped',
    ]);
    expect(
      count(
        path,
        `leases as one join leases as other on one.worker_id = other.worker_id and one.rowid < other.rowid
         where one.created_at_ms < other.ended_at_ms and other.created_at_ms < one.ended_at_ms`,
      ),
    ).toBe(0);
    expect(
      count(
        path,
        `leases join workers using (worker_id) where created_at_ms < registered_at_ms
         or duration_sec < min_duration_sec or duration_sec > max_duration_sec
         or ended_at_ms > created_at_ms + 1000 * duration_sec or ended_at_ms > ${historyEndMs}`,
      ),
    ).toBe(0);
    expect(
      count(
        path,
        'leases join accounts on account_id = consumer_id where leases.created_at_ms < accounts.created_at_ms',
      ),
    ).toBe(0);
  });

  test('has no outage over another, and leases whose downtime was not paid', async () => {
    const path = await generatedDatabase();
    expect(
      count(
        path,
        `worker_outages as one join worker_outages as other
         on one.worker_id = other.worker_id and one.began_at_ms < other.began_at_ms
         where coalesce(one.ended_at_ms, 9e15) > other.began_at_ms`,
      ),
    ).toBe(0);
    expect(count(path, 'settlements where downtime_ms > 0 and refund_micro > 0')).toBeGreaterThan(3);
    expect(count(path, 'worker_outages where ended_at_ms is null')).toBeGreaterThan(0);
  });

  test('has blocks within the time of their leases that begin with the prefix, counted on both sides', async () => {
    const path = await generatedDatabase();
    const leased = 'blocks join leases using (lease_id) where';
    expect(count(path, "blocks where lease_id <> ''")).toBeGreaterThan(300);
    expect(
      count(
        path,
        `${leased} substr(key, 1, 16) <> prefix or blocks.worker_id <> leases.worker_id or account <> consumer_address
         or reported_at_ms < mining_since_ms or reported_at_ms > ended_at_ms`,
      ),
    ).toBe(0);
    expect(
      count(
        path,
        `leases join settlements using (lease_id) where leases.blocks_found <> settlements.blocks_found
         or leases.blocks_found <> (select count(*) from blocks where blocks.lease_id = leases.lease_id)`,
      ),
    ).toBe(0);
    expect(count(path, '(select distinct lower(key) from blocks)')).toBe(1500);
    expect(
      count(
        path,
        'blocks join worker_outages using (worker_id) where reported_at_ms > began_at_ms and reported_at_ms < coalesce(ended_at_ms, 9e15)',
      ),
    ).toBe(0);
  });

  test('says of its blocks that nobody checked them', async () => {
    const path = await generatedDatabase();
    expect(queryFile(path, 'select distinct verified, reason, counted, chain_verified from blocks')).toEqual([
      { verified: 'unproven', reason: 'not_checked', counted: 1, chain_verified: 0 },
    ]);
    const [first] = queryFile<{ hash: string; account: string }>(
      path,
      'select hash, account from blocks limit 1',
    );
    expect(isSaltOfAccount(splitProof(first!.hash)!, first!.account)).toBe(true);
    expect(first!.hash).toMatch(/XEN11|XUNI[0-9]/);
  });

  test('has rigs of known GPUs at prices near the suggested one', async () => {
    const path = await generatedDatabase();
    const rigs = queryFile<{ gpus: string; gpu_count: number; price_per_min_micro: number }>(
      path,
      'select * from workers',
    );
    const names = new Set(gpuModels.map(({ name }) => name));
    const sizes = new Set(rigs.map(({ gpu_count: size }) => size));
    expect([...sizes].toSorted()).toEqual([1, 2, 4, 8]);
    for (const rig of rigs) {
      const gpus = JSON.parse(rig.gpus) as Gpu[];
      expect(gpus).toHaveLength(rig.gpu_count);
      expect(gpus.filter(({ name }) => !names.has(name))).toEqual([]);
      const ratio = rig.price_per_min_micro / suggestPrice(gpus);
      expect(ratio).toBeGreaterThan(0.5);
      expect(ratio).toBeLessThan(2);
    }
  });

  test('has charts of the last day that are the sum of its rigs, and wallet charts with all blocks and payouts', async () => {
    const path = await generatedDatabase();
    const rounds = queryFile<{ difference: number; online: number; workers: number }>(
      path,
      `select abs(fleet_snapshots.hashrate - sum(hashrate_snapshots.hashrate)) as difference,
         online_workers as online, count(*) as workers
       from fleet_snapshots join hashrate_snapshots using (taken_at_ms) group by taken_at_ms`,
    );
    expect(rounds).toHaveLength(2880);
    for (const { difference, online, workers } of rounds) {
      expect(difference).toBeLessThan(1e-3);
      expect(online).toBe(workers);
    }
    const [sums] = queryFile(
      path,
      `select (select sum(blocks) from wallet_snapshots) as blocks,
         (select sum(total_blocks) from wallet_records) as records,
         (select sum(earnings_micro) from wallet_snapshots) as earned,
         (select sum(provider_payout_micro) from settlements) as paid`,
    );
    expect(sums).toMatchObject({ blocks: 1500, records: 1500, earned: sums!['paid']! });
    const [hours] = queryFile(
      path,
      "select count(distinct bucket_start_ms) as hours from wallet_snapshots where resolution = 'hourly'",
    );
    expect(hours).toEqual({ hours: 7 * 24 });
  });

  test('tells in the audit log where its rows come from', async () => {
    const path = await generatedDatabase();
    expect(queryFile(path, 'select actor, action, detail from audit_log')).toEqual([
      {
        actor: 'system',
        action: 'test_data.generate',
        detail: JSON.stringify({ body: { ...smallSize, seed: 7, batch: 1 } }),
      },
    ]);
  });

  test('tells in timelines what its leases and outages tell', async () => {
    const path = await generatedDatabase();
    const [{ since: fromMs }] = queryFile<{ since: number }>(
      path,
      "select since_ms as since from worker_states where worker_id = ''",
    ) as [{ since: number }];
    expect(historyEndMs - fromMs).toBe(8 * 24 * 3_600_000);
    const missing = (what: string, state: string) =>
      count(
        path,
        `${what} where worker_id || began_at not in
          (select worker_id || since_ms from worker_states where state = ${state})`,
      );
    const within = `began_at_ms >= ${fromMs}`;
    expect(count(path, `worker_outages where ${within}`)).toBeGreaterThan(10);
    expect(missing(`(select *, began_at_ms as began_at from worker_outages where ${within})`, 'cause')).toBe(
      0,
    );
    expect(count(path, `leases where created_at_ms >= ${fromMs}`)).toBeGreaterThan(10);
    expect(
      missing(
        `(select *, created_at_ms as began_at from leases where created_at_ms >= ${fromMs})`,
        "'leased'",
      ),
    ).toBe(0);
    expect(
      count(
        path,
        `worker_states as one join worker_states as next on next.worker_id = one.worker_id
          and next.since_ms = (select min(since_ms) from worker_states
            where worker_id = one.worker_id and since_ms > one.since_ms)
          where one.state = next.state`,
      ),
    ).toBe(0);
  });
});

describe('the seed', () => {
  test('gives the same history again, and another one for another seed', async () => {
    const [again, other] = [newPath(), newPath()];
    await generate(again);
    await generate(other, { seed: 8 });
    const content = contentOf(await generatedDatabase());
    expect(contentOf(again)).toEqual(content);
    for (const table of ['workers', 'leases', 'blocks', 'transactions'])
      expect({ table, same: contentOf(other)[table] === content[table] }).toEqual({ table, same: false });
  });

  test('gives the same rigs for another number of blocks', async () => {
    const path = newPath();
    await generate(path, { size: { ...smallSize, blocks: 10 } });
    expect(contentOf(path)['workers']).toBe(contentOf(await generatedDatabase())['workers']);
    expect(count(path, 'blocks')).toBe(10);
  });
});

describe('small and odd orders', () => {
  test.each([
    { workers: 1, blocks: 3, leases: 24, addresses: 1, days: 1 },
    { workers: 3, blocks: 0, leases: 0, addresses: 9, days: 2 },
    { workers: 20, blocks: 200, leases: 480, addresses: 5, days: 1 },
    { workers: 2, blocks: 50, leases: 10, addresses: 2, days: 120 },
  ])('are right, too: $workers workers, $leases leases in $days days', async (size) => {
    const path = newPath();
    await generate(path, { size });
    expect(brokenInvariants(path)).toEqual([]);
    expect((await checkLedgerOfFile({ dataDir: '', dbPath: path })).findings).toEqual([]);
    expect(count(path, 'blocks')).toBe(size.blocks);
    expect(count(path, "leases where state <> 'active'")).toBe(size.leases);
    expect(count(path, 'workers')).toBe(size.workers);
  });
});

describe('a database that has data', () => {
  test('is left as it was without append', async () => {
    const path = await generatedDatabase();
    const before = contentOf(path);
    await expect(generate(path)).rejects.toThrow(/has data already; it was left as it is.*--append/);
    expect(contentOf(path)).toEqual(before);
  });

  test('gets more with append, again and again, without two of a name and with one chain of the ledger', async () => {
    const path = await generatedDatabase();
    for (const batch of [2, 3]) {
      await generate(path, { append: true });
      expect(count(path, 'workers')).toBe(batch * smallSize.workers);
      expect(count(path, 'blocks')).toBe(batch * smallSize.blocks);
      expect(count(path, 'leases')).toBe(batch * smallSize.leases);
    }
    expect(brokenInvariants(path)).toEqual([]);
    expect((await checkLedgerOfFile({ dataDir: '', dbPath: path })).findings).toEqual([]);
    const [chart] = queryFile(
      path,
      'select min(online_workers) as least, count(*) as rounds from fleet_snapshots',
    );
    // The rounds are added up, not put in between.
    expect(chart!['least']).toBeGreaterThan(2.5 * smallSize.workers);
    expect(chart!['rounds']).toBe(2880);
  });

  test('gives its owner the largest farm, also one who has an account of another name', async () => {
    const path = await generatedDatabase();
    const owner = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
    const storage = storageAt(path);
    await storage.start();
    await storage.write((db) =>
      db
        .insertInto('accounts')
        .values({
          account_id: 'alice',
          role: 'provider',
          eth_address: owner.toLowerCase(),
          origin: 'registered',
          created_at_ms: historyEndMs,
          closed_at_ms: null,
        })
        .execute(),
    );
    await storage.stop();
    await generate(path, { append: true, owner: owner.toLowerCase() });
    const farm = count(path, `workers where account_id = 'alice' and eth_address = '${owner}'`);
    expect(farm).toBeGreaterThan(smallSize.workers / smallSize.addresses);
    await generate(path, { append: true, owner });
    expect(count(path, "workers where account_id = 'alice'")).toBeGreaterThan(farm);
    expect(count(path, `accounts where eth_address = '${owner.toLowerCase()}'`)).toBe(1);
    expect((await checkLedgerOfFile({ dataDir: '', dbPath: path })).findings).toEqual([]);
    expect(brokenInvariants(path)).toEqual([]);
  });

  test('of a platform that ran is filled with append at the times of its own rounds', async () => {
    const path = newPath();
    const storage = storageAt(path);
    await storage.start();
    const takenMs = Array.from({ length: 100 }, (_, round) => historyEndMs - 3_600_000 + round * 30_011);
    await storage.write(async (db) => {
      for (const taken_at_ms of takenMs)
        await db
          .insertInto('fleet_snapshots')
          .values({ taken_at_ms, hashrate: 1000, active_gpus: 1, online_workers: 1 })
          .execute();
    });
    await storage.stop();
    await generate(path);
    const rows = queryFile<{ online_workers: number; taken_at_ms: number }>(
      path,
      `select * from fleet_snapshots where taken_at_ms between ${takenMs[0]!} and ${takenMs.at(-1)!} order by 1`,
    );
    expect(rows.map((row) => row.taken_at_ms)).toEqual(takenMs);
    for (const { online_workers: online } of rows) expect(online).toBeGreaterThan(40);
  });

  test('means more than the keys and accounts of a first start: such a one is filled', async () => {
    const platform = await startTestPlatform();
    await platform.stop();
    const keys = contentOf(platform.databasePath)['api_keys'];
    await generate(platform.databasePath);
    expect(count(platform.databasePath, 'workers')).toBe(smallSize.workers);
    expect(contentOf(platform.databasePath)['api_keys']).toBe(keys);
  });
});

describe('what can not be filled', () => {
  test('is a database that a running platform holds', async () => {
    const platform = await startTestPlatform();
    await expect(generate(platform.databasePath)).rejects.toThrow(/in use by another running instance/);
  });

  test.each([false, true])('is one of the earlier platform, with append: %s', async (append) => {
    const earlier = new EarlierDatabaseFile(10);
    earlier.handle.close();
    const before = readFileSync(earlier.path);
    await expect(generate(earlier.path, { append })).rejects.toThrow(/earlier Python platform; it was left/);
    expect(readFileSync(earlier.path).equals(before)).toBe(true);
    expect(readdirSync(earlier.dataDir)).toEqual(['marketplace.db']);
  });

  test('is left without a trace when the work is interrupted', async () => {
    const path = newPath();
    const controller = new AbortController();
    const onProgress = (part: number) => part > 0.5 && controller.abort(new Error('enough'));
    await expect(generate(path, { onProgress, signal: controller.signal })).rejects.toThrow('enough');
    expect(existsSync(path)).toBe(false);
    expect(readdirSync(join(path, '..'))).toEqual([]);
  });

  test('keeps what it had when an addition is interrupted', async () => {
    const path = await generatedDatabase();
    const before = contentOf(path);
    const controller = new AbortController();
    const onProgress = (part: number) => part > 0.9 && controller.abort(new Error('enough'));
    await expect(generate(path, { append: true, onProgress, signal: controller.signal })).rejects.toThrow(
      'enough',
    );
    expect(contentOf(path)).toEqual(before);
  });
});
