import { computed, type ComputedRef } from 'vue';
import { useSession } from '../../state/session.ts';
import { mayCommand, type OwnedWorker } from './ownership.ts';

/** Whether whoever looks may command a worker; a new function when somebody else looks. */
export function useMayCommand(): ComputedRef<(worker: OwnedWorker) => boolean> {
  const session = useSession();
  return computed(() => {
    const { session: known } = session;
    return (worker) => mayCommand(known, worker);
  });
}
