import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { sleep, waitUntil } from './clock.ts';
import type { Miner } from './miner.ts';
import type { MinerPool } from './miner-pool.ts';
import { blockPacket, hashrateRange } from './packets.ts';
import { Samples } from './percentiles.ts';
import type { LatencySummary } from './percentiles.ts';

/** One miner's heartbeats while another one claims blocks that it has not found. */
export interface ClaimFloodParams {
  heartbeatsPerSec: number;
  /** 0: nobody claims anything. */
  claimsPerSec: number;
  /** Memory cost in KiB that checking a claim takes. */
  memory: number;
  durationMs: number;
}

export interface ClaimFloodResult {
  /** Of the heartbeats. */
  latencyMs: LatencySummary;
  claims: number;
  unacknowledged: number;
  lostConnections: number;
}

const drainMs = 10_000;
const tagLength = 86;

/** Passes every cheap check: the right form, salt and marker, but no key gives this tag. */
function forgeClaim({ identity }: Miner, memory: number): { key: string; hash: string } {
  const encode = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
  const salt = encode(Buffer.from(identity.ethAddress.slice(2), 'hex'));
  const tag = `XEN11${encode(randomBytes(60))}`.slice(0, tagLength - 1) + 'A';
  return {
    key: randomBytes(32).toString('hex'),
    hash: `$argon2id$v=19$m=${memory},t=1,p=1$${salt}$${tag}`,
  };
}

/** The first miner talks, the second one floods. */
export async function floodWithClaims(pool: MinerPool, params: ClaimFloodParams): Promise<ClaimFloodResult> {
  const [talker, flooder] = pool.miners;
  if (talker === undefined || flooder === undefined) throw new Error('two miners are needed');
  const samples = new Samples();
  const sentAtMs = new Map<number, number>();
  const state = { heartbeats: 0, claims: 0, answered: 0 };
  pool.onAcknowledged = (miner, messageId) => {
    if (miner === flooder) return void (state.answered += 1);
    const sentAt = sentAtMs.get(messageId);
    if (sentAt !== undefined && sentAtMs.delete(messageId)) samples.add(performance.now() - sentAt);
  };
  const begin = performance.now();
  const due = (perSec: number): number => Math.floor(((performance.now() - begin) * perSec) / 1000);
  while (performance.now() - begin < params.durationMs) {
    for (; state.claims < due(params.claimsPerSec); state.claims += 1) {
      const claim = forgeClaim(flooder, params.memory);
      flooder.send(blockPacket(flooder.identity, claim, flooder.nextMessageId()));
    }
    for (; state.heartbeats < due(params.heartbeatsPerSec); state.heartbeats += 1) {
      const messageId = talker.nextMessageId();
      sentAtMs.set(messageId, performance.now());
      talker.send(Buffer.from(talker.heartbeat.fill(messageId, hashrateRange.min + state.heartbeats)));
    }
    await sleep(1);
  }
  await waitUntil(() => sentAtMs.size === 0 && state.answered === state.claims, drainMs);
  return {
    latencyMs: samples.summarize(),
    claims: state.claims,
    unacknowledged: sentAtMs.size + state.claims - state.answered,
    lostConnections: pool.failures,
  };
}
