import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import BetterSqlite from 'better-sqlite3';
import { connect, type MqttClient } from 'mqtt';
import { expect, test } from 'vitest';
import { PlatformProcess } from './support/platform-process.ts';
import { newKey, testGpus } from './support/test-miner.ts';
import { believing, temporaryFolder } from './support/test-platform.ts';

const miners = 30;

/** Kills at any moment, also while the miners still connect; the last ones late enough to judge heartbeats. */
const killAfterMs = [...Array.from({ length: 20 }, () => 5 + Math.random() * 700), 3600, 4000];

/** What the program acknowledged. */
class Acknowledged {
  readonly workers = new Set<string>();
  readonly keys = new Set<string>();
  lastHeartbeatMs = 0;
}

/** One miner that registers, then sends block after block and heartbeats, each after the PUBACK of the last. */
function mine(mqttPort: number, workerId: string, acknowledged: Acknowledged): MqttClient {
  const client = connect(`mqtt://127.0.0.1:${mqttPort}`, {
    clientId: `xenminer_${workerId}`,
    reconnectPeriod: 0,
    protocolVersion: 4,
  });
  const send = (type: string, body: object, whenAcknowledged: () => void) => {
    if (!client.connected) return;
    const message = JSON.stringify({
      worker_id: workerId,
      timestamp: Math.floor(Date.now() / 1000),
      ...body,
    });
    client.publish(`xenminer/${workerId}/${type}`, message, { qos: 1 }, (error) => {
      if (!error) whenAcknowledged();
    });
  };
  const sendBlock = () => {
    const key = newKey();
    const body = { lease_id: '', hash: newKey(), key, account: '', attempts: 1, hashrate: '1' };
    send('block', body, () => {
      acknowledged.keys.add(key);
      sendBlock();
    });
  };
  const sendHeartbeat = () => {
    const body = { hashrate: 1000, active_gpus: 2, accepted_blocks: 0, difficulty: 1727, uptime_sec: 1 };
    send('heartbeat', body, () => {
      acknowledged.lastHeartbeatMs = Date.now();
      setTimeout(sendHeartbeat, 50).unref();
    });
  };
  client.on('error', () => undefined);
  client.on('connect', () => {
    const hardware = { eth_address: '', gpu_count: 2, total_memory_gb: 48, gpus: testGpus, version: '2.0.0' };
    send('register', hardware, () => {
      acknowledged.workers.add(workerId);
      sendHeartbeat();
    });
    sendBlock();
  });
  return client;
}

/** Looks into the file as the kill left it, without taking the log in. */
function inspect(path: string) {
  const handle = new BetterSqlite(path, { readonly: true });
  try {
    return {
      integrity: handle.pragma('integrity_check', { simple: true }),
      orphans: handle.pragma('foreign_key_check') as unknown[],
      workers: new Set(handle.prepare('select worker_id from workers').pluck().all() as string[]),
      keys: new Set(handle.prepare('select key from blocks').pluck().all() as string[]),
      heartbeats: handle.prepare('select worker_id, last_heartbeat_ms from worker_activity').raw().all() as [
        string,
        number,
      ][],
    };
  } finally {
    handle.close();
  }
}

function missing(wanted: ReadonlySet<string>, found: ReadonlySet<string>): string[] {
  return [...wanted].filter((name) => !found.has(name));
}

test('after every kill -9 all that was acknowledged is in the database, which opens again', async () => {
  const dataDir = temporaryFolder();
  const path = join(dataDir, 'marketplace.db');
  const acknowledged = new Acknowledged();
  for (const [round, afterMs] of killAfterMs.entries()) {
    const started = await PlatformProcess.start(dataDir, ['--log-level', 'error', ...believing]);
    const ids = Array.from({ length: miners }, (_, index) => `r${round}-${index}`);
    const clients = ids.map((id) => mine(started.ready.mqtt_port, id, acknowledged));
    await delay(afterMs);
    const killedMs = Date.now();
    expect(await started.end('SIGKILL')).toBe(null);
    for (const client of clients) client.end(true);

    const found = inspect(path);
    const where = `round ${round}, killed after ${Math.round(afterMs)} ms`;
    expect(found.integrity, where).toBe('ok');
    expect(found.orphans, where).toEqual([]);
    expect(missing(acknowledged.workers, found.workers), where).toEqual([]);
    expect(missing(acknowledged.keys, found.keys), where).toEqual([]);
    if (afterMs < 3000) continue;
    // They spoke all the time, so what is missing of them is what was not yet written.
    expect(killedMs - acknowledged.lastHeartbeatMs).toBeLessThan(1000);
    const stored = new Map(found.heartbeats);
    for (const id of ids) expect(killedMs - (stored.get(id) ?? 0), `${where}, ${id}`).toBeLessThan(2500);
  }
  expect(acknowledged.workers.size).toBeGreaterThan(miners * 5);
  expect(acknowledged.keys.size).toBeGreaterThan(1000);

  const last = await PlatformProcess.start(dataDir, believing);
  const status = await fetch(`http://127.0.0.1:${last.ready.api_port}/api/status`);
  const { workers, total_blocks: blocks } = (await status.json()) as {
    workers: number;
    total_blocks: number;
  };
  expect(workers).toBeGreaterThanOrEqual(acknowledged.workers.size);
  expect(blocks).toBeGreaterThanOrEqual(acknowledged.keys.size);
  expect(await last.end('SIGTERM')).toBe(0);
});
