/** How leases go: most to their end, some are stopped, a few fail with their worker. */
import { onlineWindowMs } from '../../../contract/domain/worker.ts';
import type { Random } from '../../kernel/random.ts';
import {
  beginLease,
  confirmWithinMs,
  endByConsumer,
  endByNeglect,
  endOfTime,
  maxAwayMs,
  type ActiveLease,
  type LeaseEnd,
} from '../leases/index.ts';
import type { Outage } from '../sessions/index.ts';

export interface Fate {
  readonly end: LeaseEnd;
  /** When its worker first reported MINING; null: never. */
  readonly miningSinceMs: number | null;
  /** Until when its worker mined for it. */
  readonly minedUntilMs: number;
  /** When its worker was away meanwhile, perhaps beyond its end. */
  readonly outage: Outage | undefined;
}

interface Frame {
  readonly createdAtMs: number;
  readonly durationSec: number;
  /** The worker is needed for something else after this moment. */
  readonly lastEndMs: number;
}

const minuteMs = 60_000;

/** What may happen, how often, and how long a lease has to be for it. */
const fates = [
  { share: 0.03, minMs: 2 * minuteMs, draw: neverStarts },
  { share: 0.03, minMs: 15 * minuteMs, draw: losesWorker },
  { share: 0.02, minMs: 5 * minuteMs, draw: isGivenUp },
  { share: 0.04, minMs: 5 * minuteMs, draw: isInterrupted },
  { share: 0.18, minMs: 2 * minuteMs, draw: isStopped },
] as const;

/** The watchdog looks each second. */
function lookAfter(random: Random, timeMs: number): number {
  return timeMs + random.integer(0, 999);
}

export function drawFate(random: Random, frame: Frame): Fate {
  let chance = random.unit();
  const fate = fates.find(({ share }) => (chance -= share) < 0);
  const isLongEnough = fate !== undefined && frame.durationSec * 1000 >= fate.minMs;
  return isLongEnough ? fate.draw(random, frame) : expires(random, frame);
}

/** The lease as the watchdog saw it; of who rents, and what, its end does not depend. */
function watched({ createdAtMs, durationSec }: Frame): ActiveLease {
  return beginLease({
    leaseId: '',
    workerId: '',
    consumerId: '',
    consumerAddress: '',
    providerId: '',
    prefix: '',
    pricePerMinMicro: 0,
    heldMicro: 0,
    createdAtMs,
    durationSec,
  });
}

function mining(random: Random, frame: Frame): ActiveLease & { miningSinceMs: number } {
  return { ...watched(frame), miningSinceMs: frame.createdAtMs + random.integer(1500, 9000) };
}

/** @throws Error when the watchdog would not have ended the lease then */
function neglected(lease: ActiveLease, nowMs: number, awaySinceMs?: number): LeaseEnd {
  const end = endByNeglect(lease, nowMs, awaySinceMs);
  if (!end) throw new Error('the lease would go on');
  return end;
}

function expires(random: Random, frame: Frame): Fate {
  const lease = mining(random, frame);
  const { miningSinceMs, expiresAtMs } = lease;
  return { end: endOfTime(lease), miningSinceMs, minedUntilMs: expiresAtMs, outage: undefined };
}

function isStopped(random: Random, frame: Frame): Fate {
  const lease = mining(random, frame);
  const { createdAtMs, expiresAtMs, miningSinceMs } = lease;
  const stoppedAtMs = Math.floor(random.between(createdAtMs + minuteMs, expiresAtMs));
  const end = endByConsumer(lease, stoppedAtMs);
  return { end, miningSinceMs, minedUntilMs: end.endedAtMs, outage: undefined };
}

function neverStarts(random: Random, frame: Frame): Fate {
  const lease = watched(frame);
  const end = neglected(lease, lookAfter(random, lease.confirmUntilMs));
  return { end, miningSinceMs: null, minedUntilMs: frame.createdAtMs, outage: undefined };
}

function isGivenUp(random: Random, frame: Frame): Fate {
  const lease = mining(random, frame);
  const { createdAtMs, expiresAtMs, miningSinceMs } = lease;
  const idleSinceMs = Math.floor(
    random.between(createdAtMs + minuteMs, expiresAtMs - confirmWithinMs - 6000),
  );
  const end = neglected({ ...lease, idleSinceMs }, lookAfter(random, idleSinceMs + confirmWithinMs));
  return { end, miningSinceMs, minedUntilMs: idleSinceMs, outage: undefined };
}

/** Its worker goes away and stays away. */
function losesWorker(random: Random, frame: Frame): Fate {
  const lease = mining(random, frame);
  const { createdAtMs, expiresAtMs, miningSinceMs } = lease;
  const beganAtMs = Math.floor(random.between(createdAtMs + minuteMs, expiresAtMs - maxAwayMs - 2000));
  const end = neglected(lease, lookAfter(random, beganAtMs + maxAwayMs), beganAtMs);
  const backAtMs = Math.min(frame.lastEndMs, end.endedAtMs + random.logNormal(20 * minuteMs, 1));
  const outage = { beganAtMs, endedAtMs: Math.floor(backAtMs), cause: 'silent' } as const;
  return { end, miningSinceMs, minedUntilMs: beganAtMs, outage };
}

/** Its worker is away for some minutes, which are not paid. */
function isInterrupted(random: Random, frame: Frame): Fate {
  const lease = mining(random, frame);
  const { createdAtMs, expiresAtMs } = lease;
  const beganAtMs = Math.floor(random.between(createdAtMs + minuteMs, expiresAtMs - 2 * minuteMs));
  const awayMs = Math.min(onlineWindowMs + random.exponential(3 * minuteMs), maxAwayMs - minuteMs);
  const endedAtMs = Math.floor(Math.min(beganAtMs + awayMs, expiresAtMs - 10_000));
  const outage = { beganAtMs, endedAtMs, cause: random.chance(0.6) ? 'silent' : 'offline' } as const;
  return { ...expires(random, frame), outage };
}
