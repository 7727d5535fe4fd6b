import type { WorkerConfig } from '../../../contract/domain/worker-page.ts';
import { workerRoute, workerTimelineRoute } from '../../../contract/rest/worker-page.routes.ts';
import type { HttpServer } from '../../http/http-server.ts';
import { AppError } from '../../kernel/app-error.ts';
import { toUnixSeconds } from '../../kernel/clock.ts';
import type { Control } from '../control/index.ts';
import { toWorker, type Fleet, type FleetView, type LiveWorker } from '../fleet/index.ts';
import type { ActiveLease, Leases } from '../leases/index.ts';
import type { Reputations } from '../reputation/index.ts';
import type { StateLog } from '../worker-states/index.ts';

export interface WorkerPageOptions {
  readonly http: HttpServer;
  readonly fleet: Fleet;
  readonly view: FleetView;
  readonly leases: Pick<Leases, 'activeOf'>;
  readonly control: Pick<Control, 'wantedConfig'>;
  readonly reputations: Pick<Reputations, 'of'>;
  readonly states: StateLog;
}

/** `/api/workers/{worker_id}` and its timeline. */
export function mountWorkerPage(options: WorkerPageOptions): void {
  const { http, fleet, view, leases, control, reputations, states } = options;
  const require = (workerId: string): LiveWorker => {
    const worker = fleet.get(workerId);
    if (!worker) throw new AppError('not_found', `There is no worker ${workerId.slice(0, 128)}.`);
    return worker;
  };

  http.mount(workerRoute, async ({ params }) => {
    const worker = require(params.worker_id);
    const lease = leases.activeOf(worker.workerId);
    const asked = await control.wantedConfig(worker.workerId);
    return {
      ...toWorker(worker, view, reputations.of(worker)),
      account_id: worker.accountId,
      listed: worker.listed,
      version: worker.version,
      detail: worker.detail,
      lease_id: lease?.leaseId ?? '',
      registered_at: toUnixSeconds(worker.registeredAtMs),
      offline_since: view.isOnline(worker)
        ? null
        : toUnixSeconds(worker.offlineSinceMs ?? worker.lastHeartbeatMs),
      last_online_at: toUnixSeconds(worker.lastOnlineAtMs),
      total_online_sec: Math.round(worker.totalOnlineMs / 1000),
      accepted_blocks: worker.acceptedBlocks,
      miner_uptime_sec: worker.minerUptimeSec,
      config: { wanted: wantedOf(asked, lease), reported: reportedBy(worker) },
    };
  });

  http.mount(workerTimelineRoute, async ({ params, query }) => {
    const { workerId } = require(params.worker_id);
    const { fromMs, toMs, segments } = await states.timeline(workerId, query.hours);
    return { worker_id: workerId, from: toUnixSeconds(fromMs), to: toUnixSeconds(toMs), segments };
  });
}

/** A lease says for whom and with which prefix; all the rest is as it was asked. */
function wantedOf(
  asked: Awaited<ReturnType<Control['wantedConfig']>>,
  lease: ActiveLease | undefined,
): WorkerConfig['wanted'] {
  return {
    difficulty: asked.difficulty ?? null,
    address: lease?.consumerAddress ?? asked.address ?? null,
    prefix: lease?.prefix ?? asked.prefix ?? null,
    block_pattern: asked.block_pattern ?? null,
  };
}

function reportedBy(worker: LiveWorker): WorkerConfig['reported'] {
  const orNull = (text: string) => (text === '' ? null : text);
  return {
    difficulty: worker.difficulty === 0 ? null : worker.difficulty,
    address: orNull(worker.currentAddress),
    prefix: orNull(worker.currentPrefix),
    block_pattern: orNull(worker.currentBlockPattern),
  };
}
