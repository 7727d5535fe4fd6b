/** What of the fleet needs somebody: few rows that each name a cause, not a row for every worker. */
import type { FeedWorker } from '../../../src-main/contract/domain/worker.ts';
import { shownState } from '../../state/worker-state.ts';

export const attentionKinds = ['error', 'gpu_lost', 'over_claims', 'offline', 'stale'] as const;
export type AttentionKind = (typeof attentionKinds)[number];

export interface Attention {
  readonly kind: AttentionKind;
  readonly workerIds: readonly string[];
  /** Unix seconds: when the last of them was heard. */
  readonly lastHeard: number;
}

/** Causes in the order of their weight; those of nobody are left out. */
export function findAttention(workers: Iterable<FeedWorker>, nowSec: number): Attention[] {
  const found = new Map<AttentionKind, { workerIds: string[]; lastHeard: number }>();
  const add = (kind: AttentionKind, worker: FeedWorker) => {
    const group = found.get(kind) ?? { workerIds: [], lastHeard: 0 };
    group.workerIds.push(worker.worker_id);
    group.lastHeard = Math.max(group.lastHeard, worker.last_heartbeat);
    found.set(kind, group);
  };
  for (const worker of workers) {
    const state = shownState(worker, nowSec);
    if (state === 'error' || state === 'offline' || state === 'stale') add(state, worker);
    else if (worker.active_gpus < worker.gpu_count && state !== 'paused') add('gpu_lost', worker);
    if (worker.honesty.flag === 'over_claims') add('over_claims', worker);
  }
  return attentionKinds.flatMap((kind) => {
    const group = found.get(kind);
    return group ? [{ kind, ...group }] : [];
  });
}
