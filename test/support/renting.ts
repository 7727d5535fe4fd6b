import { expect } from 'vitest';
import type { LeaseDetails, Settlement } from '../../src-main/contract/domain/lease.ts';
import { admin, call, deposit, ok, register, type Who } from './accounts.ts';
import { ManualClock } from './manual-clock.ts';
import { TestMiner } from './test-miner.ts';
import { startTestPlatform, type TestPlatform } from './test-platform.ts';
import { waitFor } from './wait-for.ts';

export const renterAddress = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';

export interface Rented {
  lease_id: string;
  worker_id: string;
  prefix: string;
  duration_sec: number;
  consumer_id: string;
  consumer_address: string;
  created_at: number;
  held: number;
}

export interface Stopped {
  state: string;
  settlement: Settlement;
}

export interface Setting {
  platform: TestPlatform;
  clock: ManualClock;
  consumer: Who;
  miner: TestMiner;
}

export async function introduced(
  platform: TestPlatform,
  workerId: string,
  ethAddress = '',
): Promise<TestMiner> {
  const miner = await TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl, ethAddress });
  await miner.introduce();
  await waitFor(() => miner.tasks.length > 0, 'the ack');
  miner.tasks.splice(0);
  return miner;
}

/** A platform with one available worker `rig-1` at 0.60 a minute, and a consumer with 100 credits. */
export async function setUp(args: readonly string[] = []): Promise<Setting> {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ clock, args });
  const consumer = await register(platform, 'renter');
  await deposit(platform, 'renter', 100);
  return { platform, clock, consumer, miner: await introduced(platform, 'rig-1') };
}

export const rentBody = { worker_id: 'rig-1', duration_sec: 600, consumer_address: renterAddress };

export const rent = (platform: TestPlatform, who: Who, changes: Record<string, unknown> = {}) =>
  call<Rented & { detail: string }>(platform, 'POST', '/api/rent', {
    who,
    body: { ...rentBody, ...changes },
  });

export const stop = (platform: TestPlatform, who: Who, leaseId: string) =>
  call<Stopped & { detail: string }>(platform, 'POST', '/api/stop', { who, body: { lease_id: leaseId } });

export const detailsOf = (platform: TestPlatform, leaseId: string) =>
  ok<LeaseDetails>(platform, 'GET', `/api/leases/${leaseId}`, { who: admin(platform) });

export const moneyOf = async (platform: TestPlatform, accountId: string) => {
  const { balance, held } = await ok<{ balance: number; held: number }>(
    platform,
    'GET',
    `/api/accounts/${accountId}/balance`,
    { who: admin(platform) },
  );
  return { balance, held };
};

/** Rents rig-1 and lets its miner confirm. */
export async function rented({ platform, consumer, miner }: Setting, changes: Record<string, unknown> = {}) {
  const { body, status } = await rent(platform, consumer, changes);
  expect({ status, detail: body.detail }).toEqual({ status: 200 });
  await miner.status('LEASED');
  await miner.status('MINING', { lease_id: body.lease_id });
  await waitFor(() => miner.tasks.length > 0, 'the task');
  miner.tasks.splice(0);
  return body;
}

/** Waits until a lease has ended. */
export const ended = (platform: TestPlatform, leaseId: string) =>
  waitFor(async () => {
    const details = await detailsOf(platform, leaseId);
    return details.settlement && details;
  }, `the end of ${leaseId}`);

/** Time passes while the miner talks every 30 s. */
export async function mineFor({ clock, miner }: Setting, seconds: number): Promise<void> {
  for (let left = seconds; left > 0; left -= 30) {
    clock.advance(Math.min(30, left) * 1000);
    await miner.heartbeat();
  }
}
