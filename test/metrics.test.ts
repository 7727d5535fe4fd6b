import { expect, test } from 'vitest';
import { FeedListener } from './support/feed-listener.ts';
import { ManualClock } from './support/manual-clock.ts';
import { startSeededPlatform } from './support/seed-database.ts';
import { TestMiner } from './support/test-miner.ts';
import { believing, startTestPlatform, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

interface Scrape {
  /** By name with labels, as written: `name{a="b"}`. */
  values: Map<string, number>;
  types: Map<string, string>;
}

const samplePattern =
  /^([a-z_][a-z0-9_]*)(\{([a-z_]+="[^"\\\n]*",?)*\})? (-?[\d.]+(e[+-]?\d+)?|NaN|[+-]?Inf)$/;

/** Reads the text format of Prometheus; fails where a line does not follow it. */
async function scrape(platform: TestPlatform): Promise<Scrape> {
  const response = await fetch(`${platform.apiUrl}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const text = await response.text();
  expect(text.endsWith('\n')).toBe(true);
  const values = new Map<string, number>();
  const types = new Map<string, string>();
  const helped = new Set<string>();
  for (const line of text.split('\n').filter((entry) => entry !== '')) {
    const comment = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line);
    if (comment) {
      const [, kind, name = '', rest = ''] = comment;
      if (kind === 'HELP') expect(helped.has(name), line).toBe(false);
      if (kind === 'HELP') helped.add(name);
      else types.set(name, rest);
      continue;
    }
    const sample = samplePattern.exec(line);
    expect(sample, line).not.toBeNull();
    const [, name = '', labels = '', , value = ''] = sample!;
    const base = name.replace(/_(bucket|sum|count)$/, '');
    const family = types.get(base) === 'histogram' ? base : name;
    expect(types.has(family) && helped.has(family), `${name} has a type and a help text`).toBe(true);
    expect(values.has(name + labels), line).toBe(false);
    values.set(name + labels, Number(value));
  }
  return { values, types };
}

test('metrics are valid Prometheus text, and what only grows is a counter', async () => {
  const platform = await startTestPlatform();
  const { values, types } = await scrape(platform);
  expect(values.size).toBeGreaterThan(25);
  const typeOf = (name: string) => {
    if (name === 'xenblocks_mqtt_acknowledge_seconds') return 'histogram';
    return name.endsWith('_total') ? 'counter' : 'gauge';
  };
  for (const [name, type] of types) expect(type, name).toBe(typeOf(name));
  expect(await scrape(platform).then((again) => again.types)).toEqual(types);
});

test('metrics tell of workers, hashrate, clients, blocks and leases as they are now', async () => {
  const clock = new ManualClock();
  const platform = await startSeededPlatform(
    (database) => {
      database.account('provider-1', 'provider');
      database.account('consumer-1', 'consumer');
      database.worker('rig-0');
      const lease = {
        lease_id: 'l',
        worker_id: 'rig-0',
        consumer_id: 'consumer-1',
        created_at_ms: clock.nowMs(),
      };
      database.lease({ ...lease, state: 'active', ended_at_ms: null });
      database.lease({ ...lease, lease_id: 'l-2', state: 'completed', ended_at_ms: clock.nowMs() });
      database.settlement('l-2', 40_000_000, 2_000_000);
    },
    { clock, args: believing },
  );
  const first = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl });
  const second = await TestMiner.connect({ workerId: 'rig-2', mqttUrl: platform.mqttUrl });
  for (const miner of [first, second]) await miner.introduce();
  await first.heartbeat({ hashrate: 100.5 });
  await second.heartbeat({ hashrate: 20, active_gpus: 1 });
  await first.block();
  const block = { key: 'ab'.repeat(32) };
  await first.block(block);
  await first.block(block);
  await first.block({ lease_id: 'unknown' });
  await FeedListener.connect(platform.feedUrl);
  clock.advance(3000);
  const { values } = await scrape(platform);
  expect(Object.fromEntries(values)).toMatchObject({
    'xenblocks_workers{status="online"}': 2,
    'xenblocks_workers{status="offline"}': 1,
    xenblocks_hashrate: 120.5,
    xenblocks_gpus: 4,
    xenblocks_active_gpus: 3,
    xenblocks_blocks: 2,
    xenblocks_blocks_last_hour: 2,
    xenblocks_block_reports_rejected_total: 1,
    xenblocks_block_reports_repeated_total: 1,
    xenblocks_block_reports_unrecorded_total: 0,
    'xenblocks_block_verdicts_total{verdict="unproven",reason="not_checked"}': 2,
    'xenblocks_block_verdicts_total{verdict="rejected",reason="unknown_lease"}': 1,
    xenblocks_proofs_waiting: 0,
    xenblocks_proofs_running: 0,
    xenblocks_proofs_hashed_total: 0,
    xenblocks_active_leases: 1,
    xenblocks_leases: 2,
    xenblocks_settlements: 1,
    xenblocks_platform_fees_credits: 2,
    xenblocks_open_commands: 0,
    xenblocks_chain_blocks: 0,
    xenblocks_chain_difficulty: 1727,
    xenblocks_mqtt_clients: 2,
    xenblocks_mqtt_connects_total: 2,
    xenblocks_feed_clients: 1,
    xenblocks_feed_frames_total: 1,
    xenblocks_uptime_seconds: 3,
  });
  expect(values.get('xenblocks_mqtt_messages_total')).toBeGreaterThanOrEqual(10);
  expect(values.get('process_resident_memory_bytes')).toBeGreaterThan(1e7);
  clock.advance(90_000);
  await second.heartbeat({ hashrate: 7 });
  expect(Object.fromEntries((await scrape(platform)).values)).toMatchObject({
    'xenblocks_workers{status="online"}': 1,
    'xenblocks_workers{status="offline"}': 2,
    xenblocks_hashrate: 7,
  });
});

test('metrics count what the broker refused, by reason', async () => {
  const platform = await startTestPlatform();
  const refused = async (reason: string) =>
    (await scrape(platform)).values.get(`xenblocks_mqtt_refused_total{reason="${reason}"}`);
  expect(await refused('malformed_message')).toBe(0);
  const miner = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl });
  await miner.publish('heartbeat', 'no json');
  await miner.publish('heartbeat', { hashrate: -1 });
  await miner.client.subscribeAsync('xenminer/other/task').catch(() => undefined);
  expect(await refused('malformed_message')).toBe(2);
  expect(await refused('subscribe_not_allowed')).toBe(1);
});

test('metrics tell how long messages waited for their PUBACK, those without one not among them', async () => {
  const platform = await startTestPlatform();
  const figures = async () => Object.fromEntries((await scrape(platform)).values);
  const name = 'xenblocks_mqtt_acknowledge_seconds';
  expect(await figures()).toMatchObject({ [`${name}_count`]: 0, [`${name}_sum`]: 0 });
  const miner = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl });
  await miner.introduce();
  const introduced = (await figures())[`${name}_count`]!;
  for (let count = 0; count < 5; count += 1) await miner.heartbeat({ hashrate: 1 });
  await miner.client.publishAsync('xenminer/rig-1/heartbeat', JSON.stringify({ hashrate: 2 }), { qos: 0 });
  await miner.heartbeat({ hashrate: 3 });
  const after = await figures();
  expect(after[`${name}_count`]).toBe(introduced + 6);
  expect(after[`${name}_bucket{le="+Inf"}`]).toBe(introduced + 6);
  expect(after[`${name}_bucket{le="5"}`]).toBe(introduced + 6);
  expect(after[`${name}_bucket{le="0.001"}`]).toBeLessThanOrEqual(introduced + 6);
  expect(after[`${name}_sum`]).toBeGreaterThan(0);
});

test('metrics count requests, and errors by their code', async () => {
  const platform = await startTestPlatform();
  const figures = async () => Object.fromEntries((await scrape(platform)).values);
  const before = await figures();
  await fetch(`${platform.apiUrl}/api/status`);
  await fetch(`${platform.apiUrl}/api/nothing`);
  await fetch(`${platform.apiUrl}/api/accounts`);
  const after = await figures();
  expect(after['xenblocks_http_requests_total']! - before['xenblocks_http_requests_total']!).toBe(4);
  const errors = (code: string) => `xenblocks_http_errors_total{code="${code}"}`;
  expect(after).toMatchObject({
    [errors('not_found')]: 1,
    [errors('unauthorized')]: 1,
    [errors('internal')]: 0,
  });
});

test('the recent delay of the event loop forgets what is more than a minute over', async () => {
  const clock = new ManualClock();
  const platform = await startTestPlatform({ clock });
  const worst = async (name: string) => (await scrape(platform)).values.get(`${name}{quantile="1"}`)!;
  const blocked = performance.now() + 150;
  while (performance.now() < blocked);
  // The delay is noticed at the next turn of the loop.
  await waitFor(async () => (await worst('xenblocks_event_loop_delay_recent_seconds')) > 0.1, 'the delay');
  clock.advance(60_000);
  expect(await worst('xenblocks_event_loop_delay_recent_seconds')).toBeGreaterThan(0.1);
  clock.advance(60_000);
  await waitFor(async () => {
    clock.advance(60_000);
    return (await worst('xenblocks_event_loop_delay_recent_seconds')) < 0.1;
  }, 'a minute without it');
  expect(await worst('xenblocks_event_loop_delay_seconds')).toBeGreaterThan(0.1);
});

test('metrics count the feed clients that were turned away', async () => {
  const platform = await startTestPlatform({ args: ['--ws-max-clients', '1'] });
  const client = await FeedListener.connect(platform.feedUrl);
  await FeedListener.dial(platform.feedUrl).closed;
  const figures = async () => Object.fromEntries((await scrape(platform)).values);
  expect(await figures()).toMatchObject({ xenblocks_feed_clients: 1, xenblocks_feed_refused_total: 1 });
  client.socket.close();
  await waitFor(async () => (await figures())['xenblocks_feed_clients'] === 0, 'the client to be gone');
});
