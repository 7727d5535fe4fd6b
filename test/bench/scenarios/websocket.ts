import type { BenchContext } from '../context.ts';
import { sleep } from '../load/clock.ts';
import type { WsFinishResult, WsLoadApi } from '../load/ws-load.ts';
import { RpcProcess } from '../process/rpc-process.ts';
import { rounded } from '../scenario.ts';
import type { Scenario, ScenarioResult } from '../scenario.ts';

const clients = 200;
const settleMs = 300;
const arrivalTimeoutMs = 5000;

interface FeedTarget {
  name: string;
  path: string;
  perSec: number;
  maxP99Ms: number;
}

/** The feed existing dashboards use: one frame per heartbeat. */
export const wsFramesScenario = feedScenario({
  name: 'ws-frames',
  path: '/ws/dashboard',
  perSec: 100,
  maxP99Ms: 40,
});

/** The feed of our own dashboard: heartbeats of a window in one frame. */
export const wsBatchedScenario = feedScenario({
  name: 'ws-batched',
  path: '/ws/dashboard?batch=1',
  perSec: 1000,
  maxP99Ms: 250,
});

function feedScenario(target: FeedTarget): Scenario {
  return {
    name: target.name,
    description: `PUBLISH to WebSocket frame, p99, ${clients} clients, ${target.perSec} heartbeats/s, 1000 miners`,
    hasYardstick: false,
    run: (context) => run(context, target),
  };
}

async function run(context: BenchContext, target: FeedTarget): Promise<ScenarioResult> {
  const limits = { unit: 'ms (p99)', target: `<= ${target.maxP99Ms}, 0 lost` };
  const platform = await context.startPlatform();
  const { load } = await context.connectToPlatform(platform, context.miners(1000));
  const module = new URL('../load/ws-load.ts', import.meta.url);
  const feed = new RpcProcess<WsLoadApi>(context.scope, module);
  const { port, path, epochMs } = { port: platform.apiPort, path: target.path, epochMs: context.epochMs };
  const { snapshotBytes } = await feed.call('connectClients', { port, path, clients, epochMs });
  await sleep(settleMs);
  const { result, serverCpu } = await context.withCpu(platform.pid, async () => {
    // Each miner sends at most once a second, so that no window coalesces two of its heartbeats.
    const perSec = Math.min(target.perSec, context.miners(1000));
    const sent = await load.call('pace', {
      perSec,
      durationMs: context.duration(8000),
      warmUpMs: 0,
      epochMs,
    });
    const received = await feed.call('finish', { hashrates: sent.hashrates, timeoutMs: arrivalTimeoutMs });
    return { sent, received };
  });
  await context.finishPlatform(platform);
  const { sent, received } = result;
  return {
    value: rounded(received.latencyMs.p99),
    ...limits,
    pass: isComplete(received) && sent.unacknowledged === 0 && received.latencyMs.p99 <= target.maxP99Ms,
    details: {
      clients,
      heartbeats_sent: sent.hashrates.length,
      ...figures(received),
      snapshot_bytes: snapshotBytes,
      unacknowledged: sent.unacknowledged,
      publisher_late_max_ms: sent.lateMaxMs,
      publisher: sent.generator,
      server_cpu: serverCpu,
    },
  };
}

function isComplete({ missing, surplus, lostClients }: WsFinishResult): boolean {
  return missing === 0 && surplus === 0 && lostClients === 0;
}

function figures({ expected, missing, surplus, lostClients, latencyMs, ...rest }: WsFinishResult): object {
  return {
    expected,
    missing,
    surplus,
    lost_clients: lostClients,
    p50: latencyMs.p50,
    max: latencyMs.max,
    frames: rest.frames,
    bytes: rest.bytes,
    receiver: rest.generator,
  };
}
