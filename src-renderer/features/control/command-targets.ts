/** Who would get a command, and who would not and why: what a person sees before it is sent. */
import type { FeedWorker } from '../../../src-main/contract/domain/worker.ts';
import { shownState } from '../../state/worker-state.ts';
import { actionTraits, type OfferedAction } from './command-action.ts';

/** Why a worker does not get it. `gone`: the platform knows it no longer. */
export const skipReasons = ['foreign', 'leased', 'offline', 'gone'] as const;
export type SkipReason = (typeof skipReasons)[number];

export interface CommandPreview {
  /** Ids of those that get it. */
  readonly targets: readonly string[];
  readonly skipped: Readonly<Record<SkipReason, readonly string[]>>;
  /** How many of the targets are rented out now. */
  readonly leased: number;
}

export interface PreviewOptions {
  readonly action: OfferedAction;
  readonly includeLeased: boolean;
  readonly mayCommand: (worker: FeedWorker) => boolean;
  /** The platform's time in Unix seconds. */
  readonly nowSec: number;
}

const leasedStates: readonly string[] = ['LEASED', 'MINING'];

/** Whether a worker works on a lease, or says so. */
export function isLeased({ state }: Pick<FeedWorker, 'state'>): boolean {
  return leasedStates.includes(state);
}

/** Sorts the chosen workers into who gets it and who does not; the first reason that holds counts. */
export function previewCommand(
  ids: Iterable<string>,
  workers: ReadonlyMap<string, FeedWorker>,
  { action, includeLeased, mayCommand, nowSec }: PreviewOptions,
): CommandPreview {
  const { harmsLease = false, isAboutListing = false } = actionTraits[action];
  const targets: string[] = [];
  const skipped: Record<SkipReason, string[]> = { foreign: [], leased: [], offline: [], gone: [] };
  let leased = 0;
  for (const id of ids) {
    const worker = workers.get(id);
    if (!worker) skipped.gone.push(id);
    else if (!mayCommand(worker)) skipped.foreign.push(id);
    else if (!isAboutListing && shownState(worker, nowSec) === 'offline') skipped.offline.push(id);
    else if (isLeased(worker) && !isAboutListing && !includeLeased) skipped.leased.push(id);
    else {
      targets.push(id);
      if (isLeased(worker) && harmsLease) leased += 1;
    }
  }
  return { targets, skipped, leased };
}
