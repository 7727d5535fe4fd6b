import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { clientsRoute } from '../src-main/contract/rest/system.routes.ts';
import { admin, call, ok } from './support/accounts.ts';
import { FeedListener } from './support/feed-listener.ts';
import { ManualClock } from './support/manual-clock.ts';
import { waitForWorker } from './support/platform-figures.ts';
import { TestMiner } from './support/test-miner.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

type Clients = z.output<typeof clientsRoute.response>;

const clientsOf = (platform: TestPlatform, query = '') =>
  ok<Clients>(platform, 'GET', `/api/admin/clients${query}`, { who: admin(platform) });

const disconnect = (platform: TestPlatform, clientId: string) =>
  call<{ detail?: string }>(platform, 'DELETE', `/api/admin/clients/${encodeURIComponent(clientId)}`, {
    who: admin(platform),
  });

describe('the list of clients', () => {
  test('says who is connected from where since when, and what passed on the connection', async () => {
    const clock = new ManualClock();
    const platform = await startTestPlatform({ clock });
    const connectedAt = clock.nowMs() / 1000;
    const miner = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl });
    clock.advance(5000);
    await miner.introduce();
    await miner.heartbeat({ hashrate: 5 });
    const { key = '' } = admin(platform);
    await TestMiner.connect({
      workerId: 'watcher',
      mqttUrl: platform.mqttUrl,
      clientId: 'tool',
      will: false,
      client: {
        username: 'operator',
        password: key,
        keepalive: 17,
        protocolVersion: 3,
        protocolId: 'MQIsdp',
      },
    });
    const { items, total } = await clientsOf(platform);
    expect(total).toBe(2);
    expect(items.map(({ client_id: id }) => id)).toEqual(['tool', 'xenminer_rig-1']);
    const [tool, rig] = items;
    expect(rig).toMatchObject({
      worker_id: 'rig-1',
      username: '',
      address: expect.stringContaining('127.0.0.1') as string,
      connected_at: connectedAt,
      keepalive_sec: 60,
      protocol: 'MQTT 3.1.1',
      queued: 0,
    });
    expect(rig!.messages_in).toBeGreaterThanOrEqual(3);
    expect(rig!.messages_out).toBeGreaterThanOrEqual(1);
    expect(tool).toMatchObject({
      worker_id: '',
      username: 'operator',
      connected_at: connectedAt + 5,
      keepalive_sec: 17,
      protocol: 'MQTT 3.1',
      messages_in: 0,
    });
    expect(JSON.stringify(items)).not.toContain(key);
  });

  test('is searched and paged', async () => {
    const platform = await startTestPlatform();
    for (const workerId of ['Alpha-1', 'alpha-2', 'beta-1']) {
      const miner = await TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl });
      await miner.introduce();
    }
    const ids = async (query: string) =>
      (await clientsOf(platform, query)).items.map(({ client_id: id }) => id);
    expect(await ids('?search=ALPHA')).toEqual(['xenminer_Alpha-1', 'xenminer_alpha-2']);
    expect(await ids('?search=127.0.0')).toHaveLength(3);
    expect(await ids('?search=nobody')).toEqual([]);
    expect(await ids('?limit=1&offset=2')).toEqual(['xenminer_beta-1']);
    expect(await clientsOf(platform, '?limit=1&search=alpha')).toMatchObject({
      total: 2,
      limit: 1,
      offset: 0,
    });
  });

  test('counts the clients of the feed by address, as long as they are there', async () => {
    const platform = await startTestPlatform({ args: ['--trust-proxy'] });
    const headers = { 'X-Forwarded-For': '203.0.113.9' };
    const listeners = [
      await FeedListener.connect(platform.feedUrl),
      await FeedListener.connect(platform.feedUrl, { headers }),
      await FeedListener.connect(platform.feedUrl, { headers }),
    ];
    expect((await clientsOf(platform)).feed).toEqual({
      clients: 3,
      addresses: [
        { address: '203.0.113.9', clients: 2 },
        { address: '127.0.0.1', clients: 1 },
      ],
    });
    for (const listener of listeners) listener.socket.close();
    await waitFor(async () => (await clientsOf(platform)).feed.clients === 0, 'the end of the feed');
    expect((await clientsOf(platform)).feed.addresses).toEqual([]);
  });
});

describe('a client that is disconnected', () => {
  test('loses its connection, its worker is offline, and it may come back; the audit log says who did it', async () => {
    const platform = await startTestPlatform();
    const clientId = 'farm/one:1 %';
    const miner = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl, clientId });
    await miner.introduce();
    await waitForWorker(platform, 'rig-1', ({ online }) => online);
    const lost = new Promise<void>((resolve) => void miner.client.once('close', () => resolve()));
    const { status, body } = await disconnect(platform, clientId);
    expect({ status, body }).toEqual({ status: 200, body: { disconnected: clientId } });
    await lost;
    await waitForWorker(platform, 'rig-1', ({ state }) => state === 'offline');
    await waitFor(async () => (await clientsOf(platform)).total === 0, 'an empty list');
    const again = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl, clientId });
    await again.introduce();
    await waitForWorker(platform, 'rig-1', ({ online }) => online);
    const audit = await ok<{ items: unknown[] }>(
      platform,
      'GET',
      '/api/admin/audit?action=client.disconnect',
      {
        who: admin(platform),
      },
    );
    expect(audit.items).toEqual([
      expect.objectContaining({
        actor: 'admin',
        target: clientId,
        result: 'ok',
        action: 'client.disconnect',
      }),
    ]);
  });

  test('has to be there', async () => {
    const platform = await startTestPlatform();
    const { status, body } = await disconnect(platform, 'nobody');
    expect(status).toBe(404);
    expect(body.detail).toContain('/api/admin/clients');
  });
});
