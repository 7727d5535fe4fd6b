/** After a start: takes what was usual from the stored history, as if the platform had watched all the time. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Fleet } from '../fleet/index.ts';
import { baselineMs, sampleEveryMs, type Baselines } from './baselines.ts';
import type { LeasedSpan, StateChange, UsualRepository } from './usual.repository.ts';

export interface RecallOptions {
  readonly repository: UsualRepository;
  readonly baselines: Baselines;
  readonly fleet: Pick<Fleet, 'get'>;
  readonly nowMs: number;
}

/** Fills the baselines with the hashrates of the last hour; one round of samples holds the event loop at a time. */
export async function recallBaselines({ repository, baselines, fleet, nowMs }: RecallOptions): Promise<void> {
  const sinceMs = nowMs - baselineMs;
  const past = new Past(await repository.states(sinceMs), await repository.leasedSpans(sinceMs));
  for (const atMs of await repository.rounds(sinceMs, sampleEveryMs)) {
    if (atMs > nowMs) break;
    await nextTurn();
    for (const { workerId, hashrate } of await repository.hashrates(atMs)) {
      const worker = fleet.get(workerId);
      if (!worker?.listed || atMs < worker.difficultySinceMs) continue;
      const work = past.workAt(workerId, atMs);
      if (work !== undefined) baselines.recall(worker, work === 'leased', hashrate, atMs);
    }
  }
}

/** What workers did; asked in the order of time. */
class Past {
  readonly #changes: ReadonlyMap<string, StateChange[]>;
  readonly #spans: ReadonlyMap<string, LeasedSpan[]>;

  constructor(changes: readonly StateChange[], spans: readonly LeasedSpan[]) {
    this.#changes = Map.groupBy(changes, ({ workerId }) => workerId);
    this.#spans = Map.groupBy(spans, ({ workerId }) => workerId);
  }

  /** undefined: it did not work, or was about to begin with a lease. */
  workAt(workerId: string, atMs: number): 'own' | 'leased' | undefined {
    const changes = this.#changes.get(workerId) ?? [];
    while ((changes[1]?.sinceMs ?? Infinity) <= atMs) changes.shift();
    const [current] = changes;
    if (!current || current.sinceMs > atMs) return undefined;
    const isMiningForLease = (this.#spans.get(workerId) ?? []).some(
      ({ fromMs, toMs }) => fromMs <= atMs && (toMs === null || atMs < toMs),
    );
    if (current.state === 'leased') return isMiningForLease ? 'leased' : undefined;
    const isOwn = current.state === 'available' || current.state === 'mining';
    return isOwn && !isMiningForLease ? 'own' : undefined;
  }
}
