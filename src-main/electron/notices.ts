/** Which facts of the platform become notifications of the system. */
import type { Preferences } from '../contract/ipc/preferences.ts';
import type { Subscribable } from '../platform/kernel/event-bus.ts';
import type { PlatformEvents } from '../platform/platform.ts';
import type { Notice } from './notice-pace.ts';
import type { Words } from './words.ts';

const placeOf = (kind: string, id: string) => `/${kind}/${encodeURIComponent(id)}`;

/**
 * Hears a life of the platform.
 *
 * @param preferences as they are at each fact, and so are the words
 */
export function hearNotices(
  events: Subscribable<PlatformEvents>,
  preferences: () => Preferences,
  words: () => Words['notices'],
  add: (notice: Notice) => void,
): void {
  events.on('block.recorded', ({ block }) => {
    if (!preferences().notifyBlocks || !block.counted) return;
    add({
      kind: 'block',
      title: block.block_type === 'super' ? words().superblock : words().block,
      body: block.worker_id,
      place: placeOf('fleet', block.worker_id),
    });
  });
  events.on('lease.started', ({ lease }) => {
    if (!preferences().notifyLeases) return;
    const minutes = Math.round(lease.durationSec / 60);
    add({
      kind: 'lease',
      title: words().leaseStarted,
      body: words().leaseFor(lease.workerId, minutes),
      place: placeOf('leases', lease.leaseId),
    });
  });
  events.on('lease.settled', ({ lease }) => {
    if (!preferences().notifyLeases) return;
    add({
      kind: 'lease',
      title: lease.state === 'cancelled' ? words().leaseCancelled : words().leaseEnded,
      body: lease.worker_id,
      place: placeOf('leases', lease.lease_id),
    });
  });
  events.on('alert.notice', ({ incidentId, kind, event, count, subject, words: own }) => {
    if (!preferences().notifyAlerts) return;
    const { alerts, alertOver } = words();
    const sentence = alerts[kind](count, subject);
    add({
      kind: 'alert',
      title: own?.title ?? (event === 'resolved' ? alertOver : sentence),
      body: own?.text ?? (event === 'resolved' ? sentence : subject),
      place: incidentId === 0 ? '/alerts' : placeOf('alerts', String(incidentId)),
    });
  });
}
