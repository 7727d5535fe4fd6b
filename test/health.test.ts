import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  healthServices,
  type HealthReport,
  type HealthServiceName,
} from '../src-main/contract/domain/health.ts';
import { admin, ok } from './support/accounts.ts';
import { madeBackup } from './support/backups.ts';
import { FeedListener } from './support/feed-listener.ts';
import { ManualClock } from './support/manual-clock.ts';
import { TestMiner } from './support/test-miner.ts';
import { startTestPlatform, temporaryFolder, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const healthOf = (platform: TestPlatform) =>
  ok<HealthReport>(platform, 'GET', '/api/admin/health', { who: admin(platform) });

const serviceOf = (report: HealthReport, name: HealthServiceName) =>
  report.services.find((service) => service.name === name)!;

const sentence = /^[A-Z0-9].*\.$/;

test('a fresh platform is well: every part says so in a sentence, with its figures', async () => {
  const platform = await startTestPlatform();
  const report = await healthOf(platform);
  expect(report.services.map(({ name }) => name)).toEqual(healthServices);
  for (const { name, detail } of report.services) expect(detail, name).toMatch(sentence);
  // The disk of the machine may be full; nothing else may be wrong.
  for (const { name, state, detail } of report.services)
    if (name !== 'storage') expect(state, detail).toBe('ok');
  const { apiPort, mqttPort, databasePath } = platform.platform.addresses;
  expect(report).toMatchObject({
    http: { port: apiPort, failures: 0 },
    broker: { port: mqttPort, connections: 0, max_connections: 10_000, messages: 0, refused: 0 },
    storage: { path: databasePath, database_bytes: statSync(databasePath).size },
    feed: { clients: 0, max_clients: 200, dropped: 0 },
    proofs: { waiting: 0, running: 0, hashed: 0 },
    backups: { schedule: '0 2 * * *', last_success_at: null, last_failure: '', running: null },
    simulator: { running: false, last_error: '' },
    ledger: { checked_at: null, ok: null, findings: 0 },
    honesty: { workers: 0, flagged: 0 },
    process: { node: process.versions.node, pid: process.pid },
  });
  expect(report.backups.next_run).toBeGreaterThan(Date.now() / 1000);
  expect(report.process.rss_bytes).toBeGreaterThan(report.process.heap_used_bytes);
  expect(report.storage.last_commit_age_sec).toBeLessThan(60);
});

test('figures follow what happens', async () => {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ clock });
  const miner = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl });
  await FeedListener.connect(platform.feedUrl);
  await miner.introduce();
  for (let beat = 0; beat < 18; beat += 1) await miner.heartbeat({ hashrate: 100 });
  clock.advance(10_000);
  await ok(platform, 'GET', '/api/admin/ledger/check', { who: admin(platform) });
  await madeBackup(platform);
  const report = await healthOf(platform);
  const { messages } = report.broker;
  expect(messages).toBeGreaterThanOrEqual(20);
  expect(report.broker).toMatchObject({ connections: 1, messages_per_sec: messages / 10 });
  expect(report.feed.clients).toBe(1);
  expect(report.ledger).toEqual({ checked_at: clock.nowMs() / 1000, ok: true, findings: 0 });
  expect(report.backups.last_success_at).toBe(clock.nowMs() / 1000);
  expect(report.backups.last_success_bytes).toBeGreaterThan(0);
  expect(report.honesty.workers).toBe(1);
  expect(report.process.uptime_sec).toBe(10);
  expect(serviceOf(report, 'broker').detail).toContain('1 connection ');
  expect(serviceOf(report, 'ledger').detail).toContain('2026-01-01 00:00 UTC');
  // What was a minute ago is no rate any more.
  clock.advance(60_000);
  expect((await healthOf(platform)).broker.messages_per_sec).toBe(0);
});

describe('what needs a look', () => {
  test('a broker at its limit and what it turns away', async () => {
    const clock = new ManualClock();
    const platform = await startTestPlatform({ clock, args: ['--mqtt-max-connections', '2'] });
    for (const workerId of ['a', 'b']) await TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl });
    const full = await healthOf(platform);
    expect(serviceOf(full, 'broker')).toMatchObject({
      state: 'warning',
      detail: expect.stringContaining('--mqtt-max-connections') as string,
    });
    expect(['warning', 'down']).toContain(full.state);
  });

  test('a worker that speaks for others, while it does', async () => {
    const clock = new ManualClock();
    const platform = await startTestPlatform({ clock });
    const miner = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl });
    await miner.introduce();
    for (let count = 0; count < 70; count += 1)
      await miner.client.publishAsync('xenminer/rig-2/heartbeat', '{}', { qos: 1 });
    const refusing = await healthOf(platform);
    expect(refusing.broker).toMatchObject({ refused: 70, refused_last_minute: 70 });
    expect(serviceOf(refusing, 'broker').state).toBe('warning');
    clock.advance(70_000);
    const later = await healthOf(platform);
    expect(later.broker).toMatchObject({ refused: 70, refused_last_minute: 0 });
    expect(serviceOf(later, 'broker').state).toBe('ok');
  });

  test('a backup that failed', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const platform = await startTestPlatform({ args: ['--backup-dir', join(file, 'backups')] });
    const report = await waitFor(async () => {
      const now = await healthOf(platform);
      return now.backups.last_failure === '' ? undefined : now;
    }, 'the failure');
    expect(serviceOf(report, 'backups')).toMatchObject({
      state: 'warning',
      detail: expect.stringContaining('The last try failed') as string,
    });
    expect(report.backups.last_failure_at).toBeGreaterThan(0);
  });

  test('proofs that are not computed are said to be believed', async () => {
    const platform = await startTestPlatform({ args: ['--verify', 'off'] });
    const report = await healthOf(platform);
    expect(serviceOf(report, 'proofs').detail).toContain('--verify off');
    expect(serviceOf(report, 'honesty').detail).toContain('--verify off');
  });
});
