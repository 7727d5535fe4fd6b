/** Workers that came while somebody watched, and, for the operator, in the hour before. */
import { computed, onScopeDispose, shallowRef } from 'vue';
import { arrivalsRoute } from '../../../src-main/contract/rest/onboarding.routes.ts';
import { useCall } from '../../api/query.ts';
import { useLive } from '../../state/live.ts';
import { useSession } from '../../state/session.ts';

export interface Arrival {
  readonly id: string;
  readonly gpus: number;
  readonly hashrate: number;
  /** Unix seconds. */
  readonly at: number;
  /** It came while somebody watched. */
  readonly isNew: boolean;
}

const maxShown = 8;
/** Refusals and connections without a register are no news of the feed. */
const refreshMs = 1000;

export function useArrivals() {
  const live = useLive();
  const session = useSession();
  const { data, error, refetch } = useCall(arrivalsRoute, undefined, {
    refreshMs,
    enabled: () => session.isAdmin,
  });
  const seen = shallowRef<readonly Arrival[]>([]);
  const known = new Set(live.workers.keys());
  onScopeDispose(
    live.on('workers', (workers) => {
      const fresh = workers.filter(({ worker_id }) => !known.has(worker_id));
      if (fresh.length === 0) return;
      for (const { worker_id } of fresh) known.add(worker_id);
      const at = Date.now() / 1000;
      const rows = fresh.map(({ worker_id: id, gpu_count: gpus, hashrate }) => ({
        ...{ id, gpus, hashrate, at },
        isNew: true,
      }));
      seen.value = [...rows.reverse(), ...seen.value].slice(0, maxShown);
    }),
  );
  const arrivals = computed<readonly Arrival[]>(() => {
    const before = (data.value?.arrived ?? [])
      .filter(({ worker_id }) => !seen.value.some(({ id }) => id === worker_id))
      .map((worker) => ({
        id: worker.worker_id,
        gpus: worker.gpu_count,
        hashrate: worker.hashrate,
        at: worker.registered_at,
        isNew: false,
      }));
    return [...seen.value, ...before].slice(0, maxShown);
  });
  return { arrivals, data, error, refetch };
}
