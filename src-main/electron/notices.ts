/** Which facts of the platform become notifications of the system. */
import type { Preferences } from '../contract/ipc/preferences.ts';
import type { Subscribable } from '../platform/kernel/event-bus.ts';
import type { PlatformEvents } from '../platform/platform.ts';
import type { Notice } from './notice-pace.ts';

const placeOf = (kind: string, id: string) => `/${kind}/${encodeURIComponent(id)}`;

/**
 * Hears a life of the platform.
 *
 * @param preferences as they are at each fact
 */
export function hearNotices(
  events: Subscribable<PlatformEvents>,
  preferences: () => Preferences,
  add: (notice: Notice) => void,
): void {
  events.on('block.recorded', ({ block }) => {
    if (!preferences().notifyBlocks || !block.counted) return;
    const kind = block.block_type === 'super' ? 'Superblock' : 'Block';
    add({
      kind: 'block',
      title: `${kind} found`,
      body: block.worker_id,
      place: placeOf('fleet', block.worker_id),
    });
  });
  events.on('lease.started', ({ lease }) => {
    if (!preferences().notifyLeases) return;
    const minutes = Math.round(lease.durationSec / 60);
    add({
      kind: 'lease',
      title: 'Lease started',
      body: `${lease.workerId} for ${minutes} min`,
      place: placeOf('leases', lease.leaseId),
    });
  });
  events.on('lease.settled', ({ lease }) => {
    if (!preferences().notifyLeases) return;
    add({
      kind: 'lease',
      title: lease.state === 'cancelled' ? 'Lease cancelled' : 'Lease ended',
      body: lease.worker_id,
      place: placeOf('leases', lease.lease_id),
    });
  });
  const offline = new Set<string>();
  events.on('worker.changed', ({ worker }) => {
    const { workerId, announcedOnline } = worker;
    if (announcedOnline && worker.offlineSinceMs === null) return void offline.delete(workerId);
    if (offline.has(workerId)) return;
    offline.add(workerId);
    if (preferences().notifyOffline)
      add({ kind: 'offline', title: 'Worker offline', body: workerId, place: placeOf('fleet', workerId) });
  });
}
