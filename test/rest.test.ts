import { describe, expect, test } from 'vitest';
import type { FleetWorker } from '../src-main/contract/domain/worker.ts';
import type { RouteDefinition } from '../src-main/contract/rest/define-route.ts';
import * as fleetRoutes from '../src-main/contract/rest/fleet.routes.ts';
import * as overviewRoutes from '../src-main/contract/rest/overview.routes.ts';
import * as serviceRoutes from '../src-main/contract/rest/service.routes.ts';
import { ManualClock } from './support/manual-clock.ts';
import { startSeededPlatform } from './support/seed-database.ts';
import { newKey, TestMiner } from './support/test-miner.ts';
import { believing, startTestPlatform, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const address = '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359';

/** The fields of rest.md, word for word. */
const documentedFields: Record<string, string> = {
  '/': 'service, version, mqtt_port, api_port, connected_workers, uptime',
  '/api/status': 'mqtt_clients, workers, active_leases, total_blocks, self_mined_blocks, total_settlements',
  '/api/monitoring/fleet':
    'worker_id, eth_address, state, online, hashrate, gpu_count, active_gpus, total_memory_gb, gpus, version, ' +
    'last_heartbeat, self_blocks_found, price_per_min, total_online_sec',
  '/api/monitoring/stats':
    'total_workers, online, offline, total_hashrate, total_gpus, active_gpus, total_blocks, blocks_last_hour',
  '/api/monitoring/hashrate-history': 'worker_id, hashrate, active_gpus, timestamp',
  '/api/monitoring/blocks/recent':
    'lease_id, worker_id, hash, key, account, attempts, hashrate, prefix_valid, chain_verified, chain_block_id, ' +
    'timestamp',
  '/api/overview/stats':
    'total_users, total_providers, total_consumers, total_workers, online_workers, total_hashrate, total_blocks, ' +
    'blocks_24h, total_leases, active_leases, total_settled, platform_revenue',
  '/api/overview/activity': 'type, timestamp, details',
  '/api/overview/network': 'difficulty, total_workers, total_blocks, chain_blocks',
  '/api/workers':
    'worker_id, eth_address, gpu_count, total_memory_gb, gpus, state, hashrate, active_gpus, last_heartbeat, ' +
    'price_per_min, min_duration_sec, max_duration_sec, self_blocks_found, current_address, current_prefix, ' +
    'current_block_pattern, reputation',
};

const jsonRoutes = Object.values<unknown>({ ...fleetRoutes, ...overviewRoutes, ...serviceRoutes })
  .filter((entry): entry is RouteDefinition => Object.hasOwn(entry as object, 'path'))
  .filter(({ mediaType, path }) => mediaType === undefined && path !== '/api/openapi.json');

function firstRow(body: unknown): Record<string, unknown> {
  const rows = Array.isArray(body) ? body : ((body as { items?: unknown[] }).items ?? [body]);
  return rows[0] as Record<string, unknown>;
}

interface Page {
  items: FleetWorker[];
  total: number;
  page: number;
  limit: number;
  total_pages: number;
}

async function startFleet(
  workers: { workerId: string; hashrate: number; ethAddress?: string; state?: string }[],
) {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ clock, args: believing });
  const miners = await Promise.all(
    workers.map(async ({ hashrate, state, ...options }) => {
      const miner = await TestMiner.connect({ ...options, mqttUrl: platform.mqttUrl });
      await miner.introduce();
      if (state !== undefined) await miner.status(state);
      await miner.heartbeat({ hashrate });
      return miner;
    }),
  );
  const fleet = (query = '') => platform.get<Page>(`/api/monitoring/fleet${query}`);
  const ids = async (query: string) => (await fleet(query)).items.map((worker) => worker.worker_id);
  return { clock, platform, miners, fleet, ids };
}

const sampled = (platform: TestPlatform) => async () => {
  const points = await platform.get<unknown[]>('/api/monitoring/hashrate-history');
  return points.length > 0 && points;
};

describe('every public read', () => {
  test('answers exactly the fields of the contract and of rest.md, with the right types', async () => {
    const { clock, platform, miners } = await startFleet([
      { workerId: 'rig-1', hashrate: 10, ethAddress: address },
    ]);
    await miners[0]!.block();
    clock.advance(30_000);
    await waitFor(sampled(platform), 'a sample of the hashrate');
    expect(jsonRoutes.map(({ path }) => path)).toEqual(
      expect.arrayContaining([...Object.keys(documentedFields), '/healthz', '/readyz']),
    );
    for (const { path, response } of jsonRoutes) {
      const body = await platform.get(path);
      // The schema drops what it does not know, so that an extra field shows as a difference.
      expect(response.parse(body), path).toEqual(body);
      const documented = documentedFields[path]?.split(', ');
      if (documented) expect(Object.keys(firstRow(body)), path).toEqual(expect.arrayContaining(documented));
    }
  });

  test('answers on an empty platform, with empty lists and zeros', async () => {
    const platform = await startTestPlatform();
    for (const { path, response } of jsonRoutes) {
      const body = await platform.get(path);
      expect(response.parse(body), path).toEqual(body);
    }
    const empty = { items: [], total: 0, page: 1, limit: 20, total_pages: 1 };
    expect(await platform.get('/api/monitoring/fleet')).toEqual(empty);
    expect(await platform.get('/api/overview/activity')).toEqual({ ...empty, limit: 50 });
  });

  test('shows what a miner said in the row of the fleet', async () => {
    const { clock, fleet } = await startFleet([{ workerId: 'rig-1', hashrate: 12.5, ethAddress: address }]);
    expect((await fleet()).items).toEqual([
      {
        worker_id: 'rig-1',
        eth_address: address,
        state: 'AVAILABLE',
        online: true,
        hashrate: 12.5,
        gpu_count: 2,
        active_gpus: 2,
        total_memory_gb: 48,
        gpus: [
          { index: 0, name: 'NVIDIA GeForce RTX 4090', memory_gb: 24, bus_id: 1 },
          { index: 1, name: 'NVIDIA GeForce RTX 4090', memory_gb: 24, bus_id: 2 },
        ],
        version: '2.0.0',
        last_heartbeat: clock.nowMs() / 1000,
        honesty: { claimed_hashes: 0, expected_blocks: 0, proven_blocks: 0, z_score: null, flag: '' },
        self_blocks_found: 0,
        price_per_min: 0.6,
        total_online_sec: 0,
      },
    ]);
  });
});

describe('the fleet list', () => {
  const rates = [5, 20, 10, 20, 30, 20, 0];
  const workers = rates.map((hashrate, index) => ({ workerId: `rig-${index}`, hashrate }));

  test('is cut into pages that hold every worker once, ties included, in both directions', async () => {
    const { ids, fleet } = await startFleet(workers);
    const expected = ['rig-4', 'rig-1', 'rig-3', 'rig-5', 'rig-2', 'rig-0', 'rig-6'];
    for (const [sort, order] of [
      ['desc', expected],
      ['asc', expected.toReversed()],
    ] as const) {
      const paged: string[] = [];
      for (const page of [1, 2, 3]) paged.push(...(await ids(`?sort=${sort}&limit=3&page=${page}`)));
      expect(paged).toEqual(order);
      expect(await fleet(`?sort=${sort}&limit=3&page=3`)).toMatchObject({
        total: 7,
        page: 3,
        limit: 3,
        total_pages: 3,
      });
      expect(await fleet(`?sort=${sort}&limit=3&page=4`)).toMatchObject({
        items: [],
        total: 7,
        page: 4,
        total_pages: 3,
      });
      expect((await fleet(`?sort=${sort}&page=1000000000&limit=100`)).items).toEqual([]);
    }
    expect(await ids('')).toEqual(expected);
    expect(await fleet('?limit=7')).toMatchObject({ total_pages: 1 });
  });

  test('is filtered by address in any case, state, online, search and all of them together', async () => {
    const { clock, miners, ids, fleet } = await startFleet([
      { workerId: 'a:1', hashrate: 3, ethAddress: address, state: 'MINING' },
      { workerId: 'a:2', hashrate: 2, ethAddress: address.toLowerCase() },
      { workerId: 'Ünïcode %', hashrate: 1 },
    ]);
    expect(await ids(`?eth_address=${address.toUpperCase().replace('0X', '0x')}`)).toEqual(['a:1', 'a:2']);
    expect(await ids(`?eth_address=${address.slice(0, 20)}`)).toEqual([]);
    expect(await ids('?state=MINING')).toEqual(['a:1']);
    expect(await ids('?search=A:')).toEqual(['a:1', 'a:2']);
    expect(await ids('?search=rtx%204090&eth_address=')).toEqual(['a:1', 'a:2', 'Ünïcode %']);
    expect(await ids(`?search=${encodeURIComponent('ünï')}`)).toEqual(['Ünïcode %']);
    expect(await ids('?search=%')).toEqual(['Ünïcode %']);
    expect(await ids('?search=nothing-like-it')).toEqual([]);
    clock.advance(60_000);
    await miners[1]!.heartbeat({ hashrate: 2 });
    clock.advance(30_000);
    expect(await ids('?online=true')).toEqual(['a:2']);
    expect(await ids('?online=0')).toEqual(['a:1', 'Ünïcode %']);
    expect(await fleet('?online=false&state=MINING&search=4090&limit=1')).toMatchObject({
      items: [{ worker_id: 'a:1', online: false }],
      total: 1,
      total_pages: 1,
    });
  });

  test('counts hashrate and active GPUs of online workers only in the totals', async () => {
    const { clock, platform, miners } = await startFleet([
      { workerId: 'rig-1', hashrate: 0.1 },
      { workerId: 'rig-2', hashrate: 0.2 },
      { workerId: 'rig-3', hashrate: 100 },
    ]);
    await miners[2]!.pullPlug();
    await waitFor(async () => {
      const { online } = await platform.get<{ online: number }>('/api/monitoring/stats');
      return online === 2;
    }, 'the will');
    expect(await platform.get('/api/monitoring/stats')).toEqual({
      total_workers: 3,
      online: 2,
      offline: 1,
      total_hashrate: 0.3,
      total_gpus: 6,
      active_gpus: 4,
      total_blocks: 0,
      blocks_last_hour: 0,
    });
    clock.advance(90_000);
    expect(await platform.get('/api/monitoring/stats')).toMatchObject({ online: 0, total_hashrate: 0 });
  });
});

describe('recent blocks', () => {
  test('come newest first, 20 unless a limit from 1 to 200 is given', async () => {
    const { clock, platform, miners } = await startFleet([{ workerId: 'rig-1', hashrate: 1 }]);
    const keys = Array.from({ length: 25 }, () => newKey());
    for (const key of keys) {
      clock.advance(1000);
      await miners[0]!.block({ key, hash: `hash of ${key}`, hashrate: 12.3 });
    }
    const recent = (query: string) =>
      platform.get<{ key: string; timestamp: number }[]>(`/api/monitoring/blocks/recent${query}`);
    expect((await recent('')).map(({ key }) => key)).toEqual(keys.toReversed().slice(0, 20));
    expect((await recent('?limit=200')).map(({ key }) => key)).toEqual(keys.toReversed());
    expect(await recent('?limit=1')).toEqual([
      {
        block_id: keys.length,
        lease_id: '',
        worker_id: 'rig-1',
        hash: `hash of ${keys.at(-1)}`,
        key: keys.at(-1),
        account: '',
        attempts: 123_456,
        hashrate: '12.30',
        prefix_valid: true,
        chain_verified: false,
        chain_block_id: null,
        block_type: '',
        counted: true,
        timestamp: clock.nowMs() / 1000,
        verified: 'unproven',
        reason: 'not_checked',
      },
    ]);
  });
});

describe('the hashrate history', () => {
  test('sums the fleet, knows single workers, and looks back as far as asked', async () => {
    const { clock, platform } = await startFleet([
      { workerId: 'a:1', hashrate: 10 },
      { workerId: 'b', hashrate: 5.5 },
    ]);
    clock.advance(30_000);
    const timestamp = clock.nowMs() / 1000;
    const history = (query: string) => platform.get(`/api/monitoring/hashrate-history${query}`);
    await waitFor(sampled(platform), 'a sample of the hashrate');
    expect(await history('')).toEqual([
      { worker_id: '', hashrate: 15.5, active_gpus: 4, timestamp, online_workers: 2 },
    ]);
    expect(await history('?worker_id=a%3A1&hours=24')).toEqual([
      { worker_id: 'a:1', hashrate: 10, active_gpus: 2, timestamp },
    ]);
    expect(await history('?worker_id=nobody')).toEqual([]);
    clock.advance(29_999);
    expect(await history('?hours=0.0167')).toHaveLength(1);
    clock.advance(60_000);
    expect(await history('?hours=0.0167')).not.toContainEqual(expect.objectContaining({ timestamp }));
  });

  test('has at most about 500 points, rising in time, for a whole day', async () => {
    const clock = new ManualClock();
    const platform = await startSeededPlatform(
      (database) => {
        database.account('provider-1', 'provider');
        database.worker('rig-1');
        for (let index = 0; index < 2880; index += 1) {
          const taken_at_ms = clock.nowMs() - index * 30_000;
          database.insert('fleet_snapshots', { taken_at_ms, hashrate: 7, active_gpus: 2, online_workers: 1 });
          database.insert('hashrate_snapshots', {
            taken_at_ms,
            worker_id: 'rig-1',
            hashrate: 7,
            active_gpus: 2,
          });
        }
      },
      { clock },
    );
    for (const query of ['?hours=24', '?hours=24&worker_id=rig-1', '?hours=4.1', '?hours=4.5']) {
      const points = await platform.get<{ timestamp: number; hashrate: number }[]>(
        `/api/monitoring/hashrate-history${query}`,
      );
      expect(points.length, query).toBeGreaterThan(230);
      expect(points.length, query).toBeLessThanOrEqual(501);
      const times = points.map(({ timestamp }) => timestamp);
      expect(times).toEqual(times.toSorted((left, right) => left - right));
      expect(points.every(({ hashrate }) => hashrate === 7)).toBe(true);
    }
  });
});

describe('the service', () => {
  test('tells a program what it is, and sends a browser to the dashboard', async () => {
    const { clock, platform } = await startFleet([{ workerId: 'rig-1', hashrate: 1 }]);
    clock.advance(1500);
    const info = await platform.get<Record<string, unknown>>('/');
    expect(info).toMatchObject({
      mqtt_port: platform.mqttPort,
      api_port: Number(new URL(platform.apiUrl).port),
      connected_workers: 1,
      uptime: 2,
    });
    const get = (accept: string) =>
      fetch(platform.apiUrl, { headers: { Accept: accept }, redirect: 'manual' });
    const browser = await get('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8');
    expect(browser.status).toBe(302);
    expect(browser.headers.get('location')).toBe('/dashboard');
    expect(browser.headers.get('vary')).toContain('Accept');
    for (const accept of ['*/*', 'application/json', 'text/plain', 'image/png']) {
      const response = await get(accept);
      expect(response.status, accept).toBe(200);
      expect(await response.json()).toEqual(info);
    }
  });

  test('is alive and ready while it runs', async () => {
    const platform = await startTestPlatform();
    expect(await platform.get('/healthz')).toEqual({ status: 'ok' });
    expect(await platform.get('/readyz')).toEqual({ status: 'ready', storage: 'up', broker: 'up' });
  });

  test('lists the MQTT clients that are connected now', async () => {
    const { platform, miners } = await startFleet([
      { workerId: 'rig-1', hashrate: 1 },
      { workerId: 'a:b', hashrate: 1 },
    ]);
    const status = () => platform.get<{ mqtt_clients: string[] }>('/api/status');
    await miners[0]!.block();
    expect(await status()).toEqual({
      mqtt_clients: expect.arrayContaining(['xenminer_rig-1', 'xenminer_a:b']) as string[],
      workers: 2,
      active_leases: 0,
      total_blocks: 1,
      self_mined_blocks: 1,
      total_settlements: 0,
    });
    await miners[0]!.disconnect();
    await waitFor(async () => (await status()).mqtt_clients.length === 1, 'one client less');
    expect((await status()).mqtt_clients).toEqual(['xenminer_a:b']);
  });
});
