import type { BenchContext } from '../context.ts';
import type { HttpLoadApi, HttpLoadResult } from '../load/http-load.ts';
import { platformNodeFlags } from '../process/platform-process.ts';
import { RpcProcess } from '../process/rpc-process.ts';
import { rounded } from '../scenario.ts';
import type { Scenario, ScenarioResult } from '../scenario.ts';
import type { PlainExpressApi } from '../yardsticks/plain-express.ts';

const connections = 16;

interface HttpTarget {
  name: string;
  path: string;
  minPerSec: number;
  /** About as large as the platform's answer, for runs without the platform. */
  synthetic: () => unknown;
}

/** Requests per second for a page of the fleet list. */
export const httpFleetScenario = httpScenario({
  name: 'http-fleet',
  path: '/api/monitoring/fleet?limit=100',
  minPerSec: 1000,
  synthetic: () => syntheticPage(100, syntheticWorker()),
});

/** Requests per second for the fleet's totals. */
export const httpStatsScenario = httpScenario({
  name: 'http-stats',
  path: '/api/monitoring/stats',
  minPerSec: 5000,
  synthetic: () => ({
    total_workers: 1000,
    online: 1000,
    offline: 0,
    total_hashrate: 2.1e7,
    total_gpus: 4500,
  }),
});

/** Requests per second for a page of the marketplace, filtered and sorted by what changes all the time. */
export const httpMarketScenario = httpScenario({
  name: 'http-market',
  path: '/api/marketplace?sort_by=hashrate&gpu_type=rtx&max_price=5',
  minPerSec: 1000,
  synthetic: () => syntheticPage(18, { ...syntheticWorker(), reputation: syntheticReputation() }),
});

/** Requests per second for the reputation of one worker. */
export const httpReputationScenario = httpScenario({
  name: 'http-reputation',
  path: '/api/workers/bench-00001/reputation',
  minPerSec: 5000,
  synthetic: syntheticReputation,
});

/** Requests per second for the totals of the platform. */
export const httpOverviewScenario = httpScenario({
  name: 'http-overview',
  path: '/api/overview/stats',
  minPerSec: 5000,
  synthetic: () => ({ total_users: 300, total_providers: 300, total_workers: 1000, total_hashrate: 2.1e7 }),
});

function httpScenario(target: HttpTarget): Scenario {
  return {
    name: target.name,
    description: `GET ${target.path} per second, 1000 miners, ${connections} keep-alive connections`,
    hasYardstick: true,
    run: (context) => run(context, target),
  };
}

async function run(context: BenchContext, target: HttpTarget): Promise<ScenarioResult> {
  const module = new URL('../load/http-load.ts', import.meta.url);
  const load = new RpcProcess<HttpLoadApi>(context.scope, module);
  const platform = context.options.yardsticksOnly ? undefined : await measurePlatform(context, load, target);
  const bare = await measureExpress(context, load, target, platform?.body ?? target.synthetic());
  const value = platform?.result.perSec ?? Number.NaN;
  return {
    value: rounded(value, 0),
    unit: 'requests/s',
    target: `>= ${target.minPerSec}`,
    yardstick: rounded(bare.perSec, 0),
    ratio: rounded(value / bare.perSec),
    pass: value >= target.minPerSec && platform?.result.errors === 0,
    details: {
      connections,
      platform: platform && { ...figures(platform.result), server_cpu: platform.serverCpu },
      plain_express: figures(bare),
    },
  };
}

async function measurePlatform(context: BenchContext, load: RpcProcess<HttpLoadApi>, target: HttpTarget) {
  const platform = await context.startPlatform();
  const miners = await context.connectToPlatform(platform, context.miners(1000));
  // One heartbeat each, so that the list shows live figures.
  await miners.load.call('pace', { perSec: 1000, durationMs: 1000, warmUpMs: 0, epochMs: context.epochMs });
  const body = await platform.json(target.path);
  const measured = await context.withCpu(platform.pid, () =>
    measure(context, load, platform.apiPort, target),
  );
  await context.finishPlatform(platform);
  await miners.load.stop();
  return { ...measured, body };
}

async function measureExpress(
  context: BenchContext,
  load: RpcProcess<HttpLoadApi>,
  target: HttpTarget,
  body: unknown,
): Promise<HttpLoadResult> {
  const module = new URL('../yardsticks/plain-express.ts', import.meta.url);
  const server = new RpcProcess<PlainExpressApi>(context.scope, module, platformNodeFlags());
  await server.call('answerWith', body);
  const { port } = await server.call('start', null);
  return measure(context, load, port, target);
}

function measure(
  context: BenchContext,
  load: RpcProcess<HttpLoadApi>,
  port: number,
  { path }: HttpTarget,
): Promise<HttpLoadResult> {
  const warmUpMs = context.duration(1500);
  return load.call('run', { port, path, connections, warmUpMs, durationMs: context.duration(6000) });
}

function figures({ errors, firstErrorStatus, bodyBytes, latencyMs, generator }: HttpLoadResult): object {
  return {
    errors,
    first_error_status: firstErrorStatus,
    body_bytes: bodyBytes,
    p50_ms: latencyMs.p50,
    p99_ms: latencyMs.p99,
    generator,
  };
}

function syntheticWorker(): object {
  const gpu = { index: 0, name: 'NVIDIA GeForce RTX 4090', memory_gb: 24, bus_id: '0000:01:00.0' };
  return {
    worker_id: 'bench-00001',
    eth_address: '0x' + 'ab'.repeat(20),
    state: 'AVAILABLE',
    online: true,
    gpus: Array.from({ length: 4 }, () => gpu),
    version: '1.4.2',
    hashrate: 21_483.57,
  };
}

function syntheticReputation(): object {
  const detail = { value: 25, max: 100, weight: 40 };
  const breakdown = {
    block_detail: detail,
    completion_detail: detail,
    uptime_detail: detail,
    age_detail: detail,
  };
  return { worker_id: 'bench-00001', score: 45.25, stars: 2.26, breakdown };
}

function syntheticPage(limit: number, item: object): object {
  const items = Array.from({ length: limit }, () => item);
  return { items, total: 1000, page: 1, limit, total_pages: Math.ceil(1000 / limit) };
}
