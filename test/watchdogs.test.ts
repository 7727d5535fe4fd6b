import { expect, test } from 'vitest';
import type { AuditEntryView } from '../src-main/contract/domain/audit.ts';
import type { Watchdog, WatchdogRun } from '../src-main/contract/domain/watchdog.ts';
import { admin, call, deposit, ok, register } from './support/accounts.ts';
import { alertsPath, get, live, send, startFleet } from './support/alerts.ts';
import { ManualClock } from './support/manual-clock.ts';
import { renterAddress } from './support/renting.ts';
import type { TestMiner } from './support/test-miner.ts';
import type { TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const restart = { name: 'Restart', kind: 'worker_error', action: 'restart', after_sec: 120, dry_run: false };

const runs = async (platform: TestPlatform) =>
  (await get<{ items: WatchdogRun[] }>(platform, '/watchdog-runs')).items;
const runsOf = (platform: TestPlatform, count: number) =>
  waitFor(async () => {
    const items = await runs(platform);
    return items.length === count && items;
  }, `${count} runs`);

async function startFailing(clock: ManualClock, more: object = {}) {
  const { platform, miners } = await startFleet(2, clock);
  await send(platform, 'POST', '/watchdogs', { ...restart, ...more });
  const [failing, healthy] = miners as [TestMiner, TestMiner];
  await failing.status('ERROR');
  return { platform, failing, healthy, miners };
}

test('a worker that stays in error is restarted after its time, by the watchdog, on record', async () => {
  const clock = new ManualClock();
  const { platform, failing, healthy, miners } = await startFailing(clock);
  await live(clock, miners, 110);
  expect(failing.controls).toEqual([]);
  await live(clock, miners, 40);
  const [run] = await runsOf(platform, 1);
  expect(run).toMatchObject({ worker_id: 'rig-00', action: 'restart', outcome: 'sent', name: 'Restart' });
  await waitFor(() => failing.controls.length === 1, 'the command');
  expect(failing.controls[0]).toMatchObject({ command: 'restart', action: 'pause' });
  expect(healthy.controls).toEqual([]);
  const who = admin(platform);
  const { items } = await ok<{ items: AuditEntryView[] }>(
    platform,
    'GET',
    '/api/admin/audit?actor=watchdog',
    { who },
  );
  expect(items).toMatchObject([{ action: 'watchdog.command', target: 'rig-00', result: 'ok' }]);
  const commands = await ok<{ items: { issued_by: string }[] }>(platform, 'GET', '/api/control/commands', {
    who,
  });
  expect(commands.items).toMatchObject([{ issued_by: 'watchdog' }]);
});

test('a dry run sends nothing, and says what it would have sent', async () => {
  const clock = new ManualClock();
  const { platform, failing, miners } = await startFailing(clock, { dry_run: true });
  await live(clock, miners, 150);
  expect(await runsOf(platform, 1)).toMatchObject([{ outcome: 'dry_run', command_id: '' }]);
  expect(failing.controls).toEqual([]);
});

test('commands to a worker are limited in a day, also over restarts of its error', async () => {
  const clock = new ManualClock();
  const { platform, failing, miners } = await startFailing(clock, { max_per_worker_per_day: 2 });
  await live(clock, miners, 140);
  await runsOf(platform, 1);
  await live(clock, miners, 130);
  await runsOf(platform, 2);
  await live(clock, miners, 130);
  const [limited] = await runsOf(platform, 3);
  expect(limited).toMatchObject({ outcome: 'limited' });
  await live(clock, miners, 600);
  expect(await runs(platform)).toHaveLength(3);
  expect(failing.controls).toHaveLength(2);
});

test('commands of the last day count over a restart of the platform, and so does a refusal', async () => {
  const clock = new ManualClock();
  const first = await startFailing(clock, { max_per_worker_per_day: 2 });
  await live(clock, first.miners, 140);
  await runsOf(first.platform, 1);
  const { dataDir } = first.platform;
  const restarted = async (previous: { platform: TestPlatform }) => {
    await previous.platform.stop();
    const next = await startFleet(2, clock, { dataDir });
    await next.miners[0]!.status('ERROR');
    return next;
  };

  const second = await restarted(first);
  await live(clock, second.miners, 140);
  await runsOf(second.platform, 2);
  const { items } = await get<{ items: Watchdog[] }>(second.platform, '/watchdogs');
  expect(items).toMatchObject([{ runs_today: 2 }]);
  await live(clock, second.miners, 140);
  expect((await runsOf(second.platform, 3))[0]).toMatchObject({ outcome: 'limited' });

  const third = await restarted(second);
  await live(clock, third.miners, 600);
  expect(await runs(third.platform)).toHaveLength(3);
  expect(third.miners[0]!.controls).toEqual([]);
  clock.jump(24 * 3_600_000);
  await live(clock, third.miners, 200);
  await waitFor(async () => (await runs(third.platform))[0]?.outcome === 'sent', 'a command of the next day');
}, 30_000);

test('a worker that is rented out is left alone unless that is allowed', async () => {
  const clock = new ManualClock();
  const { platform, miners } = await startFleet(1, clock);
  const who = await register(platform, 'renter', 'consumer', admin(platform));
  await deposit(platform, 'renter', 1000);
  const body = { worker_id: 'rig-00', duration_sec: 3600, consumer_address: renterAddress };
  const { lease_id } = await ok<{ lease_id: string }>(platform, 'POST', '/api/rent', { body, who });
  await miners[0]!.status('MINING', { lease_id });
  await send(platform, 'POST', '/watchdogs', { ...restart, kind: 'gpu_lost' });
  await live(clock, miners, 20);
  await live(clock, miners, 240, { active_gpus: 1 });
  expect(await runsOf(platform, 1)).toMatchObject([{ outcome: 'leased', command_id: '' }]);
  expect(miners[0]!.controls).toEqual([]);
});

test('what makes no sense is refused in words', async () => {
  const { platform } = await startFleet(0, new ManualClock());
  const refusal = async (body: object) =>
    (
      await call<{ detail: string }>(platform, 'POST', `${alertsPath}/watchdogs`, {
        body,
        who: admin(platform),
      })
    ).body.detail;
  expect(await refusal({ ...restart, kind: 'worker_offline' })).toContain('must be one of');
  expect(await refusal({ ...restart, action: 'set_config' })).toContain('needs at least one setting');
  expect(await refusal({ ...restart, action: 'explode' })).toContain('restart');
});
