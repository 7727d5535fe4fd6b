import { expect, test } from 'vitest';
import type { IncidentMember } from '../src-main/contract/domain/alert.ts';
import { admin, deposit, register } from './support/accounts.ts';
import { get, incidents, live, startFleet } from './support/alerts.ts';
import { ManualClock } from './support/manual-clock.ts';
import { rent } from './support/renting.ts';
import { TestMiner } from './support/test-miner.ts';
import type { TestPlatform } from './support/test-platform.ts';

type Four = [TestMiner, TestMiner, TestMiner, TestMiner];

async function dropped(platform: TestPlatform) {
  const [incident] = await incidents(platform, 'kind=hashrate_drop');
  if (!incident) return [];
  const { members } = await get<{ members: IncidentMember[] }>(
    platform,
    `/incidents/${incident.incident_id}`,
  );
  return members.toSorted((left, right) => left.subject.localeCompare(right.subject));
}

/** Twenty minutes: one mines for itself, one is paused, one gets another difficulty, one is leased. */
async function mineBefore(clock: ManualClock) {
  const { platform, miners } = await startFleet(4, clock);
  const [, paused, changed, leased] = miners as Four;
  const who = await register(platform, 'renter', 'consumer', admin(platform));
  await deposit(platform, 'renter', 1000);
  const { lease_id: leaseId } = (await rent(platform, who, { worker_id: 'rig-03', duration_sec: 7200 })).body;
  await leased.status('MINING', { lease_id: leaseId });
  await paused.status('IDLE');
  for (let minute = 0; minute < 20; minute += 1) {
    await changed.heartbeat({ difficulty: minute < 18 ? 1727 : 100 });
    await leased.heartbeat({ hashrate: 3000 });
    await live(clock, miners.slice(0, 2), 60);
  }
  await platform.stop();
  return { dataDir: platform.dataDir, leaseId };
}

test('a hashrate is held against what was usual before a restart: own, leased, and with this difficulty', async () => {
  const clock = new ManualClock();
  const { dataDir, leaseId } = await mineBefore(clock);
  const { platform } = await startFleet(0, clock, { dataDir });
  const miners = await Promise.all(
    ['rig-00', 'rig-01', 'rig-02', 'rig-03'].map((workerId) =>
      TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl }),
    ),
  );
  const [own, paused, changed, leased] = miners as Four;
  await paused.status('AVAILABLE');
  await leased.status('MINING', { lease_id: leaseId });
  for (let at = 0; at < 240; at += 10) {
    await changed.heartbeat({ hashrate: 100, difficulty: 100 });
    await leased.heartbeat({ hashrate: 1500 });
    await live(clock, [own, paused], 10, { hashrate: 500 });
  }
  expect(await dropped(platform)).toMatchObject([
    { subject: 'rig-00', reference: 1000, value: 50 },
    { subject: 'rig-03', reference: 3000, value: 50 },
  ]);
}, 30_000);
