/** One worker as its page shows it: what the platform answers, with what the feed tells since. */
import { computed, type ComputedRef } from 'vue';
import type { WorkerDetails } from '../../../src-main/contract/domain/worker-page.ts';
import { workerRoute } from '../../../src-main/contract/rest/worker-page.routes.ts';
import { useCall } from '../../api/query.ts';
import { useLive } from '../../state/live.ts';
import { useSession } from '../../state/session.ts';
import { shownState, type ShownState } from '../../state/worker-state.ts';
import { useNow } from '../../ui/use-now.ts';
import { isOwner } from '../control/ownership.ts';

/** What the feed does not tell (settings, lease, reputation) follows so often. */
const refreshMs = 5000;

export function useWorker(workerId: () => string) {
  const live = useLive();
  const now = useNow();
  const session = useSession();
  const { data, error, isPending, refetch } = useCall(
    workerRoute,
    () => ({ params: { worker_id: workerId() } }),
    { refreshMs },
  );
  /** Of this worker, not of the one that was looked at before. */
  const known = computed(() => (data.value?.worker_id === workerId() ? data.value : undefined));
  const worker: ComputedRef<WorkerDetails | undefined> = computed(() => {
    const fresh = live.worker(workerId());
    const { value: details } = known;
    if (!details || !fresh || fresh.last_heartbeat < details.last_heartbeat) return details;
    const { hashrate, active_gpus, last_heartbeat, online, state, self_blocks_found, honesty } = fresh;
    return { ...details, hashrate, active_gpus, last_heartbeat, online, state, self_blocks_found, honesty };
  });
  const state = computed<ShownState>(() => (worker.value ? shownState(worker.value, now.value) : 'offline'));
  /** Whether whoever looks may command it and see what is its owner's. */
  const isOurs = computed(() => {
    const { session: who, account } = session;
    if (!who || !worker.value) return false;
    if (who.trusted || account?.role === 'admin') return true;
    return (
      account !== undefined &&
      (account.account_id === worker.value.account_id || isOwner(account, worker.value))
    );
  });
  return { worker, state, isOurs, error, isPending, refetch };
}
