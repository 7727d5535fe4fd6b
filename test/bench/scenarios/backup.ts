import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import type { BenchContext, MinerLoad } from '../context.ts';
import { sleep } from '../load/clock.ts';
import type { PaceResult } from '../load/pace.ts';
import type { PlatformProcess } from '../process/platform-process.ts';
import { rounded } from '../scenario.ts';
import type { Scenario, ScenarioResult } from '../scenario.ts';

const maxP99Ms = 50;
const databaseBytes = 1_000_000_000;
const sliceMs = 3000;
const giveUpMs = 60_000;

/** Time to the PUBACK while a large database is backed up, against the same platform without a backup. */
export const backupScenario: Scenario = {
  name: 'backup-puback',
  description: 'PUBLISH to PUBACK, p99 of the worst 3 s, 1000 heartbeats/s during a backup of 1 GB',
  hasYardstick: false,
  run,
};

interface BackupState {
  running: { phase: string } | null;
  items: { size_bytes: number; duration_sec: number; verification: { ok: boolean } | null }[];
}

async function run(context: BenchContext): Promise<ScenarioResult> {
  const dataDir = context.scope.temporaryDirectory();
  await context.finishPlatform(await context.startPlatform(dataDir));
  const path = join(dataDir, 'marketplace.db');
  fill(path, context.options.quick ? databaseBytes / 20 : databaseBytes);
  const platform = await context.startPlatform(dataDir);
  const load = await context.connectToPlatform(platform, context.miners(1000));
  const quiet = [await measure(context, load), await measure(context, load), await measure(context, load)];
  const key = readFileSync(join(dataDir, 'admin-key'), 'utf8').trim();
  await call(platform, key, 'POST');
  const phases: string[] = [];
  const busy: PaceResult[] = [];
  let largestLog = 0;
  const deadline = performance.now() + giveUpMs;
  for (;;) {
    const { running } = (await call(platform, key, 'GET')) as BackupState;
    if (!running || performance.now() > deadline) break;
    phases.push(running.phase);
    busy.push(await measure(context, load));
    largestLog = Math.max(largestLog, sizeOf(`${path}-wal`));
  }
  const state = (await call(platform, key, 'GET')) as BackupState;
  await context.finishPlatform(platform);
  await load.load.stop();
  const [backup] = state.items;
  const worst = (results: PaceResult[]) => Math.max(...results.map(({ latencyMs }) => latencyMs.p99));
  const value = worst(busy);
  const lost = busy.reduce((sum, slice) => sum + slice.unacknowledged + slice.lostConnections, 0);
  return {
    value,
    unit: 'ms (p99)',
    target: `<= ${maxP99Ms}`,
    yardstick: worst(quiet),
    ratio: rounded(value / worst(quiet)),
    pass: value <= maxP99Ms && lost === 0 && backup?.verification?.ok === true,
    details: {
      backup_mb: Math.round((backup?.size_bytes ?? 0) / 1e6),
      backup_sec: backup?.duration_sec,
      verified: backup?.verification?.ok,
      largest_log_mb: Math.round(largestLog / 1e6),
      lost,
      slices: busy.map(({ latencyMs }, index) => [
        phases[index],
        latencyMs.p50,
        latencyMs.p99,
        latencyMs.max,
      ]),
      quiet: quiet.map(({ latencyMs }) => [latencyMs.p50, latencyMs.p99, latencyMs.max]),
    },
  };
}

async function measure(context: BenchContext, { load }: MinerLoad): Promise<PaceResult> {
  const result = await load.call('pace', {
    perSec: 1000,
    warmUpMs: 0,
    durationMs: context.duration(sliceMs),
    epochMs: context.epochMs,
  });
  await sleep(50);
  return result;
}

async function call(platform: PlatformProcess, key: string, method: string): Promise<unknown> {
  const response = await fetch(`${platform.url}/api/admin/backups`, {
    method,
    headers: { 'x-api-key': key },
  });
  if (!response.ok) throw new Error(`${method} /api/admin/backups answered ${response.status}`);
  return response.json();
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** What a large farm has: many small samples of the last hours, and rows with text and indexes. */
function fill(path: string, bytes: number): void {
  const handle = new BetterSqlite(path);
  handle.pragma('synchronous = OFF');
  const nowMs = Date.now();
  handle
    .prepare(
      `insert into hashrate_snapshots (taken_at_ms, worker_id, hashrate, active_gpus)
       with recursive step (n) as (select 0 union all select n + 1 from step where n + 1 < ?)
       select ? - 60000 * (1 + n / 5000), 'bench-worker-' || (n % 5000), 1000.5 + n, 4 from step`,
    )
    .run(Math.floor(bytes / 5 / 50), nowMs);
  const commands = handle.prepare(
    `insert into commands (command_id, batch_id, worker_id, account_id, action, payload, issued_by, state, detail, created_at_ms)
     with recursive step (n) as (select 0 union all select n + 1 from step where n + 1 < 500)
     select 'bench-' || ? || '-' || n, '', 'bench-worker-' || n, 'bench', 'pause', hex(zeroblob(3800)), 'bench', 'confirmed', '', ?
     from step`,
  );
  for (let round = 0; sizeOf(path) < bytes; round += 1) commands.run(round, nowMs);
  handle.close();
}
