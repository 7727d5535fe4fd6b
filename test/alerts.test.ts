import { describe, expect, test } from 'vitest';
import type { AlertChannel } from '../src-main/contract/domain/alert-channel.ts';
import type { Incident, IncidentMember } from '../src-main/contract/domain/alert.ts';
import { admin, call, deposit, ok, register } from './support/accounts.ts';
import {
  addWebhook,
  alertsPath as base,
  changeRule,
  get,
  incidents,
  isOffline,
  live,
  send,
  startFleet,
  connectAll,
} from './support/alerts.ts';
import { listenForMessages, stubbornServer } from './support/alert-receiver.ts';
import { FeedListener } from './support/feed-listener.ts';
import { ManualClock } from './support/manual-clock.ts';
import { renterAddress } from './support/renting.ts';
import { freePort } from './support/ports.ts';
import { TestMiner } from './support/test-miner.ts';
import { believing, startTestPlatform, temporaryFolder } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

test('workers that go dark together are one incident: told once, and once when all are back', async () => {
  const clock = new ManualClock();
  const receiver = await listenForMessages();
  const { platform, miners } = await startFleet(8, clock);
  await addWebhook(platform, receiver.url);
  const feed = await FeedListener.connect(`${platform.feedUrl}?batch=1`);
  await Promise.all(miners.slice(0, 6).map((miner) => miner.pullPlug()));
  await isOffline(platform, 6);
  clock.advance(10_000);
  await receiver.next(1);
  expect(receiver.messages[0]).toMatchObject({
    ...{ event: 'raised', rule: 'worker_offline', severity: 'critical', count: '6' },
    title: '6 workers are offline',
  });
  const [incident, ...others] = await incidents(platform);
  expect(others).toEqual([]);
  expect(incident).toMatchObject({
    kind: 'worker_offline',
    state: 'open',
    members_open: 6,
    members_total: 6,
  });
  await feed.next('alert', ({ data }) => data.event === 'raised' && data.is_told);

  const back = await Promise.all(
    miners.slice(0, 6).map(({ workerId }) => TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl })),
  );
  await Promise.all(back.slice(0, 5).map((miner) => miner.heartbeat()));
  clock.advance(20_000);
  expect(await incidents(platform)).toMatchObject([{ state: 'open', members_open: 1 }]);
  await back[5]!.heartbeat();
  clock.advance(10_000);
  await receiver.next(2);
  expect(receiver.messages[1]).toMatchObject({ event: 'resolved', total: '6' });
  expect(receiver.messages[1]!.title).toMatch(/^Over after .*: 6 workers are offline$/);
  const over = await incidents(platform);
  expect(over).toMatchObject([{ state: 'resolved', resolved_by: 'cleared', members_open: 0 }]);
  const { members } = await get<{ members: IncidentMember[] }>(
    platform,
    `/incidents/${over[0]!.incident_id}`,
  );
  expect(members).toHaveLength(6);
  expect(members.every(({ until }) => until !== null)).toBe(true);
  clock.advance(60_000);
  expect(receiver.messages).toHaveLength(2);
});

describe('a drop of the hashrate', () => {
  test('is held against the own median, needs its time, and is over only beyond the clear threshold', async () => {
    const clock = new ManualClock();
    const { platform, miners } = await startFleet(1, clock);
    await live(clock, miners, 600);
    await live(clock, miners, 150, { hashrate: 500 });
    expect(await incidents(platform)).toEqual([]);
    await live(clock, miners, 60, { hashrate: 500 });
    const [incident] = await incidents(platform);
    expect(incident).toMatchObject({ kind: 'hashrate_drop', state: 'open', subjects: ['rig-00'] });
    const { members } = await get<{ members: IncidentMember[] }>(
      platform,
      `/incidents/${incident!.incident_id}`,
    );
    expect(members).toMatchObject([{ value: 50, reference: 1000 }]);
    // Better, but not yet good: between 15 and 30 % below nothing changes.
    await live(clock, miners, 300, { hashrate: 800 });
    expect(await incidents(platform)).toMatchObject([{ state: 'open' }]);
    await live(clock, miners, 90, { hashrate: 950 });
    expect(await incidents(platform)).toMatchObject([{ state: 'resolved' }]);
  });

  test('never concerns a worker that is paused, unlisted, in error or away', async () => {
    const clock = new ManualClock();
    const { platform, miners } = await startFleet(4, clock);
    await live(clock, miners, 600);
    const [paused, unlisted, failing, away] = miners as [TestMiner, TestMiner, TestMiner, TestMiner];
    await paused.status('IDLE');
    await failing.status('ERROR');
    await away.pullPlug();
    await isOffline(platform, 1);
    await ok(platform, 'POST', '/api/control/commands', {
      body: { command: 'unlist', worker_ids: [unlisted.workerId] },
      who: admin(platform),
    });
    await live(clock, [paused, unlisted, failing], 900, { hashrate: 1 });
    expect(await incidents(platform, 'kind=hashrate_drop')).toEqual([]);
    const kinds = (await incidents(platform)).map(({ kind }) => kind);
    expect(kinds.toSorted()).toEqual(['worker_error', 'worker_offline']);
  });
});

test('a tag has limits of its own: others for a worker that carries it, and a window that covers it', async () => {
  const clock = new ManualClock();
  const { platform, miners } = await startFleet(3, clock);
  const who = admin(platform);
  for (const [workerId, tag] of [
    ['rig-00', 'old'],
    ['rig-01', 'lab'],
  ])
    await ok(platform, 'PUT', `/api/workers/${workerId}/tags`, { body: { tags: [tag] }, who });
  await changeRule(platform, 'gpu_lost', {
    min_duration_sec: 0,
    overrides: [
      {
        ...{ tag: 'old', enabled: true, threshold: 2, clear_threshold: null },
        ...{ min_duration_sec: null, severity: null },
      },
    ],
  });
  await send(platform, 'POST', '/windows', {
    ...{ name: 'Lab', scope: 'tag', tag: 'lab', schedule: 'cron', cron: '* * * * *', duration_min: 2 },
  });
  await live(clock, miners, 30);
  await live(clock, miners, 20, { active_gpus: 1 });
  const found = await incidents(platform);
  expect(found.map(({ subjects, maintenance }) => [subjects, maintenance]).toSorted()).toEqual([
    [['rig-01'], 'Lab'],
    [['rig-02'], ''],
  ]);
  await live(clock, miners.slice(0, 1), 20, { active_gpus: 0 });
  expect(await incidents(platform, 'worker_id=rig-00&kind=gpu_lost')).toMatchObject([{ state: 'open' }]);
});

test('a GPU that is gone is told with how many there were', async () => {
  const clock = new ManualClock();
  const { platform, miners } = await startFleet(1, clock);
  await live(clock, miners, 30);
  await live(clock, miners, 90, { active_gpus: 1 });
  const [incident] = await incidents(platform);
  expect(incident).toMatchObject({ kind: 'gpu_lost', severity: 'critical' });
  const { members } = await get<{ members: IncidentMember[] }>(
    platform,
    `/incidents/${incident!.incident_id}`,
  );
  expect(members).toMatchObject([{ value: 1, reference: 2 }]);
  await live(clock, miners, 30, { active_gpus: 2 });
  expect(await incidents(platform)).toMatchObject([{ state: 'resolved' }]);
});

test('a lease that finds nothing for far longer than chance explains is told with its chance', async () => {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ clock, args: ['--block-marker', 'X1Y'] });
  const [miner] = (await connectAll(platform, 1)) as [TestMiner];
  const who = await register(platform, 'renter', 'consumer', admin(platform));
  await deposit(platform, 'renter', 1000);
  const body = { worker_id: 'rig-00', duration_sec: 7200, consumer_address: renterAddress };
  const { lease_id } = await ok<{ lease_id: string }>(platform, 'POST', '/api/rent', { body, who });
  await miner.status('MINING', { lease_id });
  // 84 places for three letters: a block in 3,121 hashes, so that 6.9 blocks are expected after 21,500.
  await live(clock, [miner], 80, { hashrate: 150 });
  expect(await incidents(platform, 'kind=lease_no_blocks')).toEqual([]);
  await live(clock, [miner], 150, { hashrate: 150 });
  const [incident] = await incidents(platform, 'kind=lease_no_blocks');
  expect(incident).toMatchObject({ state: 'open', subjects: ['rig-00'] });
  const { members } = await get<{ members: IncidentMember[] }>(
    platform,
    `/incidents/${incident!.incident_id}`,
  );
  expect(members[0]).toMatchObject({ detail: lease_id });
  expect(members[0]!.value).toBeLessThan(0.1);
});

test('an incident that is open survives a restart, and who comes back within the grace is no news', async () => {
  const clock = new ManualClock();
  const dataDir = temporaryFolder();
  const receiver = await listenForMessages();
  const first = await startFleet(3, clock, { dataDir });
  await addWebhook(first.platform, receiver.url);
  await first.miners[0]!.pullPlug();
  await isOffline(first.platform, 1);
  clock.advance(10_000);
  await receiver.next(1);
  await first.platform.stop();
  clock.advance(120_000);

  const platform = await startTestPlatform({ clock, args: believing, dataDir });
  clock.advance(60_000);
  expect(await incidents(platform)).toMatchObject([{ state: 'open', members_total: 1, members_open: 1 }]);
  await connectAll(platform, 3);
  clock.advance(10_000);
  await receiver.next(2);
  expect(receiver.messages.map(({ event }) => event)).toEqual(['raised', 'resolved']);
  expect(await incidents(platform)).toMatchObject([{ state: 'resolved' }]);
});

test('whoever is still away after the grace of a start is missed', async () => {
  const clock = new ManualClock();
  const dataDir = temporaryFolder();
  const first = await startFleet(2, clock, { dataDir });
  await first.platform.stop();
  const platform = await startTestPlatform({ clock, args: believing, dataDir });
  clock.advance(85_000);
  expect(await incidents(platform)).toEqual([]);
  clock.advance(20_000);
  expect(await incidents(platform)).toMatchObject([{ kind: 'worker_offline', members_open: 2 }]);
});

describe('what people do with an incident', () => {
  async function startDark(clock: ManualClock) {
    const receiver = await listenForMessages();
    const { platform, miners } = await startFleet(2, clock);
    await addWebhook(platform, receiver.url);
    await changeRule(platform, 'worker_offline', { repeat_sec: 600 });
    await miners[0]!.pullPlug();
    await isOffline(platform, 1);
    clock.advance(10_000);
    await receiver.next(1);
    const [incident] = await incidents(platform);
    return { platform, miners, receiver, path: `/incidents/${incident!.incident_id}` };
  }

  test('it is told again until it is acknowledged, with a name and a note', async () => {
    const clock = new ManualClock();
    const { platform, receiver, path, miners } = await startDark(clock);
    await live(clock, miners.slice(1), 610);
    await receiver.next(2);
    expect(receiver.messages[1]).toMatchObject({ event: 'repeated' });
    const acknowledged = await send<Incident>(platform, 'POST', `${path}/acknowledge`, { note: 'on my way' });
    expect(acknowledged).toMatchObject({
      state: 'acknowledged',
      acknowledged_by: 'admin',
      note: 'on my way',
    });
    await live(clock, miners.slice(1), 1300);
    expect(receiver.messages).toHaveLength(2);
    expect(await get(platform, '/summary')).toMatchObject({ open: 0, acknowledged: 1, worst: null });
  });

  test('while it is muted nothing is sent', async () => {
    const clock = new ManualClock();
    const { platform, receiver, path, miners } = await startDark(clock);
    await send(platform, 'POST', `${path}/mute`, { until: clock.nowMs() / 1000 + 1200 });
    await live(clock, miners.slice(1), 1190);
    expect(receiver.messages).toHaveLength(1);
    await live(clock, miners.slice(1), 20);
    await receiver.next(2);
  });

  test('closed by hand it is no news until it was over once', async () => {
    const clock = new ManualClock();
    const { platform, path, miners } = await startDark(clock);
    await send(platform, 'POST', `${path}/resolve`, { note: 'sold' });
    await live(clock, miners.slice(1), 300);
    expect(await incidents(platform)).toMatchObject([
      { state: 'resolved', resolved_by: 'admin', note: 'sold' },
    ]);
    const again = await call(platform, 'POST', `${base}${path}/acknowledge`, {
      body: {},
      who: admin(platform),
    });
    expect(again.status).toBe(409);
    const back = await TestMiner.connect({ workerId: 'rig-00', mqttUrl: platform.mqttUrl });
    await back.heartbeat();
    clock.advance(10_000);
    await back.pullPlug();
    await isOffline(platform, 1);
    clock.advance(10_000);
    expect(await incidents(platform, 'state=open')).toHaveLength(1);
  });
});

describe('a maintenance window', () => {
  test('keeps an incident silent, and what goes on after it is told', async () => {
    const clock = new ManualClock();
    const receiver = await listenForMessages();
    const { platform, miners } = await startFleet(2, clock);
    await addWebhook(platform, receiver.url);
    const now = clock.nowMs() / 1000;
    await send(platform, 'POST', '/windows', {
      ...{ name: 'Rack 2', scope: 'workers', worker_ids: ['rig-00'], schedule: 'once' },
      ...{ starts_at: now - 10, ends_at: now + 300 },
    });
    await miners[0]!.pullPlug();
    await isOffline(platform, 1);
    await live(clock, miners.slice(1), 250);
    expect(await incidents(platform)).toMatchObject([{ maintenance: 'Rack 2', members_open: 1 }]);
    expect(await get(platform, '/summary')).toMatchObject({ open: 0, in_maintenance: 1 });
    expect(receiver.messages).toEqual([]);
    await live(clock, miners.slice(1), 70);
    await receiver.next(1);
    expect(await incidents(platform)).toMatchObject([{ maintenance: '', state: 'open' }]);
  });

  test('comes again by a cron expression; one that can not be read is refused', async () => {
    const clock = new ManualClock(new Date(2026, 0, 4, 1, 59, 0).getTime());
    const platform = await startTestPlatform({ clock, args: believing });
    const weekly = { name: 'Sunday', scope: 'all', schedule: 'cron', cron: '0 2 * * 0', duration_min: 30 };
    await send(platform, 'POST', '/windows', weekly);
    const state = async () =>
      (await get<{ items: { is_active: boolean; next_start: number }[] }>(platform, '/windows')).items[0]!;
    expect(await state()).toMatchObject({ is_active: false, next_start: clock.nowMs() / 1000 + 60 });
    clock.advance(61_000);
    expect((await state()).is_active).toBe(true);
    clock.advance(30 * 60_000);
    expect((await state()).is_active).toBe(false);
    const wrong = await call<{ detail: string }>(platform, 'POST', `${base}/windows`, {
      body: { ...weekly, cron: 'sundays' },
      who: admin(platform),
    });
    expect(wrong.status).toBe(400);
    expect(wrong.body.detail).toContain('cron');
  });
});

test('a disk, a certificate and the broker are watched like workers', async () => {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ clock, args: [...believing, '--mqtt-max-connections', '4'] });
  await changeRule(platform, 'disk_low', { threshold: 100_000, clear_threshold: 100_000 });
  await changeRule(platform, 'certificate', { certificate_file: '/nowhere/cert.pem' });
  await connectAll(platform, 4);
  clock.advance(11_000);
  await waitFor(async () => {
    clock.advance(1000);
    return (await incidents(platform)).length === 3;
  }, 'three incidents');
  const kinds = (await incidents(platform)).map(({ kind }) => kind);
  expect(kinds.toSorted()).toEqual(['broker_limit', 'certificate', 'disk_low']);
  const wrong = await call<{ detail: string }>(platform, 'PUT', `${base}/rules/hashrate_drop`, {
    body: { ...(await changeRule(platform, 'hashrate_drop', {})), clear_threshold: 50 },
    who: admin(platform),
  });
  expect(wrong).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining('clear_threshold') as unknown },
  });
});

test('a server that hangs, refuses or fails delays nobody, and is tried again only so often', async () => {
  const clock = new ManualClock();
  const good = await listenForMessages();
  const [hanging, failing] = [await stubbornServer('hang'), await stubbornServer(500)];
  const { platform, miners } = await startFleet(1, clock);
  await addWebhook(platform, hanging.url, { name: 'Hanging' });
  await addWebhook(platform, failing.url, { name: 'Failing' });
  await addWebhook(platform, `http://127.0.0.1:${await freePort()}/`, { name: 'Refusing' });
  await addWebhook(platform, good.url, { name: 'Good' });
  await miners[0]!.pullPlug();
  await isOffline(platform, 1);
  clock.advance(10_000);
  await good.next(1);
  const queues = async () => {
    const { items } = await get<{ items: AlertChannel[] }>(platform, '/channels');
    return Object.fromEntries(items.map(({ name, queue }) => [name, queue]));
  };
  expect((await queues())['Hanging']).toMatchObject({ queued: 1, sent: 0 });
  for (const attempt of [1, 2, 3, 4, 5]) {
    await waitFor(() => failing.requests >= attempt, `try ${attempt}`);
    await waitFor(
      async () => ((await queues())['Failing']?.next_try_at ?? Infinity) * 1000 > clock.nowMs(),
      'its end',
    );
    clock.advance(601_000);
  }
  await waitFor(async () => (await queues())['Failing']?.failed === 1, 'giving up');
  expect((await queues())['Failing']).toMatchObject({
    queued: 0,
    sent: 0,
    last_error: expect.stringContaining('500') as unknown,
  });
  expect((await queues())['Refusing']!.last_error).toContain('ECONNREFUSED');
  expect((await queues())['Good']).toMatchObject({ queued: 0, sent: 1, failed: 0 });
  clock.advance(3_600_000);
  expect(failing.requests).toBe(5);
});
