/** What operators of the earlier platform have in their notes, scripts and cron tables goes on working. */
import { execFile, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { configOptions } from '../src-main/contract/config.ts';
import { commands } from '../src-main/cli/commands/index.ts';
import { loadConfig } from '../src-main/platform/config/load-config.ts';
import { databasePathOf } from '../src-main/platform/platform.ts';
import { admin } from './support/accounts.ts';
import { PlatformProcess } from './support/platform-process.ts';
import { readRows, writeRows } from './support/platform-figures.ts';
import { TestMiner } from './support/test-miner.ts';
import { startTestPlatform, temporaryFolder, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const run = promisify(execFile);
const top = join(import.meta.dirname, '..');

const isInstalled = (command: string) => spawnSync(command, ['--version']).error === undefined;
const hasCurl = isInstalled('curl');
const hasSqlite = isInstalled('sqlite3');

/** A line of the guide, as a shell runs it, against this platform. */
async function shell(
  line: string,
  platform: Pick<TestPlatform, 'apiUrl' | 'databasePath'>,
  folder = '',
): Promise<string> {
  const { host } = new URL(platform.apiUrl);
  const here = line
    .replaceAll('localhost:8080', host)
    .replaceAll('/var/lib/xenblocks/marketplace.db', platform.databasePath)
    .replaceAll('/backups', folder);
  return (await run('bash', ['-c', here])).stdout;
}

describe('section 2.3, 4.2 and 4.4: the flags', () => {
  test('are the same, with the same defaults', () => {
    const defaults = loadConfig({ args: [], environment: {} });
    expect(defaults).toMatchObject({ apiPort: 8080, mqttPort: 1883, blockMarker: '', noChain: false });
    expect(databasePathOf(defaults)).toBe(join('data', 'marketplace.db'));
  });

  test('start the platform as the guide does, on the database that they name', async () => {
    const folder = temporaryFolder();
    const secretFile = join(folder, 'jwt-secret');
    writeFileSync(secretFile, `${'5e'.repeat(32)}\n`, { mode: 0o600 });
    const databasePath = join(folder, 'lib', 'marketplace.db');
    for (const secret of [
      ['--jwt-secret-file', secretFile],
      ['--jwt-secret', readFileSync(secretFile, 'utf8').trim()],
    ]) {
      const started = await PlatformProcess.start(join(folder, 'data'), [
        ...['--db-path', databasePath, ...secret],
        ...['--block-marker', '', '--no-chain'],
      ]);
      const { port } = { port: started.ready.api_port };
      expect((await fetch(`http://127.0.0.1:${port}/api/status`)).status).toBe(200);
      expect((await fetch(`http://127.0.0.1:${port}/difficulty`)).status).toBe(404);
      expect(await started.end('SIGTERM')).toBe(0);
    }
    expect(readdirSync(join(folder, 'lib'))).toContain('marketplace.db');
  });
});

/** Section 6.3. */
const controlLines = [
  `curl -s -X POST http://localhost:8080/api/workers/sim-worker-001/control \\
  -H "Content-Type: application/json" \\
  -d '{"action": "set_config", "config": {"difficulty": 1727}}'`,
  `curl -s -X POST http://localhost:8080/api/control/broadcast \\
  -H "Content-Type: application/json" \\
  -d '{"action": "pause", "config": {}}'`,
];

describe.skipIf(!hasCurl)(
  'section 6.3: the control calls' + (hasCurl ? '' : ' (SKIPPED: curl is not installed)'),
  () => {
    async function startWithWorker(access: string) {
      const platform = await startTestPlatform({ args: ['--access', access] });
      const miner = await TestMiner.connect({ workerId: 'sim-worker-001', mqttUrl: platform.mqttUrl });
      await miner.introduce();
      return { platform, miner };
    }

    test('reach the miner as they are under --access open', async () => {
      const { platform, miner } = await startWithWorker('open');
      const [one = '', all = ''] = controlLines;
      expect(JSON.parse(await shell(one, platform))).toMatchObject({
        status: 'sent',
        worker_id: 'sim-worker-001',
        action: 'set_config',
      });
      expect(JSON.parse(await shell(all, platform))).toMatchObject({
        workers: ['sim-worker-001'],
        action: 'pause',
      });
      await waitFor(() => miner.controls.length === 2, 'both commands');
      expect(miner.controls).toMatchObject([
        { action: 'set_config', config: { difficulty: 1727 } },
        { action: 'pause' },
      ]);
    });

    test('say what is missing by default, and work with the key', async () => {
      const { platform, miner } = await startWithWorker('standard');
      for (const line of controlLines) {
        expect(JSON.parse(await shell(line, platform))).toEqual({
          detail: expect.stringContaining('X-API-Key') as string,
        });
        expect(
          JSON.parse(await shell(`${line} -H "X-API-Key: ${admin(platform).key}"`, platform)),
        ).toHaveProperty('action');
      }
      await waitFor(() => miner.controls.length === 2, 'both commands');
    });
  },
);

test.skipIf(!hasCurl)(
  'section 8.1 and 10: the health checks answer with the fields that monitors look for' +
    (hasCurl ? '' : ' (SKIPPED: curl is not installed)'),
  async () => {
    const platform = await startTestPlatform();
    const fieldsOf: Record<string, string[]> = {
      '/': ['service', 'mqtt_port', 'connected_workers'],
      '/api/status': ['workers', 'active_leases', 'total_blocks', 'mqtt_clients'],
      '/api/monitoring/stats': ['total_hashrate', 'online', 'offline', 'total_gpus'],
      '/api/monitoring/fleet': ['items', 'total', 'page'],
      '/api/monitoring/hashrate-history': [],
      '/api/monitoring/blocks/recent': [],
      '/api/overview/stats': ['total_workers', 'total_blocks'],
      '/api/overview/network': ['difficulty', 'chain_blocks'],
    };
    for (const [path, fields] of Object.entries(fieldsOf)) {
      const answer = JSON.parse(await shell(`curl -sf http://localhost:8080${path}`, platform)) as object;
      expect(Object.keys(answer), path).toEqual(expect.arrayContaining(fields));
    }
  },
);

describe.skipIf(!hasSqlite)(
  'section 7.3 and 10: the sqlite3 lines' + (hasSqlite ? '' : ' (SKIPPED: sqlite3 is not installed)'),
  () => {
    async function startWithHistory() {
      const platform = await startTestPlatform();
      const miner = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl });
      await miner.introduce();
      await miner.block();
      return platform;
    }

    /** A copy starts as a database of its own, with what was there. */
    async function expectToStart(databasePath: string): Promise<void> {
      const copy = await startTestPlatform({ args: ['--db-path', databasePath] });
      expect(await copy.get('/api/status')).toMatchObject({ workers: 1 });
      expect(await copy.get('/api/monitoring/blocks/recent')).toHaveLength(1);
    }

    test('back a running platform up: the command, and the line for cron', async () => {
      const platform = await startWithHistory();
      const folder = temporaryFolder();
      await shell(
        'sqlite3 /var/lib/xenblocks/marketplace.db ".backup /backups/xenblocks-$(date +%Y%m%d-%H%M%S).db"',
        platform,
        folder,
      );
      // cron takes the backslashes away.
      await shell(
        'sqlite3 /var/lib/xenblocks/marketplace.db ".backup /backups/xenblocks-$(date +%Y%m%d).db"',
        platform,
        folder,
      );
      const copies = readdirSync(folder);
      expect(copies).toHaveLength(2);
      for (const name of copies) await expectToStart(join(folder, name));
    });

    test('and so do the copies of its three files while nothing is written', async () => {
      const platform = await startWithHistory();
      const folder = temporaryFolder();
      for (const suffix of ['', '-wal', '-shm'])
        await shell(`cp /var/lib/xenblocks/marketplace.db${suffix} /backups/ 2>/dev/null`, platform, folder);
      await expectToStart(join(folder, 'marketplace.db'));
    });

    test('delete old snapshots while it runs', async () => {
      const platform = await startWithHistory();
      const nowMs = Date.now();
      const dayMs = 86_400_000;
      for (const takenAtMs of [nowMs - 2 * dayMs, nowMs - dayMs - 60_000, nowMs - dayMs + 60_000, nowMs])
        writeRows(platform, (database) =>
          database
            .prepare(
              'insert into hashrate_snapshots (taken_at_ms, worker_id, hashrate, active_gpus) values (?, ?, 1, 1)',
            )
            .run(takenAtMs, 'rig-x'),
        );
      await shell(
        `sqlite3 /var/lib/xenblocks/marketplace.db "DELETE FROM hashrate_snapshots WHERE timestamp < (strftime('%s','now') - 86400)"`,
        platform,
      );
      const left = readRows<{ taken_at_ms: number }>(
        platform,
        "select taken_at_ms from hashrate_snapshots where worker_id = 'rig-x' order by taken_at_ms",
      );
      expect(left.map((row) => row.taken_at_ms)).toEqual([nowMs - dayMs + 60_000, nowMs]);
    });
  },
);

test('the page for those who come from the earlier platform names no flag, command or script that does not exist', () => {
  const page = readFileSync(join(top, 'docs/from-the-earlier-platform.md'), 'utf8');
  const { scripts } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')) as { scripts: object };
  const npmScripts = [...page.matchAll(/npm run ([a-z]+)/g)].map(([, name = '']) => name);
  // Named as what is not needed any more.
  expect(npmScripts.filter((name) => name !== 'build' && !(name in scripts))).toEqual([]);
  const named = [...page.matchAll(/npm start -- ([a-z][a-z-]+)/g)].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(3);
  const known = commands.map(({ name }) => name);
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
  const flags = new Set([
    ...configOptions.map(({ flag }) => flag),
    ...commands.flatMap((command) => command.flags),
  ]);
  const asked = [...page.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([flag]) => flag);
  expect(asked.filter((flag) => !flags.has(flag))).toEqual([]);
});

/** Sections 7.5, 9.2 and 9.3: how the earlier scripts are called. */
test.each([
  ['generate', ['--workers', '--blocks', '--leases', '--addresses', '--db']],
  ['simulate', ['--workers', '--broker', '--port', '--block-interval', '--owner']],
  ['simulate', ['--workers', '--mqtt-port', '--block-interval', '--gpu-count', '--api-port']],
])('%s takes the flags of the earlier script', (name, flags) => {
  expect(commands.find((command) => command.name === name)?.flags).toEqual(expect.arrayContaining(flags));
});
