import { performance } from 'node:perf_hooks';
import { mineProof } from '../../support/mine.ts';
import { UtilizationMeter, waitUntil } from './clock.ts';
import type { Utilization } from './clock.ts';
import type { Miner } from './miner.ts';
import type { MinerPool } from './miner-pool.ts';
import { blockPacket, firstLoadMessageId } from './packets.ts';

/** What to mine before anything is measured. */
export interface MineParams {
  proofsPerMiner: number;
  marker: string;
  /** Memory cost in KiB. */
  memory: number;
}

export interface SendProofsParams {
  /** This share of the proofs does not count. */
  warmUpShare: number;
  timeoutMs: number;
}

export interface ProofsResult {
  perSec: number;
  sent: number;
  acknowledged: number;
  lostConnections: number;
  generator: Utilization;
}

/** Proofs that are mined at the same time. */
const parallel = 8;

const mined = new Map<Miner, Buffer[]>();

/** Mines real proofs for each miner's own account; returns how many there are. */
export async function mineProofs(pool: MinerPool, params: MineParams): Promise<number> {
  const { proofsPerMiner, marker, memory } = params;
  mined.clear();
  for (const miner of pool.miners) mined.set(miner, []);
  const wanted = pool.miners.length * proofsPerMiner;
  let begun = 0;
  const mineOneByOne = async (): Promise<void> => {
    while (begun < wanted) {
      const miner = pool.miners[begun % pool.miners.length];
      begun += 1;
      if (miner === undefined) return;
      const proof = await mineProof({ account: miner.identity.ethAddress, prefix: '', marker, memory });
      mined.get(miner)?.push(blockPacket(miner.identity, proof, firstLoadMessageId));
    }
  };
  await Promise.all(Array.from({ length: parallel }, mineOneByOne));
  return wanted;
}

/** Sends them all, each miner one after the other's PUBACK. */
export async function sendProofs(pool: MinerPool, params: SendProofsParams): Promise<ProofsResult> {
  const total = [...mined.values()].reduce((sum, packets) => sum + packets.length, 0);
  const countFrom = Math.floor(total * params.warmUpShare);
  const state = { sent: 0, acknowledged: 0, beginMs: performance.now(), endMs: 0 };
  const sendNext = (miner: Miner): void => {
    const packet = mined.get(miner)?.pop();
    if (packet === undefined) return;
    state.sent += 1;
    miner.send(packet);
  };
  pool.onAcknowledged = (miner) => {
    state.acknowledged += 1;
    state.endMs = performance.now();
    if (state.acknowledged === countFrom) state.beginMs = state.endMs;
    sendNext(miner);
  };
  const meter = new UtilizationMeter();
  for (const miner of pool.miners) sendNext(miner);
  await waitUntil(() => state.acknowledged === total, params.timeoutMs);
  return {
    perSec: ((state.acknowledged - countFrom) * 1000) / (state.endMs - state.beginMs),
    sent: state.sent,
    acknowledged: state.acknowledged,
    lostConnections: pool.failures,
    generator: meter.read(),
  };
}
