import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { WalletPoint } from '../src-main/contract/rest/wallet.routes.ts';
import { newWallet, ok, signIn } from './support/accounts.ts';
import { readRows } from './support/platform-figures.ts';
import { PlatformProcess } from './support/platform-process.ts';
import { TestMiner } from './support/test-miner.ts';
import { believing, temporaryFolder } from './support/test-platform.ts';

const workers = ['rig-1', 'rig-2', 'rig-3'];

/** Kills after so many milliseconds; the last start only looks. */
const killAfterMs = [100, 220, 340, 460, 580];

test('after kill -9 at any moment every recorded block is in the history of its wallet, once', async () => {
  const dataDir = temporaryFolder();
  const file = { databasePath: join(dataDir, 'marketplace.db') };
  const wallet = newWallet();
  let recorded = 0;
  for (const lifeMs of [...killAfterMs, undefined]) {
    const platform = await PlatformProcess.start(dataDir, believing);
    const { api_port, mqtt_port } = platform.ready;
    const reached = { apiUrl: `http://127.0.0.1:${api_port}` };
    const who = await signIn(reached, wallet);
    const read = <Body>(path: string) => ok<Body>(reached, 'GET', `/api/wallet/${path}`, { who });

    recorded = readRows<{ count: number }>(file, 'select count(*) as count from blocks')[0]!.count;
    expect(await read('stats')).toMatchObject({ total_blocks: recorded });
    const { data } = await read<{ data: WalletPoint[] }>('history?period=24h');
    expect(data.reduce((sum, { blocks }) => sum + blocks, 0)).toBe(recorded);
    expect(data.at(-1)?.cumulative_blocks ?? 0).toBe(recorded);
    if (lifeMs === undefined) break;

    const mqttUrl = `mqtt://127.0.0.1:${mqtt_port}`;
    const miners = await Promise.all(
      workers.map((workerId) => TestMiner.connect({ workerId, mqttUrl, ethAddress: wallet.address })),
    );
    await Promise.all(miners.map((miner) => miner.introduce()));
    // Blocks, and reads that count them, until the process is gone.
    const repeat = async (act: () => Promise<unknown>) => {
      for (let alive = true; alive;)
        alive = await act().then(
          () => true,
          () => false,
        );
    };
    const busy = [...miners.map((miner) => repeat(() => miner.block())), repeat(() => read('stats'))];
    await delay(lifeMs);
    await platform.end('SIGKILL');
    for (const miner of miners) miner.client.end(true);
    await Promise.all(busy);
  }
  expect(recorded).toBeGreaterThan(killAfterMs.length * 10);
});
