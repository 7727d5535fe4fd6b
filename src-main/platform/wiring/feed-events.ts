import type { LeaseData } from '../../contract/ws/feed.ts';
import type { ActiveLease, LeaseEvents } from '../features/leases/index.ts';
import { toUnixSeconds } from '../kernel/clock.ts';
import { type Component } from '../kernel/component.ts';
import type { Parts } from './parts.ts';

/** Workers that are offline are told of this often. */
const healthEveryMs = 60_000;

/** Carries facts from the bus to the feed while the platform runs. */
export function feedEvents({ bus, feed, fleet, view, clock, accounts }: Parts): Component {
  let cancels: (() => void)[] = [];
  return {
    name: 'feed-events',
    start() {
      cancels = [
        bus.on('heartbeat', ({ worker }) =>
          feed.heartbeat({
            worker_id: worker.workerId,
            hashrate: worker.hashrate,
            active_gpus: worker.activeGpus,
          }),
        ),
        bus.on('worker.registered', ({ worker }) => {
          feed.worker(view.feedWorker(worker));
          accounts.forgetCounts();
        }),
        bus.on('worker.changed', ({ worker }) => feed.worker(view.feedWorker(worker))),
        bus.on('block.recorded', ({ block }) => {
          feed.block({ worker_id: block.worker_id, hash: block.hash, lease_id: block.lease_id });
          // Its row shows how many it found.
          const worker = block.counted ? fleet.get(block.worker_id) : undefined;
          if (worker) feed.worker(view.feedWorker(worker));
        }),
        bus.on('command.changed', ({ command: { command_id, batch_id, worker_id, action, state } }) =>
          feed.command({ command_id, batch_id, worker_id, action, state }),
        ),
        bus.on('alert.changed', ({ incidentId, event, open, isTold }) =>
          feed.alert({ incident_id: incidentId, event, open, is_told: isTold }),
        ),
        bus.on('lease.started', ({ lease }) => feed.lease(toStarted(lease))),
        bus.on('lease.settled', (settled) => feed.lease(toEnded(settled))),
        clock.every(healthEveryMs, () => feed.health(view.offlineWorkers())),
      ];
    },
    stop() {
      for (const cancel of cancels.splice(0)) cancel();
    },
  };
}

function toStarted(lease: ActiveLease): LeaseData {
  return {
    lease_id: lease.leaseId,
    worker_id: lease.workerId,
    consumer_id: lease.consumerId,
    state: 'active',
    duration_sec: lease.durationSec,
    created_at: toUnixSeconds(lease.createdAtMs),
    expires_at: toUnixSeconds(lease.expiresAtMs),
    ended_at: null,
    settled_at: null,
    end_reason: '',
    blocks_found: 0,
  };
}

function toEnded({ lease: row, settlement }: LeaseEvents['lease.settled']): LeaseData {
  return {
    lease_id: row.lease_id,
    worker_id: row.worker_id,
    consumer_id: row.consumer_id,
    state: row.state,
    duration_sec: row.duration_sec,
    created_at: toUnixSeconds(row.created_at_ms),
    expires_at: toUnixSeconds(row.created_at_ms + row.duration_sec * 1000),
    ended_at: row.ended_at_ms === null ? null : toUnixSeconds(row.ended_at_ms),
    settled_at: toUnixSeconds(settlement.settled_at_ms),
    end_reason: row.end_reason,
    blocks_found: row.blocks_found,
  };
}
