/** What the feed tells of leases. */
import { useDebounceFn } from '@vueuse/core';
import { onScopeDispose, shallowRef, type ShallowRef } from 'vue';
import type { LeaseData } from '../../../src-main/contract/ws/feed.ts';
import { useLive } from '../../state/live.ts';

/** Many leases may begin or end at once: what is shown is asked for again after the last, or after a while. */
const settleMs = 400;
const longestMs = 2500;

/**
 * Calls `changed` soon after leases began or ended.
 *
 * @param concerns which of them matter
 * @returns ids of leases that began while somebody looks
 */
export function followLeases(
  changed: () => void,
  concerns: (lease: LeaseData) => boolean = () => true,
): Readonly<ShallowRef<ReadonlySet<string>>> {
  const live = useLive();
  const fresh = shallowRef<ReadonlySet<string>>(new Set());
  const changedSoon = useDebounceFn(changed, settleMs, { maxWait: longestMs });
  const stops = [
    live.on('lease', (lease) => {
      if (!concerns(lease)) return;
      if (lease.state === 'active') fresh.value = new Set(fresh.value).add(lease.lease_id);
      void changedSoon();
    }),
    // What happened while there was no connection.
    live.on('snapshot', () => void changedSoon()),
  ];
  onScopeDispose(() => {
    for (const stop of stops) stop();
  });
  return fresh;
}
