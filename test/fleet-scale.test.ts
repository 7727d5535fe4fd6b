import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { FeedFrame } from '../src-main/contract/ws/feed.ts';
import { TestMiner } from './support/test-miner.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

interface FleetPage {
  items: { worker_id: string; online: boolean; state: string; hashrate: number }[];
  total: number;
  total_pages: number;
}

const fleetSize = 1000;
const unplugged = 100;

function workerName(index: number): string {
  return `02:00:00:00:${String(Math.floor(index / 100)).padStart(2, '0')}:${String(index % 100).padStart(2, '0')}`;
}

async function connectAll(platform: TestPlatform, indexes: readonly number[]): Promise<TestMiner[]> {
  const miners: TestMiner[] = [];
  for (let start = 0; start < indexes.length; start += 100) {
    const batch = indexes.slice(start, start + 100).map(async (index) => {
      const ethAddress = `0x${String(index % 10).padStart(40, '0')}`;
      const miner = await TestMiner.connect({
        workerId: workerName(index),
        mqttUrl: platform.mqttUrl,
        ethAddress,
      });
      await miner.introduce();
      await miner.heartbeat({ hashrate: index + 1 });
      return miner;
    });
    miners.push(...(await Promise.all(batch)));
  }
  return miners;
}

async function wholeFleet(platform: TestPlatform): Promise<FleetPage['items']> {
  const items: FleetPage['items'] = [];
  for (let page = 1; ; page += 1) {
    const answer = await platform.get<FleetPage>(`/api/monitoring/fleet?limit=100&page=${page}`);
    items.push(...answer.items);
    if (page >= answer.total_pages) return items;
  }
}

async function readSnapshot(platform: TestPlatform): Promise<Extract<FeedFrame, { type: 'snapshot' }>> {
  const socket = new WebSocket(platform.feedUrl);
  const frame = await new Promise<FeedFrame>((resolve, reject) => {
    socket.once('message', (data: Buffer) => resolve(JSON.parse(data.toString()) as FeedFrame));
    socket.once('error', reject);
  });
  socket.terminate();
  if (frame.type !== 'snapshot') throw new Error(`the first frame is ${frame.type}`);
  return frame;
}

test(
  '1,000 miners come, 100 lose power and are offline within 2 s, and all come back',
  { timeout: 120_000 },
  async () => {
    const platform = await startTestPlatform();
    const names = Array.from({ length: fleetSize }, (_, index) => workerName(index));
    const miners = await connectAll(platform, [...names.keys()]);

    const fleet = await wholeFleet(platform);
    expect(fleet.map((worker) => worker.worker_id).sort()).toEqual([...names].sort());
    expect(fleet.every((worker) => worker.online && worker.state === 'AVAILABLE')).toBe(true);
    expect(fleet.map((worker) => worker.hashrate)).toEqual(
      Array.from({ length: fleetSize }, (_, index) => fleetSize - index),
    );
    await waitFor(() => miners.every((miner) => miner.tasks.length === 1), 'a register_ack for each miner');
    const snapshot = await readSnapshot(platform);
    expect(snapshot.data.workers.map((worker) => worker.worker_id).sort()).toEqual([...names].sort());
    expect(await platform.get('/api/monitoring/stats')).toMatchObject({
      online: fleetSize,
      total_workers: fleetSize,
    });

    await Promise.all(miners.slice(0, unplugged).map((miner) => miner.pullPlug()));
    await waitFor(
      async () => (await platform.get<{ offline: number }>('/api/monitoring/stats')).offline === unplugged,
      'the wills of the unplugged miners',
      2000,
    );
    const dark = (await wholeFleet(platform)).filter((worker) => !worker.online);
    expect(dark.map((worker) => worker.worker_id).sort()).toEqual(names.slice(0, unplugged).sort());
    expect(dark.every((worker) => worker.state === 'offline')).toBe(true);

    await connectAll(
      platform,
      Array.from({ length: unplugged }, (_, index) => index),
    );
    const stats = await platform.get('/api/monitoring/stats');
    expect(stats).toMatchObject({ online: fleetSize, offline: 0, total_workers: fleetSize });
    const { mqtt_clients: clients } = await platform.get<{ mqtt_clients: string[] }>('/api/status');
    expect(clients).toHaveLength(fleetSize);
  },
);
