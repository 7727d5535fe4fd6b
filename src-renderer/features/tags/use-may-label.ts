import { computed, type ComputedRef } from 'vue';
import { useSession } from '../../state/session.ts';

/** Whether whoever looks may have tags and views at all. */
export function useMayLabel(): ComputedRef<boolean> {
  const session = useSession();
  return computed(() => session.isSignedIn || session.session?.trusted === true);
}
