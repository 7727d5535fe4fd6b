import { performance } from 'node:perf_hooks';
import { sleep, UtilizationMeter, waitUntil } from './clock.ts';
import type { Utilization } from './clock.ts';
import type { Miner } from './miner.ts';
import type { MinerPool } from './miner-pool.ts';
import { BlockTemplate, firstLoadMessageId, hashrateRange, HeartbeatTemplate } from './packets.ts';

/** Load at full speed: every miner always has `inFlight` unacknowledged messages on the way. */
export interface SaturateParams {
  message: 'heartbeat' | 'block';
  inFlight: number;
  warmUpMs: number;
  durationMs: number;
  /** Stop after this many messages in all, however long it takes (up to `durationMs`). */
  limit?: number;
}

/** Acknowledged messages in the measured window and in all. */
export interface SaturateResult {
  perSec: number;
  acknowledgedInAll: number;
  unacknowledged: number;
  lostConnections: number;
  generator: Utilization;
}

const drainMs = 10_000;

/** Runs the load and counts PUBACKs. */
export async function saturate(pool: MinerPool, params: SaturateParams): Promise<SaturateResult> {
  const limit = params.limit ?? Number.POSITIVE_INFINITY;
  const slots = pool.miners.map((miner) => packetSlots(miner, params));
  const state = { running: true, sent: 0, acknowledged: 0, hashrate: hashrateRange.min };
  const send = (miner: Miner, messageId: number): void => {
    const template = slots[miner.index]?.[messageId - firstLoadMessageId];
    if (template === undefined || !state.running || state.sent >= limit) return;
    state.sent += 1;
    if (template instanceof HeartbeatTemplate) {
      state.hashrate = state.hashrate === hashrateRange.max ? hashrateRange.min : state.hashrate + 1;
      miner.send(template.fill(messageId, state.hashrate));
    } else {
      miner.send(template.fill(messageId));
    }
  };
  pool.onAcknowledged = (miner, messageId) => {
    state.acknowledged += 1;
    send(miner, messageId);
  };
  for (const miner of pool.miners) {
    for (let slot = 0; slot < params.inFlight; slot += 1) send(miner, firstLoadMessageId + slot);
  }
  await sleep(params.warmUpMs);
  const meter = new UtilizationMeter();
  const begin = { atMs: performance.now(), acknowledged: state.acknowledged };
  if (params.limit === undefined) await sleep(params.durationMs);
  else await waitUntil(() => state.acknowledged >= limit, params.durationMs);
  const seconds = (performance.now() - begin.atMs) / 1000;
  const perSec = (state.acknowledged - begin.acknowledged) / seconds;
  const generator = meter.read();
  state.running = false;
  await waitUntil(() => state.acknowledged === state.sent, drainMs);
  return {
    perSec,
    acknowledgedInAll: state.acknowledged,
    unacknowledged: state.sent - state.acknowledged,
    lostConnections: pool.failures,
    generator,
  };
}

/** One packet per in-flight message, because a packet may only change after it was acknowledged. */
function packetSlots(miner: Miner, params: SaturateParams): (HeartbeatTemplate | BlockTemplate)[] {
  return Array.from({ length: params.inFlight }, () =>
    params.message === 'heartbeat'
      ? new HeartbeatTemplate(miner.identity)
      : new BlockTemplate(miner.identity),
  );
}
