import { type Component } from '../kernel/component.ts';
import type { Parts } from './parts.ts';

/** Workers that are offline are told of this often. */
const healthEveryMs = 60_000;

/** Carries facts from the bus to the feed while the platform runs. */
export function feedEvents({ bus, feed, view, clock, accounts }: Parts): Component {
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
        bus.on('block.recorded', ({ block }) =>
          feed.block({ worker_id: block.worker_id, hash: block.hash, lease_id: block.lease_id }),
        ),
        bus.on('command.changed', ({ command: { command_id, batch_id, worker_id, action, state } }) =>
          feed.command({ command_id, batch_id, worker_id, action, state }),
        ),
        clock.every(healthEveryMs, () => feed.health(view.offlineWorkers())),
      ];
    },
    stop() {
      for (const cancel of cancels.splice(0)) cancel();
    },
  };
}
