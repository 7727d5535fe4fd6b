import { describe, expect, test } from 'vitest';
import { suggestPrice } from '../src-main/contract/domain/gpu-prices.ts';
import { maxDurationSec, maxPricePerMin } from '../src-main/contract/domain/lease.ts';
import type { Pricing, PriceSuggestion } from '../src-main/contract/domain/market.ts';
import { admin, call, newWallet, ok, register, signIn, type Who } from './support/accounts.ts';
import { seedWorkers } from './support/market-fleet.ts';
import { readRows } from './support/platform-figures.ts';
import { startSeededPlatform } from './support/seed-database.ts';
import { TestMiner, testGpus } from './support/test-miner.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';

const paths = ['/api/workers/rig%3A1/pricing', '/api/provider/workers/rig%3A1/pricing'] as const;
const terms = { price_per_min: 1.25, min_duration_sec: 120, max_duration_sec: 7200 };
const standard = { worker_id: 'rig:1', price_per_min: 0.6, min_duration_sec: 60, max_duration_sec: 86_400 };

/** A platform with a worker of a wallet, and people around it. */
async function startWithWorker(args: readonly string[] = []) {
  const platform = await startTestPlatform({ args });
  const wallet = newWallet();
  const miner = await TestMiner.connect({
    workerId: 'rig:1',
    mqttUrl: platform.mqttUrl,
    ethAddress: wallet.address,
  });
  await miner.introduce();
  return { platform, wallet, miner };
}

const put = (platform: TestPlatform, path: string, body: unknown, who?: Who) =>
  call<Pricing & { detail?: string }>(platform, 'PUT', path, { body, ...(who ? { who } : {}) });

describe('the price of a worker', () => {
  test('is 0.60 for 60 s to a day until its owner sets another', async () => {
    const { platform, wallet, miner } = await startWithWorker();
    const owner = await signIn(platform, wallet);
    expect(await platform.get(paths[0])).toEqual(standard);
    expect(await put(platform, paths[0], terms, owner)).toMatchObject({
      status: 200,
      body: { worker_id: 'rig:1', ...terms },
    });
    expect(await platform.get(paths[0])).toEqual({ worker_id: 'rig:1', ...terms });
    // Another register does not take it back, and neither does a restart.
    await miner.introduce();
    expect(await platform.get(paths[0])).toEqual({ worker_id: 'rig:1', ...terms });
    await platform.stop();
    const again = await startTestPlatform({ dataDir: platform.dataDir });
    expect(await again.get(paths[0])).toEqual({ worker_id: 'rig:1', ...terms });
  });

  test('is on disk when the answer is there, and what was left out has its default', async () => {
    const { platform, wallet } = await startWithWorker();
    const owner = await signIn(platform, wallet);
    await put(platform, paths[1], terms, owner);
    const read = () =>
      readRows(platform, 'select price_per_min_micro, min_duration_sec, max_duration_sec from workers')[0];
    expect(read()).toEqual({ price_per_min_micro: 1_250_000, min_duration_sec: 120, max_duration_sec: 7200 });
    await put(platform, paths[1], { price_per_min: 0 }, owner);
    expect(read()).toEqual({ price_per_min_micro: 0, min_duration_sec: 60, max_duration_sec: 86_400 });
  });

  test.each(paths)('is set with %s by its owner and admins only', async (path) => {
    const { platform, wallet } = await startWithWorker();
    const owner = await signIn(platform, wallet);
    const others: [Who, number][] = [
      [{}, 401],
      [{ key: 'xb_nobody' }, 401],
      [await signIn(platform, newWallet()), 403],
      [await register(platform, 'somebody', 'provider'), 403],
      [await register(platform, 'a-renter', 'consumer'), 403],
    ];
    for (const [who, expected] of others) {
      const { status, body } = await put(platform, path, terms, who);
      expect(status).toBe(expected);
      expect(body.detail?.length).toBeGreaterThan(10);
    }
    expect(await platform.get(paths[0])).toEqual(standard);
    expect((await put(platform, path, { price_per_min: 2 }, owner)).status).toBe(200);
    expect((await put(platform, path, terms, admin(platform))).body).toMatchObject(terms);
    const unknown = path.replace('rig%3A1', 'rig-2');
    expect((await put(platform, unknown, terms, owner)).status).toBe(404);
    expect((await put(platform, unknown, terms, admin(platform))).status).toBe(404);
  });

  test('is set by anybody on a trusted network', async () => {
    const { platform } = await startWithWorker(['--access', 'open']);
    for (const path of paths) expect((await put(platform, path, terms)).status).toBe(200);
    expect((await put(platform, '/api/workers/nobody/pricing', terms)).status).toBe(404);
  });

  test.each<[unknown, string]>([
    [{}, 'price_per_min'],
    [{ price_per_min: null }, 'price_per_min'],
    [{ price_per_min: '1' }, 'price_per_min'],
    [{ price_per_min: -0.01 }, 'price_per_min'],
    [{ price_per_min: 1e308 }, 'price_per_min'],
    [{ price_per_min: maxPricePerMin + 0.000001 }, 'price_per_min'],
    [{ price_per_min: 0.0000009 }, 'price_per_min'],
    ['{"price_per_min": NaN}', 'JSON'],
    [{ price_per_min: 1, min_duration_sec: 0 }, 'min_duration_sec'],
    [{ price_per_min: 1, min_duration_sec: 1.5 }, 'min_duration_sec'],
    [{ price_per_min: 1, min_duration_sec: 100, max_duration_sec: 99 }, 'max_duration_sec'],
    [{ price_per_min: 1, min_duration_sec: 86_401 }, 'max_duration_sec'],
    [{ price_per_min: 1, max_duration_sec: maxDurationSec + 1 }, 'max_duration_sec'],
    [{ price_per_min: 1, max_duration_sec: '1; drop table workers' }, 'max_duration_sec'],
    [[1], 'JSON object'],
  ])('%j is refused and changes nothing', async (body, detail) => {
    const { platform } = await startWithWorker(['--access', 'open']);
    for (const path of paths) {
      const answer = await put(platform, path, body);
      expect(answer.status).toBe(400);
      expect(answer.body.detail).toContain(detail);
    }
    expect(await platform.get(paths[0])).toEqual(standard);
  });

  test('with more than six decimals is rounded, and the answer shows what holds', async () => {
    const { platform } = await startWithWorker(['--access', 'open']);
    for (const [asked, holds] of [
      [0.1 + 0.2, 0.3],
      [1.2345678, 1.234568],
      [0.000001, 0.000001],
      [maxPricePerMin, maxPricePerMin],
    ])
      expect((await put(platform, paths[0], { price_per_min: asked })).body.price_per_min).toBe(holds);
  });

  test('decides at once who is the cheapest', async () => {
    const { platform } = await startWithWorker(['--access', 'open']);
    const second = await TestMiner.connect({ workerId: 'rig:2', mqttUrl: platform.mqttUrl });
    await second.introduce();
    const cheapest = async () =>
      (await platform.get<Pricing>('/api/marketplace/estimate?duration_sec=60')).worker_id;
    await put(platform, '/api/workers/rig:2/pricing', { price_per_min: 0.59 });
    expect(await cheapest()).toBe('rig:2');
    await put(platform, '/api/workers/rig:1/pricing', { price_per_min: 0.58 });
    expect(await cheapest()).toBe('rig:1');
  });
});

describe('the suggested price', () => {
  test.each<[string, number, number]>([
    ['NVIDIA GeForce RTX 4090', 24, 1.2],
    ['RTX 4080', 16, 0.9],
    ['NVIDIA GeForce RTX 4080 SUPER', 16, 0.9],
    ['NVIDIA GeForce RTX 4070', 12, 0.6],
    ['GeForce RTX 4070 Ti SUPER', 16, 0.6],
    ['NVIDIA GeForce RTX 3090 Ti', 24, 0.8],
    ['rtx3080', 10, 0.55],
    ['RTX-3070Ti', 8, 0.4],
    ['NVIDIA GeForce RTX™ 3060 Laptop GPU', 6, 0.25],
    ['NVIDIA(R) GeForce RTX(TM) 3060', 12, 0.25],
    ['NVIDIA A100-SXM4-80GB', 80, 2],
    ['A100-PCIE-40GB', 40, 2],
    ['NVIDIA H100 PCIe', 80, 3.5],
    ['H100 80GB HBM3', 80, 3.5],
    // Not what their digits suggest.
    ['RTX 40700', 8, 0.2],
    ['NVIDIA RTX A1000', 8, 0.2],
    ['GTX 13060', 6, 0.2],
    ['NVIDIA RTX A4000', 16, 0.4],
    ['Tesla T4', 15.8, 0.4],
    ['XH100', 0, 0.2],
    // By memory.
    ['NVIDIA GH200 480GB', 96, 2],
    ['unknown', 80, 2],
    ['unknown', 79, 0.8],
    ['unknown', 24, 0.8],
    ['unknown', 23.99, 0.8],
    ['unknown', 23, 0.4],
    ['unknown', 12, 0.4],
    ['unknown', 11, 0.2],
    ['', 0, 0.2],
  ])('of %s with %d GB is %d', (name, memoryGb, credits) => {
    expect(suggestPrice([{ name, memory_gb: memoryGb }])).toBe(credits * 1_000_000);
  });

  test('is the sum over the GPUs, and 0.60 when none is known', () => {
    const names = ['NVIDIA GeForce RTX 4090', 'NVIDIA GeForce RTX 3070', 'something with 24 GB'];
    expect(suggestPrice(names.map((name) => ({ name, memory_gb: 24 })))).toBe(2_400_000);
    expect(suggestPrice([])).toBe(600_000);
  });

  test('is told with the current price; unknown workers have neither', async () => {
    const { platform } = await startWithWorker();
    expect(await platform.get<PriceSuggestion>(`${paths[0]}/suggest`)).toEqual({
      worker_id: 'rig:1',
      suggested_price_per_min: 2.4,
      gpu_count: testGpus.length,
      total_memory_gb: 48,
      current_price_per_min: 0.6,
    });
    for (const path of ['/api/workers/x/pricing', '/api/workers/x/pricing/suggest'])
      expect((await call(platform, 'GET', path)).status).toBe(404);
  });

  test('of a worker that never named a GPU is 0.60', async () => {
    const platform = await startSeededPlatform((database) =>
      seedWorkers(database, Date.now(), [{ workerId: 'plain', priceMicro: 1 }]),
    );
    expect(await ok(platform, 'GET', '/api/workers/plain/pricing/suggest')).toMatchObject({
      suggested_price_per_min: 0.6,
      current_price_per_min: 0.000001,
    });
  });
});
