import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { connectAsync } from 'mqtt';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { DatabaseUse, PortUse, WorkerVisibility } from '../src-main/contract/domain/help.ts';
import { tellsOfProcesses } from '../src-main/platform/kernel/processes.ts';
import { admin, call, ok } from './support/accounts.ts';
import { ManualClock } from './support/manual-clock.ts';
import { waitForWorker } from './support/platform-figures.ts';
import { freePort, takenPort } from './support/ports.ts';
import { TestMiner } from './support/test-miner.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';

const onNetwork = ['--mqtt-host=0.0.0.0', '--mqtt-port=0', '--announce=off'];

const visibilityOf = (platform: TestPlatform, workerId: string) =>
  ok<WorkerVisibility>(
    platform,
    'GET',
    `/api/admin/help/worker-visibility?worker_id=${encodeURIComponent(workerId)}`,
    { who: admin(platform) },
  );

const codes = ({ checks }: WorkerVisibility) =>
  Object.fromEntries(checks.map(({ cause, code }) => [cause, code]));

async function start(args: readonly string[] = []) {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ args: [...onNetwork, ...args], clock });
  const miner = (workerId: string, options: Partial<Parameters<typeof TestMiner.connect>[0]> = {}) =>
    TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl, ...options });
  return { clock, platform, miner };
}

describe('a worker that does not appear', () => {
  test('is well when it is seen: every cause is looked at, none is a problem', async () => {
    const { platform, miner } = await start();
    const rig = await miner('rig-1');
    await rig.introduce();
    await waitForWorker(platform, 'rig-1');
    const report = await visibilityOf(platform, 'rig-1');
    expect(report).toMatchObject({ visible: true, probable_cause: null, refusals: [] });
    expect(codes(report)).toEqual({
      ...{ id: 'valid', broker: 'listens', connection: 'connected', refusal: 'none', topic: 'right' },
      ...{ rights: 'anyone', limit: 'room', register: 'registered', heartbeat: 'fresh', listens: 'listens' },
    });
  });

  test('was never connected, or connected and sent no register', async () => {
    const { platform, miner } = await start();
    expect(await visibilityOf(platform, 'rig-1')).toMatchObject({ probable_cause: 'connection' });
    await miner('rig-1');
    const report = await visibilityOf(platform, 'rig-1');
    expect(report).toMatchObject({ visible: false, probable_cause: 'register' });
    expect(codes(report)).toMatchObject({ connection: 'connected', register: 'missing', heartbeat: 'never' });
  });

  test('speaks under another name, or is asked for by its client id or in other letters', async () => {
    const { platform, miner } = await start();
    const rig = await miner('Rig-7', { clientId: 'xenminer_rig-8' });
    await rig.introduce();
    await waitForWorker(platform, 'Rig-7');
    expect(codes(await visibilityOf(platform, 'rig-8'))).toMatchObject({ connection: 'other_worker' });
    expect(await visibilityOf(platform, 'rig 7')).toMatchObject({
      probable_cause: 'id',
      checks: expect.arrayContaining([
        expect.objectContaining({ code: 'similar', facts: { other: 'Rig-7' } }) as object,
      ]) as object[],
    });
    expect(codes(await visibilityOf(platform, 'xenminer_Rig-7'))).toMatchObject({ id: 'client_id' });
    expect(codes(await visibilityOf(platform, 'a/b'))).toMatchObject({ id: 'invalid' });
  });

  test.each(['standard', 'open'])('publishes to a wrong topic (%s access)', async (access) => {
    const { platform, miner } = await start(['--access', access]);
    const rig = await miner('rig-1', { will: false });
    await rig.client.publishAsync('miners/rig-1/register', '{}', { qos: 1 });
    expect(await visibilityOf(platform, 'rig-1')).toMatchObject({
      probable_cause: 'topic',
      checks: expect.arrayContaining([
        expect.objectContaining({
          code: 'wrong',
          facts: { topic: 'miners/rig-1/register', expected: 'xenminer/rig-1/register' },
        }) as object,
      ]) as object[],
      refusals: [{ topic: 'miners/rig-1/register' }],
    });
  });

  test('sends what can’t be read, has no credentials under strict access, or finds no room', async () => {
    const { platform, miner } = await start(['--max-workers', '1']);
    const first = await miner('rig-1');
    await first.publish('register', 'no json');
    expect(await visibilityOf(platform, 'rig-1')).toMatchObject({
      probable_cause: 'refusal',
      refusals: [{ kind: 'malformed_message', reason: 'the payload is not JSON' }],
    });
    await first.introduce();
    await waitForWorker(platform, 'rig-1');
    expect(codes(await visibilityOf(platform, 'rig-2'))).toMatchObject({ limit: 'reached' });
    const strict = await start(['--access', 'strict']);
    await expect(strict.miner('rig-1')).rejects.toThrow();
    const report = await visibilityOf(strict.platform, 'rig-1');
    expect(codes(report)).toMatchObject({ rights: 'strict', refusal: 'refused', connection: 'missing' });
    expect(report.refusals).toMatchObject([{ reason: 'anonymous connections are not allowed' }]);
  });

  test('fell silent, went offline, or hears nothing; what was refused before it came is no news', async () => {
    const { platform, miner, clock } = await start();
    const rig = await miner('rig-1', { will: true });
    await rig.publish('register', 'no json');
    clock.advance(1000);
    await rig.introduce();
    await waitForWorker(platform, 'rig-1');
    expect(await visibilityOf(platform, 'rig-1')).toMatchObject({
      visible: true,
      probable_cause: null,
      refusals: [{ kind: 'malformed_message' }],
    });
    clock.advance(91_000);
    expect(codes(await visibilityOf(platform, 'rig-1'))).toMatchObject({ heartbeat: 'old' });
    await rig.status('offline');
    expect(codes(await visibilityOf(platform, 'rig-1'))).toMatchObject({ heartbeat: 'offline' });
    const deaf = await connectAsync(platform.mqttUrl, { clientId: 'xenminer_rig-2', reconnectPeriod: 0 });
    onTestFinished(() => void deaf.end(true));
    await deaf.publishAsync('xenminer/rig-2/heartbeat', JSON.stringify({ hashrate: 1 }), { qos: 1 });
    expect(codes(await visibilityOf(platform, 'rig-2'))).toMatchObject({
      register: 'without',
      heartbeat: 'fresh',
      listens: 'deaf',
    });
  });

  test('can’t reach a broker that listens on loopback only', async () => {
    const platform = await startTestPlatform();
    expect(codes(await visibilityOf(platform, 'rig-1'))).toMatchObject({ broker: 'loopback' });
    const empty = await call<{ detail: string }>(
      platform,
      'GET',
      '/api/admin/help/worker-visibility?worker_id=',
      { who: admin(platform) },
    );
    expect([empty.status, empty.body.detail]).toEqual([422, 'Query: worker_id must not be empty']);
  });
});

describe('a port', () => {
  const useOf = (platform: TestPlatform, port: number) =>
    ok<PortUse>(platform, 'GET', `/api/admin/help/port?port=${port}`, { who: admin(platform) });

  test('is the platform’s own, somebody else’s, or free; the next free one is named', async () => {
    const platform = await startTestPlatform();
    const own = await useOf(platform, platform.mqttPort);
    expect(own).toMatchObject({ state: 'own', used_for: 'mqtt' });
    const taken = await useOf(platform, await takenPort());
    expect(taken).toMatchObject({ state: 'taken', used_for: '' });
    expect(taken.suggestion).toBeGreaterThan(taken.port);
    if (tellsOfProcesses)
      expect(taken.processes).toEqual([
        { pid: process.pid, name: basename(realpathSync(process.execPath)), is_self: true },
      ]);
    const port = await freePort();
    expect(await useOf(platform, port)).toEqual({
      ...{ port, state: 'free', used_for: '', processes: [], suggestion: port },
    });
  });
});

test('a database says who has it open, and whether it takes a write', async () => {
  const platform = await startTestPlatform();
  const other = new BetterSqlite(platform.databasePath, { readonly: true });
  onTestFinished(() => void other.close());
  const use = await ok<DatabaseUse>(platform, 'GET', '/api/admin/help/database', { who: admin(platform) });
  expect(use).toMatchObject({ path: realpathSync(platform.databasePath), failure: '', queue: 0 });
  expect(use.write_ms).toBeGreaterThanOrEqual(0);
  if (!tellsOfProcesses) return expect(use).toMatchObject({ tells: false, holders: [] });
  expect(use.holders).toMatchObject([{ pid: process.pid, is_self: true }]);
  expect(use.holders[0]!.files).toContain(`${use.path}-wal`);
});
