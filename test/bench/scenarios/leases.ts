import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchContext } from '../context.ts';
import { sleep } from '../load/clock.ts';
import type { LeaseLoadApi, LeaseParams } from '../load/lease-load.ts';
import type { PlatformProcess } from '../process/platform-process.ts';
import { RpcProcess } from '../process/rpc-process.ts';
import { rounded } from '../scenario.ts';
import type { Scenario, ScenarioResult } from '../scenario.ts';

const maxRentP99Ms = 50;
const activeLeases = 100;
const rentsPerSec = 50;

/** From the rent to the task on the miner's socket, durable in between. */
export const rentLatencyScenario: Scenario = {
  name: 'rent-latency',
  description: `POST /api/rent to assign_task on the miner's socket, p99, 1000 miners, ${activeLeases} active leases`,
  hasYardstick: true,
  run: runRent,
};

const maxWatchdogCores = 0.05;

/** What watching many leases costs. */
export const watchdogScenario: Scenario = {
  name: 'lease-watchdog',
  description: 'CPU of the platform with 5000 active leases, more than with the same 5000 idle miners',
  hasYardstick: true,
  run: runWatchdog,
};

interface Setting {
  platform: PlatformProcess;
  load: RpcProcess<LeaseLoadApi>;
  params: LeaseParams;
  miners: number;
}

async function setUp(context: BenchContext, miners: number): Promise<Setting> {
  const dataDir = context.scope.temporaryDirectory();
  const platform = await context.startPlatform(dataDir);
  const module = new URL('../load/lease-load.ts', import.meta.url);
  const load = new RpcProcess<LeaseLoadApi>(context.scope, module);
  await load.call('connect', { port: platform.mqttPort, miners, timeoutMs: 45_000 });
  const adminKey = readFileSync(join(dataDir, 'admin-key'), 'utf8').trim();
  const params = { apiPort: platform.apiPort, adminKey };
  await load.call('openAccount', params);
  return { platform, load, params, miners };
}

async function runRent(context: BenchContext): Promise<ScenarioResult> {
  const { platform, load, params, miners } = await setUp(context, context.miners(1000));
  const rents = Math.round((context.duration(10_000) / 1000) * rentsPerSec);
  const turns = { ...params, active: Math.min(activeLeases, miners / 2), rents, perSec: rentsPerSec };
  const control = await load.call('controlInTurns', turns);
  const rent = await load.call('rentInTurns', turns);
  await context.finishPlatform(platform);
  await load.stop();
  return {
    value: rounded(rent.p99),
    unit: 'ms (p99)',
    target: `<= ${maxRentP99Ms}`,
    yardstick: rounded(control.p99),
    ratio: rounded(rent.p99 / control.p99),
    pass: rent.p99 <= maxRentP99Ms && rent.count === rents,
    details: { miners, rent, control },
  };
}

async function runWatchdog(context: BenchContext): Promise<ScenarioResult> {
  const { platform, load, params, miners } = await setUp(context, context.miners(5000));
  // What the start and the connects left to do is over.
  await sleep(context.duration(4000));
  const idle = await context.withCpu(platform.pid, () => sleep(context.duration(10_000)));
  const leases = await load.call('rentAll', params);
  await sleep(context.duration(4000));
  const busy = await context.withCpu(platform.pid, () => sleep(context.duration(10_000)));
  const status = (await platform.json('/api/status')) as { active_leases: number };
  await context.finishPlatform(platform);
  await load.stop();
  const value = (busy.serverCpu ?? Number.NaN) - (idle.serverCpu ?? Number.NaN);
  return {
    value: rounded(value),
    unit: 'cores',
    target: `<= ${maxWatchdogCores}`,
    yardstick: idle.serverCpu ?? Number.NaN,
    ratio: rounded((busy.serverCpu ?? Number.NaN) / (idle.serverCpu ?? Number.NaN)),
    pass: value <= maxWatchdogCores && status.active_leases === leases,
    details: { miners, active_leases: status.active_leases, cores: busy.serverCpu },
  };
}
