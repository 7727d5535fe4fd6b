/** The hashrates of the last day, in rounds like those of the platform, but fewer. */
import { Presence } from './presence.ts';
import type { RigCalendar } from './rig-calendar.ts';
import type { Setting } from './test-data-size.ts';

export interface HashrateRound {
  readonly takenAtMs: number;
  /** The sums of the rigs that were online. */
  readonly sum: { hashrate: number; activeGpus: number; online: number };
  /** Each of them; empty in a round that only the fleet's sums are of. */
  readonly samples: { workerId: string; hashrate: number; activeGpus: number }[];
}

const platformStepMs = 30_000;
const keepMs = 24 * 3_600_000;

/** A round of the platform holds each worker: with many workers there are fewer rounds, so that this is not exceeded. */
const maxSamples = 300_000;

/** Time between two rounds: 30 s, or a multiple of it for more than about a hundred workers. */
export function roundStepMs(workers: number): number {
  const rounds = keepMs / platformStepMs;
  return platformStepMs * Math.max(1, Math.ceil((rounds * workers) / maxSamples));
}

/**
 * Rounds of the last day, rising in time. Where the platform had taken rounds already, these are the ones: each is
 * summed up, and every step one of them holds each rig, too.
 *
 * @param takenMs when rounds were taken already, rising
 */
export function* hashrateRounds(
  { startMs, endMs, workers }: Setting,
  calendars: readonly RigCalendar[],
  takenMs: readonly number[],
): Generator<HashrateRound> {
  const stepMs = roundStepMs(workers);
  const rigs = calendars.map((calendar) => ({ ...calendar, presence: new Presence(calendar) }));
  rigs.sort((left, right) => (left.rig.workerId < right.rig.workerId ? -1 : 1));
  let sampledAtMs = 0;
  for (const takenAtMs of roundTimes(Math.max(startMs, endMs - keepMs), endMs, stepMs, takenMs)) {
    const round: HashrateRound = {
      takenAtMs,
      sum: { hashrate: 0, activeGpus: 0, online: 0 },
      samples: [],
    };
    const isSampled = takenAtMs - sampledAtMs >= stepMs;
    if (isSampled) sampledAtMs = takenAtMs;
    for (const { rig, presence } of rigs) {
      if (!presence.isOnline(takenAtMs)) continue;
      const hashrate = rig.curve.at(takenAtMs);
      const activeGpus = rig.curve.activeGpusAt(takenAtMs);
      round.sum.hashrate += hashrate;
      round.sum.activeGpus += activeGpus;
      round.sum.online += 1;
      if (isSampled) round.samples.push({ workerId: rig.workerId, hashrate, activeGpus });
    }
    yield round;
  }
}

/** The rounds that are there, and multiples of the step where there are none nearby. */
function roundTimes(fromMs: number, endMs: number, stepMs: number, takenMs: readonly number[]): number[] {
  const taken = takenMs.filter((timeMs) => timeMs > fromMs && timeMs <= endMs);
  const times: number[] = [];
  let next = 0;
  for (let timeMs = Math.ceil(fromMs / stepMs) * stepMs; timeMs <= endMs; timeMs += stepMs) {
    while ((taken[next] ?? Infinity) < timeMs - stepMs / 2) times.push(taken[next++] as number);
    const isTaken = (taken[next] ?? Infinity) <= timeMs + stepMs / 2;
    if (!isTaken && timeMs > fromMs) times.push(timeMs);
  }
  return [...times, ...taken.slice(next)];
}
