import { expect } from 'vitest';
import type { LedgerCheckReport } from '../../src-main/contract/domain/ledger.ts';
import { admin, call, ok, register, type Who } from './accounts.ts';
import { mineFor, rent, rented, setUp, stop } from './renting.ts';
import type { TestPlatform } from './test-platform.ts';

/** The report of the running platform's own check. */
export const checkOf = (platform: TestPlatform) =>
  ok<LedgerCheckReport>(platform, 'GET', '/api/admin/ledger/check', { who: admin(platform) });

export const post = (platform: TestPlatform, path: string, who: Who, body: unknown) =>
  call(platform, 'POST', path, { who, body });

/** Money in, out and across, one lease settled, one under way. */
export async function trade() {
  const setting = await setUp();
  const { platform, consumer, miner } = setting;
  await register(platform, 'other');
  await post(platform, '/api/accounts/renter/withdraw', consumer, { amount: 20.5 });
  await post(platform, '/api/accounts/renter/transfer', admin(platform), { to: 'other', amount: 7 });
  const { lease_id: first } = await rented(setting);
  await mineFor(setting, 90);
  expect((await stop(platform, consumer, first)).status).toBe(200);
  await miner.status('AVAILABLE');
  const second = await rent(platform, consumer);
  expect(second.status).toBe(200);
  return { ...setting, first, second: second.body.lease_id };
}
