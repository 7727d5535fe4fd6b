import { describe, expect, test } from 'vitest';
import { waitForWorker } from './support/platform-figures.ts';
import {
  detailsOf,
  ended,
  introduced,
  mineFor,
  moneyOf,
  rent,
  rented,
  setUp,
  stop,
} from './support/renting.ts';
import { TestMiner } from './support/test-miner.ts';
import { startTestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

describe('the watchdog', () => {
  test('ends a lease when its time is over, at its own end', async () => {
    const setting = await setUp();
    const { platform, clock, miner } = setting;
    const { lease_id: leaseId, created_at: createdAt } = await rented(setting);
    await mineFor(setting, 594);
    // The miner ends it by its own clock, a little early: no second rent, no giving up.
    clock.advance(4000);
    await miner.status('COMPLETED', { lease_id: leaseId });
    await miner.status('AVAILABLE');
    expect((await rent(platform, setting.consumer)).status).toBe(404);
    clock.advance(5000);
    const details = await ended(platform, leaseId);
    expect(details).toMatchObject({
      state: 'completed',
      end_reason: 'expired',
      ended_at: createdAt + 600,
      elapsed_sec: 600,
      settlement: { total_cost: 6, refund: 0, provider_payout: 5.7, platform_fee: 0.3 },
    });
    expect((await rent(platform, setting.consumer)).status).toBe(200);
  });

  test('cancels a lease whose worker does not report MINING within 60 s; nothing is paid', async () => {
    const { platform, consumer, miner, clock } = await setUp();
    const { body } = await rent(platform, consumer);
    await miner.status('LEASED');
    clock.advance(59_000);
    await miner.heartbeat();
    expect(await platform.get('/api/status')).toMatchObject({ active_leases: 1 });
    clock.advance(1000);
    const details = await ended(platform, body.lease_id);
    expect(details).toMatchObject({
      state: 'cancelled',
      end_reason: 'never_started',
      settlement: { total_cost: 0, refund: 6, elapsed_sec: 60, duration_sec: 0 },
    });
    expect(await moneyOf(platform, 'renter')).toEqual({ balance: 100, held: 0 });
    await waitFor(() => miner.tasks.length === 2, 'the release');
  });

  test('takes a heartbeat that names the prefix for the same as MINING', async () => {
    const { platform, consumer, miner, clock } = await setUp();
    const { body } = await rent(platform, consumer);
    await miner.heartbeat({ prefix: body.prefix.toUpperCase() });
    clock.advance(61_000);
    expect(await detailsOf(platform, body.lease_id)).toMatchObject({
      state: 'active',
      mining_since: clock.nowMs() / 1000 - 61,
    });
  });

  test('does not pay the time in which the worker was offline, and says when that was', async () => {
    const setting = await setUp();
    const { platform, clock, miner, consumer } = setting;
    const { lease_id: leaseId, created_at: createdAt } = await rented(setting);
    await mineFor(setting, 60);
    await miner.pullPlug();
    await waitForWorker(platform, 'rig-1', ({ online }) => !online);
    clock.advance(120_000);
    const back = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl });
    await back.heartbeat();
    // It may have restarted: it gets the task with the time that is left.
    await waitFor(() => back.tasks.length > 0, 'the task');
    expect(back.tasks).toMatchObject([{ command: 'assign_task', lease_id: leaseId, duration_sec: 420 }]);
    await mineFor({ ...setting, miner: back }, 120);
    const { body } = await stop(platform, consumer, leaseId);
    expect(body.settlement).toMatchObject({
      elapsed_sec: 300,
      downtime_sec: 120,
      duration_sec: 180,
      total_cost: 1.8,
      refund: 4.2,
    });
    expect((await detailsOf(platform, leaseId)).statement).toMatchObject({
      is_final: true,
      billed_sec: 180,
      total_cost: 1.8,
      outages: [{ from: createdAt + 60, to: createdAt + 180, cause: 'offline' }],
    });
  });

  test('counts a worker that fell silent as away since its last sign of life', async () => {
    const setting = await setUp();
    const { platform, clock, miner, consumer } = setting;
    const { lease_id: leaseId, created_at: createdAt } = await rented(setting);
    await mineFor(setting, 30);
    clock.advance(100_000);
    await miner.heartbeat();
    await mineFor(setting, 30);
    await stop(platform, consumer, leaseId);
    const { statement } = await detailsOf(platform, leaseId);
    expect(statement).toMatchObject({
      elapsed_sec: 160,
      billed_sec: 60,
      outages: [{ from: createdAt + 30, to: createdAt + 130, cause: 'silent' }],
    });
  });

  test('cancels a lease whose worker stays away for ten minutes', async () => {
    const setting = await setUp();
    const { platform, clock, miner } = setting;
    const { lease_id: leaseId } = await rented(setting, { duration_sec: 3600 });
    await mineFor(setting, 60);
    await miner.pullPlug();
    await waitForWorker(platform, 'rig-1', ({ online }) => !online);
    clock.advance(599_000);
    expect(await platform.get('/api/status')).toMatchObject({ active_leases: 1 });
    clock.advance(1000);
    const details = await ended(platform, leaseId);
    expect(details).toMatchObject({
      state: 'cancelled',
      end_reason: 'worker_away',
      settlement: { elapsed_sec: 660, downtime_sec: 600, duration_sec: 60, total_cost: 0.6, refund: 35.4 },
    });
    // When it comes back it still believes in its lease: it is told.
    const back = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl });
    await back.heartbeat();
    await waitFor(() => back.tasks.length > 0, 'the release');
    expect(back.tasks).toEqual([{ command: 'release', lease_id: leaseId }]);
  });

  test('pays a worker that left its lease before it went away only up to when it left', async () => {
    const setting = await setUp();
    const { platform, clock, miner } = setting;
    const { lease_id: leaseId } = await rented(setting, { duration_sec: 3600 });
    await mineFor(setting, 60);
    await miner.status('IDLE');
    await mineFor(setting, 30);
    await miner.pullPlug();
    await waitForWorker(platform, 'rig-1', ({ online }) => !online);
    clock.advance(600_000);
    const details = await ended(platform, leaseId);
    expect(details).toMatchObject({
      end_reason: 'worker_away',
      settlement: { elapsed_sec: 690, duration_sec: 60, total_cost: 0.6 },
      statement: { billed_sec: 60, total_cost: 0.6 },
    });
  });

  test('gives a restarted miner its task again, and no ack before the lease has ended', async () => {
    const setting = await setUp();
    const { platform, clock, miner, consumer } = setting;
    const { lease_id: leaseId } = await rented(setting);
    await mineFor(setting, 90);
    await miner.disconnect();
    const back = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl });
    await back.introduce();
    await waitFor(() => back.tasks.length > 0, 'the task');
    expect(back.tasks[0]).toMatchObject({ command: 'assign_task', lease_id: leaseId, duration_sec: 510 });
    await back.status('MINING', { lease_id: leaseId });
    clock.advance(61_000);
    expect(await detailsOf(platform, leaseId)).toMatchObject({ state: 'active' });
    await stop(platform, consumer, leaseId);
    await waitFor(() => JSON.stringify(back.tasks).includes('register_ack'), 'the ack');
    const commands = back.tasks.map((task) => (task as { command: string }).command);
    expect(commands.slice(-2)).toEqual(['release', 'register_ack']);
    expect(commands.slice(0, -2).every((command) => command === 'assign_task')).toBe(true);
  });

  test('cancels a lease whose worker left it, and pays up to then', async () => {
    const setting = await setUp();
    const { platform, clock, miner } = setting;
    const { lease_id: leaseId } = await rented(setting);
    await mineFor(setting, 120);
    await miner.status('IDLE');
    await mineFor(setting, 59);
    expect(await platform.get('/api/status')).toMatchObject({ active_leases: 1 });
    clock.advance(1000);
    const details = await ended(platform, leaseId);
    expect(details).toMatchObject({
      state: 'cancelled',
      end_reason: 'worker_gave_up',
      settlement: { elapsed_sec: 180, duration_sec: 120, total_cost: 1.2 },
      statement: { billed_sec: 120, total_cost: 1.2 },
    });
  });
});

describe('a restart of the platform', () => {
  test('settles the leases whose time was over meanwhile, and goes on with the others', async () => {
    const setting = await setUp();
    const { platform, clock } = setting;
    const second = await introduced(platform, 'rig-2');
    const short = await rented(setting);
    const { body: long } = await rent(platform, setting.consumer, { worker_id: 'rig-2', duration_sec: 3600 });
    await second.status('MINING', { lease_id: long.lease_id });
    await mineFor(setting, 60);
    await second.heartbeat({ hashrate: 500 });
    await platform.stop();
    clock.jump(700_000);
    const again = await startTestPlatform({ clock, dataDir: platform.dataDir });
    expect(await detailsOf(again, short.lease_id)).toMatchObject({
      state: 'completed',
      end_reason: 'expired',
      ended_at: short.created_at + 600,
      avg_hashrate: 1000,
      settlement: { total_cost: 6 },
    });
    expect(await detailsOf(again, long.lease_id)).toMatchObject({ state: 'active', avg_hashrate: 500 });
    expect(await again.get('/api/status')).toMatchObject({ active_leases: 1, total_settlements: 1 });
    // The platform's own downtime is nobody's absence, as long as the worker is heard again.
    const back = await TestMiner.connect({ workerId: 'rig-2', mqttUrl: again.mqttUrl });
    clock.advance(30_000);
    await back.heartbeat();
    clock.advance(70_000);
    await back.heartbeat();
    expect((await detailsOf(again, long.lease_id)).statement).toMatchObject({ downtime_sec: 0 });
  });
});
