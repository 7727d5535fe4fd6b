import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import BetterSqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { call, type Who } from './support/accounts.ts';
import { brokenInvariants } from './support/money-invariant.ts';
import { ObedientMiner } from './support/obedient-miner.ts';
import { PlatformProcess } from './support/platform-process.ts';
import { temporaryFolder } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const rounds = 22;
const workers = ['rig-1', 'rig-2', 'rig-3', 'rig-4', 'rig-5', 'rig-6'];
const address = '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed';

/** What the program answered with 200. */
const acknowledged = { rented: new Set<string>(), stopped: new Map<string, number>() };

interface Reached {
  readonly apiUrl: string;
  readonly who: Who;
}

async function start(dataDir: string) {
  const started = await PlatformProcess.start(dataDir, ['--log-level', 'error', '--verify', 'off']);
  const { api_port: apiPort, mqtt_port: mqttPort } = started.ready;
  const who = { key: readFileSync(join(dataDir, 'admin-key'), 'utf8').trim() };
  return { started, apiUrl: `http://127.0.0.1:${apiPort}`, mqttUrl: `mqtt://127.0.0.1:${mqttPort}`, who };
}

async function setUp(reached: Reached): Promise<void> {
  const register = { account_id: 'renter', role: 'consumer', balance: 10_000 };
  const { who } = reached;
  expect((await call(reached, 'POST', '/api/auth/register', { who, body: register })).status).toBe(200);
  for (const workerId of workers) {
    const body = { price_per_min: 0.6, min_duration_sec: 1, max_duration_sec: 60 };
    const { status } = await call(reached, 'PUT', `/api/workers/${workerId}/pricing`, { who, body });
    expect(status).toBe(200);
  }
}

/** Rents and stops without a pause until the program is gone. */
async function trade(reached: Reached): Promise<void> {
  const { who } = reached;
  const mine: string[] = [];
  try {
    for (;;) {
      const isStop = mine.length > 0 && randomInt(3) > 0;
      if (isStop) {
        const [leaseId] = mine.splice(randomInt(mine.length), 1) as [string];
        const body = { lease_id: leaseId };
        const answer = await call<{ settlement: { total_cost: number } }>(reached, 'POST', '/api/stop', {
          who,
          body,
        });
        if (answer.status === 200) acknowledged.stopped.set(leaseId, answer.body.settlement.total_cost);
      } else {
        const body = { consumer_id: 'renter', consumer_address: address, duration_sec: 1 + randomInt(3) };
        const answer = await call<{ lease_id: string }>(reached, 'POST', '/api/rent', { who, body });
        if (answer.status !== 200) continue;
        acknowledged.rented.add(answer.body.lease_id);
        mine.push(answer.body.lease_id);
      }
    }
  } catch {
    // The program was killed in the middle of a call.
  }
}

function inspect(path: string) {
  const handle = new BetterSqlite(path, { readonly: true });
  try {
    return {
      integrity: handle.pragma('integrity_check', { simple: true }),
      leases: new Map(handle.prepare('select lease_id, state from leases').raw().all() as [string, string][]),
      costs: new Map(
        handle.prepare('select lease_id, total_cost_micro from settlements').raw().all() as [
          string,
          number,
        ][],
      ),
    };
  } finally {
    handle.close();
  }
}

test('after every kill -9 in the middle of rents and stops the ledger holds and nothing acknowledged is lost', async () => {
  const dataDir = temporaryFolder();
  const path = join(dataDir, 'marketplace.db');
  for (let round = 0; round < rounds; round += 1) {
    const { started, mqttUrl, ...reached } = await start(dataDir);
    const miners = await Promise.all(workers.map((workerId) => ObedientMiner.connect({ workerId, mqttUrl })));
    if (round === 0) await setUp(reached);
    const trading = Promise.all([trade(reached), trade(reached), trade(reached)]);
    await delay(20 + Math.random() * 500);
    expect(await started.end('SIGKILL')).toBe(null);
    await trading;
    for (const { miner } of miners) miner.client.end(true);

    const found = inspect(path);
    const where = `round ${round}`;
    expect(found.integrity, where).toBe('ok');
    expect(brokenInvariants(path), where).toEqual([]);
    for (const leaseId of acknowledged.rented) expect(found.leases.has(leaseId), where).toBe(true);
    for (const [leaseId, cost] of acknowledged.stopped)
      expect((found.costs.get(leaseId) ?? -1) / 1e6, `${where} ${leaseId}`).toBe(cost);
  }
  expect(acknowledged.rented.size).toBeGreaterThan(rounds * 3);
  expect(acknowledged.stopped.size).toBeGreaterThan(rounds);

  // What was under way at the kills is settled, too.
  const { started, ...reached } = await start(dataDir);
  await waitFor(async () => {
    const { body } = await call<{ active_leases: number }>(reached, 'GET', '/api/status');
    return body.active_leases === 0;
  }, 'the end of all leases');
  expect(await started.end('SIGTERM')).toBe(0);
  expect(brokenInvariants(path)).toEqual([]);
  const { leases, costs } = inspect(path);
  expect([...leases.values()]).not.toContain('active');
  expect(costs.size).toBe(leases.size);
});
