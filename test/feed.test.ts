import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { blockSchema } from '../src-main/contract/domain/block.ts';
import { feedWorkerSchema } from '../src-main/contract/domain/worker.ts';
import { systemClock } from '../src-main/platform/kernel/clock.ts';
import { createLogger } from '../src-main/platform/kernel/logger.ts';
import { FeedGateway } from '../src-main/platform/realtime/feed-gateway.ts';
import { FeedListener } from './support/feed-listener.ts';
import { ManualClock } from './support/manual-clock.ts';
import { mineFor, rented, setUp, stop } from './support/renting.ts';
import { TestMiner } from './support/test-miner.ts';
import { believing, startTestPlatform, type TestPlatformOptions } from './support/test-platform.ts';

/** The fields of websocket.md, word for word. */
const workerFields =
  'worker_id, eth_address, gpu_count, total_memory_gb, gpus, version, state, hashrate, active_gpus, last_heartbeat, ' +
  'registered_at, price_per_min, min_duration_sec, max_duration_sec, total_online_sec, last_online_at, self_blocks_found';
const blockFields =
  'lease_id, worker_id, hash, key, account, attempts, hashrate, prefix_valid, chain_verified, chain_block_id, timestamp';

async function start(options: TestPlatformOptions = {}) {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ clock, args: believing, ...options });
  return {
    clock,
    platform,
    batchUrl: `${platform.feedUrl}?batch=1`,
    miner: (workerId: string) => TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl }),
  };
}

describe('the snapshot', () => {
  test('is the first frame and has all workers and the newest 20 blocks with every field', async () => {
    const { clock, platform, miner } = await start();
    const first = await miner('aa:bb');
    await first.introduce();
    await first.heartbeat({ hashrate: 42 });
    for (let index = 1; index <= 25; index += 1) await first.block({ hash: `hash-${index}` });
    await (await miner('other')).introduce();
    clock.advance(1500);
    const feed = await FeedListener.connect(platform.feedUrl);
    const frame = feed.frames[0]!;
    expect(Object.keys(frame)).toEqual(['type', 'data', 'ts']);
    expect(frame.ts).toBe(clock.nowMs() / 1000);
    const { workers, recent_blocks } = (await feed.next('snapshot')).data;
    expect(workers.map(({ worker_id }) => worker_id)).toEqual(['aa:bb', 'other']);
    for (const worker of workers) {
      expect(feedWorkerSchema.parse(worker)).toEqual(worker);
      expect(Object.keys(worker)).toEqual(expect.arrayContaining(workerFields.split(', ')));
    }
    expect(workers[0]).toMatchObject({
      hashrate: 42,
      online: true,
      state: 'AVAILABLE',
      self_blocks_found: 25,
    });
    expect(recent_blocks.map(({ hash }) => hash)).toEqual(
      Array.from({ length: 20 }, (_, index) => `hash-${25 - index}`),
    );
    for (const block of recent_blocks) {
      expect(blockSchema.parse(block)).toEqual(block);
      expect(Object.keys(block)).toEqual(expect.arrayContaining(blockFields.split(', ')));
    }
  });

  test('and what follows hold each event once for clients that come while miners talk', async () => {
    const { platform, batchUrl, miner } = await start();
    const source = await miner('rig-1');
    await source.introduce();
    const total = 150;
    const hashes = Array.from({ length: total }, (_, index) => `hash-${index}`);
    const listeners: FeedListener[] = [];
    for (const [index, hash] of hashes.entries()) {
      const published = Promise.all([source.block({ hash }), source.heartbeat({ hashrate: index + 1 })]);
      if (index % 5 === 0) {
        const url = index % 2 === 0 ? platform.feedUrl : batchUrl;
        listeners.push(FeedListener.dial(url));
      }
      await published;
    }
    for (const listener of listeners) {
      const snapshot = await listener.next('snapshot');
      await listener.until(
        () =>
          snapshot.data.recent_blocks[0]?.hash === hashes.at(-1) ||
          listener.of('block').some(({ data }) => data.hash === hashes.at(-1)),
        'last block',
      );
      expect(listener.frames[0]).toBe(snapshot);
      const known = snapshot.data.recent_blocks.map(({ hash }) => hash).reverse();
      const seen = [...known, ...listener.of('block').map(({ data }) => data.hash)];
      expect(seen).toEqual(hashes.slice(total - seen.length));
    }
    // Of classic clients each heartbeat, too.
    for (const listener of listeners.filter(({ socket }) => !socket.url.includes('batch'))) {
      const { workers } = (await listener.next('snapshot')).data;
      const rates = await listener.until(() => {
        const later = listener.of('heartbeat').map(({ data }) => data.hashrate);
        return [workers[0]!.hashrate, ...later].at(-1) === total && [workers[0]!.hashrate, ...later];
      }, 'last heartbeat');
      expect(rates).toEqual(
        Array.from({ length: rates.length }, (_, index) => total - rates.length + index + 1),
      );
    }
  });
});

describe('a classic client', () => {
  test('gets a frame for each heartbeat and each block, in their exact shapes', async () => {
    const { clock, platform, miner } = await start();
    const source = await miner('aa:bb');
    await source.introduce();
    const feed = await FeedListener.connect(platform.feedUrl);
    clock.advance(1234);
    await source.heartbeat({ hashrate: 12.5, active_gpus: 1 });
    await source.heartbeat({ hashrate: 12.5, active_gpus: 1 });
    await source.block({ hash: 'abc', lease_id: '' });
    await source.block({ hash: 'def', lease_id: 'lease-unknown' });
    await feed.next('block', ({ data }) => data.hash === 'def');
    const ts = clock.nowMs() / 1000;
    const heartbeat = { type: 'heartbeat', data: { worker_id: 'aa:bb', hashrate: 12.5, active_gpus: 1 }, ts };
    expect(feed.frames.slice(1)).toEqual([
      heartbeat,
      heartbeat,
      { type: 'block', data: { worker_id: 'aa:bb', hash: 'abc', lease_id: '' }, ts },
      { type: 'block', data: { worker_id: 'aa:bb', hash: 'def', lease_id: 'lease-unknown' }, ts },
    ]);
  });

  test('hears every 60 s who is offline, and nothing while nobody is', async () => {
    const { clock, platform, miner } = await start();
    const steady = await miner('steady');
    const silent = await miner('silent');
    for (const source of [steady, silent]) await source.introduce();
    const feed = await FeedListener.connect(platform.feedUrl);
    const batched = await FeedListener.connect(`${platform.feedUrl}?batch=1`);
    const lastHeartbeat = clock.nowMs() / 1000;
    clock.advance(60_000);
    await steady.heartbeat();
    await feed.next('heartbeat');
    expect(feed.of('health')).toEqual([]);
    clock.advance(59_999);
    expect(feed.of('health')).toEqual([]);
    clock.advance(1);
    for (const listener of [feed, batched]) {
      expect(await listener.next('health')).toEqual({
        type: 'health',
        data: [{ worker_id: 'silent', last_heartbeat: lastHeartbeat, offline_sec: 120 }],
        ts: clock.nowMs() / 1000,
      });
    }
    await steady.heartbeat();
    clock.advance(60_000);
    await feed.until(() => feed.of('health').length === 2, 'the next health frame');
    await silent.heartbeat();
    await steady.heartbeat();
    clock.advance(60_000);
    await steady.block({ hash: 'end' });
    await feed.next('block');
    expect(feed.of('health')).toHaveLength(2);
  });

  test('may send what it likes: it is ignored', async () => {
    const { platform, miner } = await start();
    const source = await miner('rig-1');
    const feed = await FeedListener.connect(platform.feedUrl);
    for (const message of [
      'hello',
      '{"type":"subscribe"}',
      '',
      '{',
      Buffer.from([0, 255, 1]),
      'x'.repeat(500_000),
    ])
      feed.socket.send(message);
    const answered = new Promise<void>((resolve) => void feed.socket.once('pong', () => resolve()));
    feed.socket.ping();
    await answered;
    await source.block({ hash: 'after' });
    await feed.next('block');
    expect(feed.frames.map(({ type }) => type)).toEqual(['snapshot', 'block']);
  });
});

describe('a batched client', () => {
  test('gets the newest heartbeat of each worker several times a second, and no single ones', async () => {
    const { batchUrl, miner } = await start();
    const sources = await Promise.all(['rig-1', 'rig-2'].map(miner));
    for (const source of sources) await source.introduce();
    const feed = await FeedListener.connect(batchUrl);
    const startedMs = performance.now();
    for (let rate = 1; rate <= 300; rate += 1) {
      await Promise.all(sources.map((source) => source.heartbeat({ hashrate: rate }, 0)));
      if (rate % 20 === 0) await sources[0]!.heartbeat({ hashrate: rate });
    }
    for (const source of sources) await source.heartbeat({ hashrate: 1000 });
    const newest = () => {
      const rates = feed.of('heartbeats').flatMap(({ data }) => data);
      return sources.every(({ workerId }) =>
        rates.some(({ worker_id, hashrate }) => worker_id === workerId && hashrate === 1000),
      );
    };
    await feed.until(newest, 'the newest heartbeats');
    const elapsedMs = performance.now() - startedMs;
    const frames = feed.of('heartbeats');
    expect(feed.of('heartbeat')).toEqual([]);
    expect(frames.length).toBeLessThanOrEqual(elapsedMs / 100 + 2);
    for (const { data } of frames) {
      expect(new Set(data.map(({ worker_id }) => worker_id)).size).toBe(data.length);
      for (const entry of data) expect(Object.keys(entry)).toEqual(['worker_id', 'hashrate', 'active_gpus']);
    }
  });

  test('hears of workers that register, change their state, go silent and come back', async () => {
    const { clock, batchUrl, miner } = await start();
    const feed = await FeedListener.connect(batchUrl);
    const source = await miner('rig-1');
    const heard = (matches: { state?: string; online?: boolean }) =>
      feed.until(
        () => {
          const latest = feed
            .of('workers')
            .flatMap(({ data }) => data)
            .at(-1);
          const found = Object.entries(matches).every(([key, value]) => latest?.[key as 'state'] === value);
          return found && latest;
        },
        `worker like ${JSON.stringify(matches)}`,
      );
    await source.register();
    const worker = await heard({ state: 'AVAILABLE', online: true });
    expect(feedWorkerSchema.parse(worker)).toEqual(worker);
    await source.status('MINING');
    await heard({ state: 'MINING', online: true });
    clock.advance(91_000);
    await heard({ state: 'MINING', online: false });
    await source.heartbeat();
    await heard({ online: true });
    await source.pullPlug();
    await heard({ state: 'offline', online: false });
  });

  test('hears how many blocks a worker has found', async () => {
    const { batchUrl, miner } = await start();
    const feed = await FeedListener.connect(batchUrl);
    const source = await miner('rig-1');
    await source.introduce();
    await source.block({ hash: 'XEN11' });
    const frame = await feed.next('workers', ({ data }) => data.some((row) => row.self_blocks_found > 0));
    expect(frame.data.at(-1)).toMatchObject({ worker_id: 'rig-1', self_blocks_found: 1 });
  });

  test('gets blocks at once', async () => {
    const { batchUrl, miner } = await start();
    const feed = await FeedListener.connect(batchUrl);
    await (await miner('rig-1')).block({ hash: 'abc' });
    expect((await feed.next('block')).data).toEqual({ worker_id: 'rig-1', hash: 'abc', lease_id: '' });
  });
});

describe('connections', () => {
  test('past the limit are accepted and closed with 1013, and there is room again when one leaves', async () => {
    const { platform } = await start({ args: [...believing, '--ws-max-clients', '3'] });
    const clients = [];
    for (let index = 0; index < 3; index += 1) clients.push(await FeedListener.connect(platform.feedUrl));
    for (let index = 0; index < 5; index += 1) {
      const turnedAway = FeedListener.dial(platform.feedUrl);
      expect(await turnedAway.closed).toEqual({ code: 1013, reason: 'Server overloaded' });
      expect(turnedAway.frames).toEqual([]);
    }
    clients[0]!.socket.close(1000);
    await clients[0]!.closed;
    await FeedListener.connect(platform.feedUrl);
  });

  test('that do not answer pings are ended, the others stay', async () => {
    const logger = createLogger({ level: 'silent', format: 'json', write: () => undefined }).module(
      'realtime',
    );
    const gateway = new FeedGateway({
      clock: systemClock,
      logger,
      maxClients: 10,
      maxQueueBytes: 65_536,
      pingEveryMs: 100,
      snapshot: () => ({ workers: [], recent_blocks: [] }),
    });
    const server = createServer().on('upgrade', (...upgrade) =>
      gateway.handleUpgrade(...upgrade, '127.0.0.1'),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const early = FeedListener.dial(url);
    expect(await early.closed).toEqual({ code: 1013, reason: 'Service unavailable' });
    gateway.start();
    onTestFinished(() => gateway.stop());
    const dead = await FeedListener.connect(url, { autoPong: false });
    const alive = await FeedListener.connect(url);
    expect((await dead.closed).code).toBe(1006);
    for (let round = 0; round < 3; round += 1) await once(alive.socket, 'ping');
    expect(alive.socket.readyState).toBe(alive.socket.OPEN);
    expect(gateway.stats.clients).toBe(1);
  });

  test('end with 1001 when the platform stops, after everything that was reported', async () => {
    const { platform, batchUrl, miner } = await start();
    const source = await miner('rig-1');
    const clients = [await FeedListener.connect(platform.feedUrl), await FeedListener.connect(batchUrl)];
    await source.block({ hash: 'last' });
    await source.heartbeat({ hashrate: 9 });
    const startedMs = performance.now();
    await platform.stop();
    expect(performance.now() - startedMs).toBeLessThan(1500);
    for (const client of clients) {
      expect(await client.closed).toEqual({ code: 1001, reason: 'Server stops' });
      expect(client.of('block').map(({ data }) => data.hash)).toEqual(['last']);
    }
    expect(clients[0]!.of('heartbeat')).toHaveLength(1);
    expect(clients[1]!.of('heartbeats').flatMap(({ data }) => data)).toHaveLength(1);
  });

  test('that never say goodbye do not keep the platform from stopping', async () => {
    const { platform } = await start();
    const client = await FeedListener.connect(platform.feedUrl);
    client.socket.pause();
    await platform.stop();
  });
});

test('a batched client hears of leases that begin and end, and nothing of their money', async () => {
  const setting = await setUp();
  const { platform, consumer } = setting;
  const plain = await FeedListener.connect(platform.feedUrl);
  const feed = await FeedListener.connect(`${platform.feedUrl}?batch=1`);
  const { lease_id: leaseId, created_at: createdAt } = await rented(setting);
  const lease = {
    lease_id: leaseId,
    worker_id: 'rig-1',
    consumer_id: 'renter',
    duration_sec: 600,
    created_at: createdAt,
    expires_at: createdAt + 600,
    blocks_found: 0,
  };
  const begun = await feed.next('lease');
  expect(begun.data).toEqual({
    ...lease,
    state: 'active',
    ended_at: null,
    settled_at: null,
    end_reason: '',
  });
  await mineFor(setting, 60);
  await stop(platform, consumer, leaseId);
  const ended = await feed.next('lease', ({ data }) => data.state !== 'active');
  expect(ended.data).toEqual({
    ...lease,
    state: 'completed',
    ended_at: createdAt + 60,
    settled_at: createdAt + 60,
    end_reason: 'stopped',
  });
  expect(plain.of('lease')).toEqual([]);
});
