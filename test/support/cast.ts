import type { AccessMode } from '../../src-main/contract/config.ts';
import { admin, deposit, newWallet, ok, register, signIn, type Who } from './accounts.ts';
import { rentBody, type Rented } from './renting.ts';
import { TestMiner } from './test-miner.ts';
import {
  believing,
  startTestPlatform,
  type TestPlatform,
  type TestPlatformOptions,
} from './test-platform.ts';
import { waitFor } from './wait-for.ts';

export const callerNames = [
  'anonymous',
  'consumer',
  'otherConsumer',
  'provider',
  'otherProvider',
  'wallet',
  'otherWallet',
  'admin',
] as const;
export type CallerName = (typeof callerNames)[number];

/**
 * Everybody who may knock, and things of theirs: consumer `renter` rents `rig-b` of the wallet's account, to which
 * `rig-a` and `rig-c` belong, too; provider is that account with an API key.
 */
export interface Cast {
  readonly platform: TestPlatform;
  readonly callers: Readonly<Record<CallerName, Who>>;
  readonly accounts: Readonly<Record<CallerName, string>>;
  /** A command to rig-a. */
  readonly commandId: string;
  readonly miner: TestMiner;
  /** A lease of rig-b by `renter` that is active now. */
  freshLease(): Promise<string>;
  /** Ends every lease, so that rig-b can be rented. */
  endLeases(): Promise<void>;
}

async function introduce(platform: TestPlatform, workerId: string, ethAddress: string): Promise<TestMiner> {
  const { username, password } = await ok<{ username: string; password: string }>(
    platform,
    'POST',
    `/api/workers/${workerId}/credentials`,
    { who: admin(platform) },
  );
  const client = { username, password };
  const miner = await TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl, ethAddress, client });
  await miner.introduce();
  await waitFor(() => miner.tasks.length > 0, 'the ack');
  return miner;
}

export async function startCast(
  access: AccessMode,
  options: Pick<TestPlatformOptions, 'loggers'> = {},
): Promise<Cast> {
  const platform = await startTestPlatform({
    ...options,
    args: [...believing, '--access', access, '--sign-in-max-per-min', '100000'],
  });
  const [owner, stranger] = [newWallet(), newWallet()];
  const operator = admin(platform);
  const miners = {
    a: await introduce(platform, 'rig-a', owner.address),
    b: await introduce(platform, 'rig-b', owner.address),
    c: await introduce(platform, 'rig-c', owner.address),
  };
  const ownerId = owner.address.toLowerCase();
  const callers = {
    anonymous: {},
    consumer: await register(platform, 'renter', 'consumer', operator),
    otherConsumer: await register(platform, 'renter-2', 'consumer', operator),
    wallet: await signIn(platform, owner),
    otherWallet: await signIn(platform, stranger),
    otherProvider: await register(platform, 'provider-2', 'provider', operator),
    provider: {
      key: (
        await ok<{ api_key: string }>(platform, 'POST', `/api/accounts/${ownerId}/keys`, {
          body: { label: 'provider' },
          who: operator,
        })
      ).api_key,
    },
    get admin() {
      // It may have been replaced.
      return admin(platform);
    },
  };
  for (const accountId of ['renter', 'renter-2']) await deposit(platform, accountId, 10_000);
  const { command_id: commandId } = await ok<{ command_id: string }>(
    platform,
    'POST',
    '/api/workers/rig-a/control',
    { body: { action: 'set_config', config: { difficulty: 1727 } }, who: callers.wallet },
  );
  let leaseId = '';
  return {
    platform,
    callers,
    commandId,
    miner: miners.a,
    accounts: {
      anonymous: '',
      consumer: 'renter',
      otherConsumer: 'renter-2',
      wallet: ownerId,
      otherWallet: stranger.address.toLowerCase(),
      otherProvider: 'provider-2',
      provider: ownerId,
      admin: 'admin',
    },
    async freshLease() {
      const isActive = await isActiveLease(platform, leaseId);
      if (isActive) return leaseId;
      await endLeases(platform, miners.b);
      const body = { ...rentBody, worker_id: 'rig-b' };
      const rented = await ok<Rented>(platform, 'POST', '/api/rent', { body, who: callers.consumer });
      leaseId = rented.lease_id;
      return leaseId;
    },
    endLeases: () => endLeases(platform, miners.b),
  };
}

async function isActiveLease(platform: TestPlatform, leaseId: string): Promise<boolean> {
  if (leaseId === '') return false;
  const { state } = await ok(platform, 'GET', `/api/leases/${leaseId}`, { who: admin(platform) });
  return state === 'active';
}

async function endLeases(platform: TestPlatform, miner: TestMiner): Promise<void> {
  const who = admin(platform);
  const path = '/api/leases?state=active';
  const { items } = await ok<{ items: { lease_id: string }[] }>(platform, 'GET', path, { who });
  for (const { lease_id } of items) await ok(platform, 'POST', '/api/stop', { body: { lease_id }, who });
  await miner.status('AVAILABLE');
}
