/** What becomes of one rig from its registration to the end: its leases and its outages, none over another. */
import { onlineWindowMs } from '../../../contract/domain/worker.ts';
import type { Random } from '../../kernel/random.ts';
import type { Outage } from '../sessions/index.ts';
import { timeOfWork, workUntil } from './day-rhythm.ts';
import { drawFate, type Fate } from './lease-fate.ts';
import type { Rig } from './rigs.ts';

/** A lease before it is known who rents. */
export interface Booking extends Fate {
  readonly rig: Rig;
  readonly createdAtMs: number;
  readonly durationSec: number;
  readonly settledAtMs: number;
}

export interface RigCalendar {
  readonly rig: Rig;
  /** In order. */
  readonly bookings: readonly Booking[];
  /** In order; the last one is open when the rig is gone. */
  readonly outages: readonly Outage[];
  /** The last heartbeat that was heard. */
  readonly lastHeardMs: number;
}

/** Each lease of a rig has room for itself: on average at least this much, and always this part of the average. */
const minRoomMs = 10 * 60_000;
const evenShare = 0.45;

/** After its registration a rig is not rented at once; after the last lease and outage a heartbeat is still heard. */
const quietStartMs = 60_000;
const quietEndMs = 35_000;

/** Between a lease and what comes before and after it. */
const pauseMs = 20_000;

/** Silence is noticed only after this. */
const shortestOutageMs = onlineWindowMs;

const heartbeatEveryMs = 30_000;
const dayMs = 86_400_000;

/** Wanted durations in seconds, and how often they are wanted. */
const durations = [
  [600, 10],
  [900, 8],
  [1800, 22],
  [3600, 28],
  [7200, 14],
  [14_400, 9],
  [28_800, 5],
  [43_200, 2],
  [86_400, 2],
] as const;
const durationShares = durations.reduce((sum, [, share]) => sum + share, 0);

/** The time in which a rig can be rented. */
export function rentableSpan(rig: Rig, endMs: number): { fromMs: number; toMs: number } {
  return { fromMs: rig.registeredAtMs + quietStartMs, toMs: (rig.goneSinceMs ?? endMs) - quietEndMs };
}

/** The most leases that a rig can have had. */
export function maxBookings(rig: Rig, endMs: number): number {
  const { fromMs, toMs } = rentableSpan(rig, endMs);
  return Math.max(0, Math.floor((toMs - fromMs) / minRoomMs));
}

/** @param leases at most `maxBookings` */
export function planCalendar(random: Random, rig: Rig, leases: number, endMs: number): RigCalendar {
  const bookings = drawRooms(random, rig, leases, endMs).map((room) => drawBooking(random, rig, room));
  const outages = [
    ...bookings.flatMap(({ outage }) => outage ?? []),
    ...drawOutagesBetween(random, rig, bookings, endMs),
    ...(rig.goneSinceMs === undefined
      ? []
      : [{ beganAtMs: rig.goneSinceMs, endedAtMs: null, cause: causeOf(random) }]),
  ].toSorted((left, right) => left.beganAtMs - right.beganAtMs);
  const lastHeardMs = rig.goneSinceMs ?? Math.floor(endMs - random.between(0, heartbeatEveryMs));
  return { rig, bookings, outages, lastHeardMs };
}

interface Room {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Divides the rig's time by chance into as many parts as it has leases, shorter ones by day. */
function drawRooms(random: Random, rig: Rig, leases: number, endMs: number): Room[] {
  const { fromMs, toMs } = rentableSpan(rig, endMs);
  const [begin, end] = [workUntil(fromMs), workUntil(toMs)];
  const chances = Array.from({ length: leases }, () => random.exponential(1));
  const total = chances.reduce((sum, chance) => sum + chance, 0);
  let passed = 0;
  let roomFromMs = fromMs;
  return chances.map((chance) => {
    passed += evenShare / leases + ((1 - evenShare) * chance) / total;
    const room = { fromMs: roomFromMs, toMs: Math.min(toMs, timeOfWork(begin + (end - begin) * passed)) };
    roomFromMs = room.toMs;
    return room;
  });
}

function drawBooking(random: Random, rig: Rig, room: Room): Booking {
  const lastEndMs = room.toMs - pauseMs;
  const createdAtMs = Math.floor(room.fromMs + random.between(0, 0.15) * (lastEndMs - room.fromMs));
  const roomSec = Math.floor((lastEndMs - createdAtMs) / 1000);
  const durationSec = Math.max(
    rig.minDurationSec,
    Math.min(drawDuration(random), rig.maxDurationSec, inWholeMinutes(roomSec)),
  );
  const fate = drawFate(random, { createdAtMs, durationSec, lastEndMs });
  // The watchdog looks each second; what the consumer stops is settled at once.
  const isAtOnce = fate.end.reason !== 'expired';
  const settledAtMs = fate.end.endedAtMs + (isAtOnce ? 0 : random.integer(0, 999));
  return { rig, createdAtMs, durationSec, settledAtMs, ...fate };
}

function inWholeMinutes(seconds: number): number {
  return seconds < 120 ? seconds : seconds - (seconds % 60);
}

function drawDuration(random: Random): number {
  let left = random.between(0, durationShares);
  for (const [seconds, share] of durations) {
    left -= share;
    if (left < 0) return seconds;
  }
  return durations[0][0];
}

function causeOf(random: Random): Outage['cause'] {
  return random.chance(0.6) ? 'silent' : 'offline';
}

/** Outages in the time between leases. */
function drawOutagesBetween(random: Random, rig: Rig, bookings: readonly Booking[], endMs: number): Outage[] {
  const { fromMs, toMs } = rentableSpan(rig, endMs);
  const outages: Outage[] = [];
  let freeFromMs = fromMs;
  for (const booking of [...bookings, undefined]) {
    const freeToMs = (booking?.createdAtMs ?? toMs) - pauseMs;
    let timeMs = freeFromMs + random.exponential(dayMs / rig.outagesPerDay);
    while (timeMs < freeToMs - shortestOutageMs) {
      const wantedMs = shortestOutageMs + random.logNormal(7 * 60_000, 1.1);
      const endedAtMs = Math.floor(Math.min(timeMs + wantedMs, freeToMs));
      outages.push({ beganAtMs: Math.floor(timeMs), endedAtMs, cause: causeOf(random) });
      timeMs = endedAtMs + pauseMs + random.exponential(dayMs / rig.outagesPerDay);
    }
    if (booking) freeFromMs = Math.max(booking.settledAtMs, booking.outage?.endedAtMs ?? 0) + pauseMs;
  }
  return outages;
}
