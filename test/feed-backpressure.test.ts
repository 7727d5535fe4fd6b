import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createLogger } from '../src-main/platform/kernel/logger.ts';
import type { FeedFrame } from '../src-main/contract/ws/feed.ts';
import { FeedListener } from './support/feed-listener.ts';
import { ManualClock } from './support/manual-clock.ts';
import { openSocket } from './support/raw-http.ts';
import { startSeededPlatform } from './support/seed-database.ts';
import { TestMiner } from './support/test-miner.ts';
import { believing, startTestPlatform, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

/** A long text, so that what is sent fills the buffers of the kernel. */
const longHash = 'f'.repeat(1000);

/** Opens a WebSocket by hand and then reads nothing at all. */
async function openMute(platform: TestPlatform, path = '/ws/dashboard', headers = ''): Promise<Socket> {
  const socket = await openSocket(platform.apiUrl);
  socket.pause();
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${headers}\r\n`,
  );
  return socket;
}

/** Reads frames as a server sends them: text, not masked. */
class FrameReader {
  readonly frames: FeedFrame[] = [];
  #rest = Buffer.alloc(0);
  #upgraded = false;

  constructor(socket: Socket) {
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  #take(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    if (!this.#upgraded) {
      const end = this.#rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.#upgraded = true;
      this.#rest = this.#rest.subarray(end + 4);
    }
    for (;;) {
      const frame = this.#next();
      if (!frame) return;
      if (frame.opcode === 1) this.frames.push(JSON.parse(frame.payload.toString()) as FeedFrame);
    }
  }

  #next(): { opcode: number; payload: Buffer } | undefined {
    const data = this.#rest;
    if (data.length < 2) return undefined;
    const short = data[1]! & 127;
    const head = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (data.length < head) return undefined;
    const length =
      short === 126 ? data.readUInt16BE(2) : short === 127 ? Number(data.readBigUInt64BE(2)) : short;
    if (data.length < head + length) return undefined;
    this.#rest = data.subarray(head + length);
    return { opcode: data[0]! & 15, payload: data.subarray(head, head + length) };
  }
}

async function metric(platform: TestPlatform, name: string): Promise<number> {
  const text = await (await fetch(`${platform.apiUrl}/metrics`)).text();
  return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1]);
}

/** 8,000 workers: a snapshot of about 9 MB, more than the kernel takes for a client that does not read. */
async function startLargeFleet(maxQueueBytes: number) {
  const clock = new ManualClock();
  const platform = await startSeededPlatform(
    (database) => {
      database.account('provider-1', 'provider');
      for (let index = 0; index < 8000; index += 1) database.worker(`rig-${index}`);
      database.handle.prepare('update workers set version = ?').run('v'.repeat(800));
    },
    {
      clock,
      args: [
        ...['--access', 'open', '--mqtt-max-messages-per-sec', '1000000'],
        ...['--ws-max-queue-bytes', String(maxQueueBytes)],
      ],
    },
  );
  const { client } = await TestMiner.connect({ workerId: 'rig-0', mqttUrl: platform.mqttUrl });
  return {
    clock,
    platform,
    /** One heartbeat of each of the first 300 workers. */
    heartbeats: (hashrate: number) =>
      Promise.all(
        Array.from({ length: 300 }, (_, index) =>
          client.publishAsync(`xenminer/rig-${index}/heartbeat`, JSON.stringify({ hashrate }), { qos: 1 }),
        ),
      ),
  };
}

describe('a client that never reads', () => {
  test('is disconnected past its queue, while the others get every frame promptly', async () => {
    const lines: string[] = [];
    const platform = await startTestPlatform({
      args: [
        ...[...believing, '--ws-max-queue-bytes', '65536', '--mqtt-max-messages-per-sec', '1000000'],
        ...['--trust-proxy', 'loopback'],
      ],
      loggers: createLogger({ level: 'info', format: 'text', write: (line) => lines.push(line) }),
    });
    const miner = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl });
    await miner.introduce();
    await openMute(platform);
    await openMute(platform);
    await openMute(platform, '/ws/dashboard?batch=1', 'X-Forwarded-For: 203.0.113.7\r\n');
    const healthy = await FeedListener.connect(platform.feedUrl);
    const clients = () => metric(platform, 'xenblocks_feed_clients');
    await waitFor(async () => (await clients()) === 4, 'all clients');
    let sent = 0;
    let slowestMs = 0;
    while ((await clients()) > 1) {
      // The kernel takes a few megabytes for each client before anything queues here.
      expect(sent * longHash.length, 'bytes until the mute clients are gone').toBeLessThan(12_000_000);
      await Promise.all(Array.from({ length: 200 }, () => miner.block({ hash: longHash })));
      sent += 200;
      const acknowledgedMs = performance.now();
      await healthy.until(() => healthy.frames.length === sent + 1, 'all blocks so far');
      slowestMs = Math.max(slowestMs, performance.now() - acknowledgedMs);
    }
    expect(slowestMs).toBeLessThan(500);
    expect(await metric(platform, 'xenblocks_feed_dropped_total')).toBe(3);
    const dropped = lines.filter((line) => line.includes('feed client does not drain'));
    expect(dropped.map((line) => /address=(\S+)/.exec(line)?.[1]).sort()).toEqual([
      '127.0.0.1',
      '127.0.0.1',
      '203.0.113.7',
    ]);
    await miner.block({ hash: 'after' });
    await healthy.next('block', ({ data }) => data.hash === 'after');
  });

  test('does not stall forever on a snapshot: it is disconnected when its time is over', async () => {
    const { clock, platform, heartbeats } = await startLargeFleet(1_048_576);
    await openMute(platform);
    await waitFor(async () => (await metric(platform, 'xenblocks_feed_frames_total')) === 1, 'the snapshot');
    await heartbeats(1);
    clock.jump(16_000);
    await heartbeats(2);
    // A large snapshot gets more time than other frames.
    expect(await metric(platform, 'xenblocks_feed_clients')).toBe(1);
    clock.jump(300_000);
    await heartbeats(3);
    await waitFor(
      async () => (await metric(platform, 'xenblocks_feed_clients')) === 0,
      'the end of the client',
    );
    expect(await metric(platform, 'xenblocks_feed_dropped_total')).toBe(1);
  });
});

test('a snapshot larger than the queue reaches clients that read it, and they stay', async () => {
  const { platform, heartbeats } = await startLargeFleet(65_536);
  const frames = () => metric(platform, 'xenblocks_feed_frames_total');
  for (const url of [platform.feedUrl, `${platform.feedUrl}?batch=1`]) {
    const before = await frames();
    const feed = FeedListener.dial(url);
    // What is said before the snapshot is part of it, and would not follow.
    await waitFor(async () => (await frames()) > before, 'the snapshot on its way');
    await heartbeats(5);
    expect((await feed.next('snapshot')).data.workers).toHaveLength(8000);
    await (url.includes('batch')
      ? feed.until(() => feed.of('heartbeats').length > 0 || feed.of('snapshot').length > 1, 'what follows')
      : Promise.resolve());
    expect(feed.socket.readyState).toBe(feed.socket.OPEN);
    feed.socket.terminate();
    await waitFor(
      async () => (await metric(platform, 'xenblocks_feed_clients')) === 0,
      'the end of the client',
    );
  }
});

test('a batched client that stalls and reads on gets a fresh snapshot', async () => {
  const { platform, heartbeats } = await startLargeFleet(1_048_576);
  const healthy = await FeedListener.connect(`${platform.feedUrl}?batch=1`);
  const heard = (hashrate: number) =>
    healthy.until(() => {
      const ids = healthy
        .of('heartbeats')
        .flatMap(({ data }) => data.filter((entry) => entry.hashrate === hashrate));
      return ids.length >= 300;
    }, `heartbeats of ${hashrate} H/s`);
  const slow = await openMute(platform, '/ws/dashboard?batch=1');
  await waitFor(async () => (await metric(platform, 'xenblocks_feed_clients')) === 2, 'the slow client');
  await waitFor(async () => (await metric(platform, 'xenblocks_feed_frames_total')) === 2, 'its snapshot');
  for (const hashrate of [5, 6, 7]) {
    await heartbeats(hashrate);
    await heard(hashrate);
  }
  const reader = new FrameReader(slow);
  slow.resume();
  const snapshots = () => reader.frames.filter((frame) => frame.type === 'snapshot');
  await waitFor(() => snapshots().length === 2, 'a fresh snapshot');
  const ratesOf = (frame: FeedFrame | undefined) =>
    frame?.type === 'snapshot'
      ? new Set(frame.data.workers.slice(0, 300).map(({ hashrate }) => hashrate))
      : frame;
  expect(reader.frames[0]?.type).toBe('snapshot');
  expect(ratesOf(snapshots()[0])).toEqual(new Set([0]));
  expect(ratesOf(snapshots()[1])).toEqual(new Set([7]));
  // What it missed is in the snapshot and not sent again; what comes next is.
  await heartbeats(8);
  await waitFor(() => {
    const last = reader.frames.at(-1);
    return last?.type === 'heartbeats' && last.data.every(({ hashrate }) => hashrate === 8);
  }, 'the next heartbeats');
  expect(snapshots()).toHaveLength(2);
});
