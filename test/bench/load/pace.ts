import { performance } from 'node:perf_hooks';
import { sleep, UtilizationMeter, waitUntil, wallMs } from './clock.ts';
import type { Utilization } from './clock.ts';
import type { MinerPool } from './miner-pool.ts';
import { Samples } from './percentiles.ts';
import type { LatencySummary } from './percentiles.ts';

/** Heartbeats at a fixed rate over all miners, round-robin, whether or not earlier ones were acknowledged. */
export interface PaceParams {
  perSec: number;
  durationMs: number;
  /** Latencies of this first part don't count. */
  warmUpMs: number;
  /**
   * Each heartbeat's hashrate is its sending time in whole microseconds after this moment: unique,
   * and a receiver in another process can tell the latency from it.
   */
  epochMs: number;
}

/** What was sent and how long the PUBACKs took. */
export interface PaceResult {
  latencyMs: LatencySummary;
  /** The hashrate of each heartbeat sent, in order. */
  hashrates: number[];
  unacknowledged: number;
  lostConnections: number;
  /** The longest the generator was behind its schedule: its own share of a bad latency. */
  lateMaxMs: number;
  generator: Utilization;
}

const messageIdSpace = 65_536;
const drainMs = 5_000;

/** Runs the load; latency is measured from the write of the PUBLISH to its PUBACK. */
export async function pace(pool: MinerPool, params: PaceParams): Promise<PaceResult> {
  const samples = new Samples();
  const hashrates: number[] = [];
  const sentAtMs = new Map<number, number>();
  const begin = performance.now();
  const countFrom = begin + params.warmUpMs;
  pool.onAcknowledged = (miner, messageId) => {
    const key = miner.index * messageIdSpace + messageId;
    const sentAt = sentAtMs.get(key);
    if (sentAt === undefined) return;
    sentAtMs.delete(key);
    if (sentAt >= countFrom) samples.add(performance.now() - sentAt);
  };
  const sendOne = (): void => {
    const miner = pool.miners[hashrates.length % pool.miners.length];
    if (miner === undefined) return;
    const messageId = miner.nextMessageId();
    const hashrate = uniqueMicroseconds(params.epochMs, hashrates.at(-1) ?? 0);
    hashrates.push(hashrate);
    // A copy, because the previous heartbeat of a stalled miner may still be in the socket's queue.
    const packet = Buffer.from(miner.heartbeat.fill(messageId, hashrate));
    sentAtMs.set(miner.index * messageIdSpace + messageId, performance.now());
    miner.send(packet);
  };
  const meter = new UtilizationMeter();
  let lateMaxMs = 0;
  for (let elapsed = 0; elapsed < params.durationMs; elapsed = performance.now() - begin) {
    const due = Math.floor((elapsed * params.perSec) / 1000);
    if (due > hashrates.length) {
      lateMaxMs = Math.max(lateMaxMs, elapsed - (hashrates.length * 1000) / params.perSec);
    }
    while (hashrates.length < due) sendOne();
    await sleep(1);
  }
  const generator = meter.read();
  await waitUntil(() => sentAtMs.size === 0, drainMs);
  return {
    latencyMs: samples.summarize(),
    hashrates,
    unacknowledged: sentAtMs.size,
    lostConnections: pool.failures,
    lateMaxMs: Math.round(lateMaxMs * 10) / 10,
    generator,
  };
}

function uniqueMicroseconds(epochMs: number, previous: number): number {
  return Math.max(previous + 1, Math.round((wallMs() - epochMs) * 1000));
}
