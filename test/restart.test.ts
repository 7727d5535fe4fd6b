import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../src-main/platform/config/load-config.ts';
import { createPlatform } from '../src-main/platform/platform.ts';
import { requireFree } from './support/ports.ts';
import { TestMiner } from './support/test-miner.ts';
import { believing, temporaryFolder } from './support/test-platform.ts';

async function startPlatform() {
  const dataDir = temporaryFolder();
  const args = ['--api-host', '127.0.0.1', '--mqtt-host', '127.0.0.1', '--api-port', '0', '--mqtt-port', '0'];
  const lost: unknown[] = [];
  const platform = createPlatform(
    loadConfig({ args: [...args, ...believing, '--data-dir', dataDir], environment: {} }),
    {
      onLost: (error) => void lost.push(error),
    },
  );
  await platform.start();
  onTestFinished(() => platform.stop());
  const status = async () => {
    const response = await fetch(`http://127.0.0.1:${platform.addresses.apiPort}/api/status`);
    return (await response.json()) as { workers: number; mqtt_clients: string[] };
  };
  return { platform, lost, status, databasePath: join(dataDir, 'marketplace.db') };
}

describe('a restart', () => {
  test('does its work while nothing is open, and comes back on the same ports with what was there', async () => {
    const { platform, status, databasePath } = await startPlatform();
    const { apiPort, mqttPort } = platform.addresses;
    const miner = await TestMiner.connect({ workerId: 'w1', mqttUrl: `mqtt://127.0.0.1:${mqttPort}` });
    await miner.introduce();
    const seen: boolean[] = [];
    await platform.restart(async () => {
      await requireFree(apiPort);
      await requireFree(mqttPort);
      seen.push(existsSync(`${databasePath}-wal`));
    });
    expect(seen).toEqual([false]);
    expect(platform.addresses).toMatchObject({ apiPort, mqttPort });
    expect(await status()).toMatchObject({ workers: 1 });
  });

  test('goes on as before when its work fails', async () => {
    const { platform, status, lost } = await startPlatform();
    await expect(platform.restart(() => Promise.reject(new Error('no such file')))).rejects.toThrow(
      'no such file',
    );
    expect(await status()).toMatchObject({ workers: 0 });
    expect(lost).toEqual([]);
  });

  test('takes its work back when the platform does not start with it', async () => {
    const { platform, status, databasePath } = await startPlatform();
    const { mqttPort } = platform.addresses;
    const miner = await TestMiner.connect({ workerId: 'w1', mqttUrl: `mqtt://127.0.0.1:${mqttPort}` });
    await miner.introduce();
    const restart = platform.restart(() => {
      renameSync(databasePath, `${databasePath}.aside`);
      writeFileSync(databasePath, 'no database, but longer than the header of one');
      return Promise.resolve(() => Promise.resolve(renameSync(`${databasePath}.aside`, databasePath)));
    });
    await expect(restart).rejects.toThrow('is not a SQLite database');
    expect(await status()).toMatchObject({ workers: 1 });
  });

  test('tells whoever runs the platform when nothing runs any more', async () => {
    const { platform, lost, databasePath } = await startPlatform();
    const restart = platform.restart(() =>
      Promise.resolve(writeFileSync(databasePath, 'no database at all')),
    );
    await expect(restart).rejects.toThrow('is not a SQLite database');
    expect(lost).toHaveLength(1);
  });

  test('is refused once the platform is being stopped, and waited for by a stop', async () => {
    const { platform } = await startPlatform();
    const first = platform.restart();
    const stopped = platform.stop();
    const second = platform.restart();
    await first;
    await stopped;
    await expect(second).rejects.toThrow('not running');
    await requireFree(platform.addresses.apiPort);
  });
});
