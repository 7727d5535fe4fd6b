/** A lively platform for the dashboard: a history of days, a fleet that mines proven blocks, a wallet that lets and rents. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { admin, newWallet, ok, signIn, type Who } from '../../support/accounts.ts';
import { generate } from '../../support/generated-data.ts';
import { startTestPlatform, temporaryFolder, type TestPlatform } from '../../support/test-platform.ts';
import { waitFor } from '../../support/wait-for.ts';

export interface ShowcaseOptions {
  /** Simulated miners that are connected. */
  readonly workers?: number;
  /** Days of history before; 0 starts with an empty database. */
  readonly days?: number;
  /** Blocks a day of that history. */
  readonly blocksPerDay?: number;
  /** Seconds between two blocks of a simulated worker. */
  readonly blockIntervalSec?: number;
  /** GPUs of each simulated worker; 1 to 8 unless given. */
  readonly gpuCount?: number;
  /** Flags of the platform; those of cheap blocks unless given. */
  readonly args?: readonly string[];
}

export interface Showcase {
  readonly platform: TestPlatform;
  readonly operator: Who;
  /** Owns every simulated worker, and rents some of them. */
  readonly wallet: ReturnType<typeof newWallet>;
  readonly walletToken: Who & { token: string };
  /** Ids of the simulated workers, in the order of the alphabet. */
  readonly workerIds: readonly string[];
}

/** Blocks that a CPU mines in milliseconds. */
const cheapBlocks = ['--block-marker', 'X1', '--difficulty', '8'];

/** Starts it; everything ends with the test. */
export async function startShowcase(options: ShowcaseOptions = {}): Promise<Showcase> {
  const {
    workers = 24,
    days = 3,
    blocksPerDay = 300,
    blockIntervalSec = 20,
    gpuCount,
    args = cheapBlocks,
  } = options;
  const dataDir = temporaryFolder();
  if (days > 0) {
    const size = { workers: 12, blocks: blocksPerDay * days, leases: 20 * days, addresses: 4, days };
    await generate(join(dataDir, 'marketplace.db'), { size, endMs: Date.now() - 60_000 });
  }
  const platform = await startTestPlatform({ dataDir, args });
  const operator = admin(platform);
  const wallet = newWallet();
  if (workers > 0) {
    const body = {
      workers,
      owner: wallet.address,
      block_interval: blockIntervalSec,
      heartbeat_interval: 2,
      gpu_count: gpuCount,
      seed: 11,
    };
    await ok(platform, 'POST', '/api/admin/simulator/start', { who: operator, body });
    onTestFinished(() => stopSimulator(platform, operator));
    await waitFor(async () => {
      const { online } = await platform.get<{ online: number }>('/api/monitoring/stats');
      return online >= workers;
    }, 'the simulated fleet');
  }
  const walletToken = await signIn(platform, wallet);
  const list = await platform.get<{ worker_id: string; eth_address: string }[]>('/api/workers');
  const workerIds = list
    .filter(({ eth_address }) => eth_address === wallet.address)
    .map(({ worker_id }) => worker_id)
    .toSorted();
  return { platform, operator, wallet, walletToken, workerIds };
}

async function stopSimulator(platform: TestPlatform, operator: Who): Promise<void> {
  await ok(platform, 'POST', '/api/admin/simulator/stop', { who: operator }).catch(() => undefined);
}

/** Gives the wallet credits and rents some workers with them. */
export async function rentSome(showcase: Showcase, count: number): Promise<string[]> {
  const { platform, operator, wallet, walletToken, workerIds } = showcase;
  const { account_id } = await ok<{ account_id: string }>(platform, 'GET', '/api/auth/me', {
    who: walletToken,
  });
  await ok(platform, 'POST', `/api/accounts/${encodeURIComponent(account_id)}/deposit`, {
    who: operator,
    body: { amount: 500 },
  });
  const leaseIds: string[] = [];
  for (const [index, worker_id] of workerIds.slice(0, count).entries()) {
    const { lease_id } = await ok<{ lease_id: string }>(platform, 'POST', '/api/rent', {
      who: walletToken,
      body: { worker_id, duration_sec: 1800 + index * 600, consumer_address: wallet.address },
    });
    leaseIds.push(lease_id);
  }
  return leaseIds;
}
