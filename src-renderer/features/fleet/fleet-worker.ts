/** What the fleet page reads out of a worker beside its fields. */
import { nameGpus, shortGpuName } from '../../../src-main/contract/domain/gpu-name.ts';
import type { FeedWorker } from '../../../src-main/contract/domain/worker.ts';

/** What does not change while a worker's object stays the same: heartbeats only write its figures. */
interface Derived {
  readonly gpuLabel: string;
  /** Names of its GPUs without their maker, each once. */
  readonly models: readonly string[];
  readonly searchText: string;
}

const known = new WeakMap<FeedWorker, Derived>();

function derivedOf(worker: FeedWorker): Derived {
  let derived = known.get(worker);
  if (!derived) {
    const names = [...new Set(worker.gpus.map(({ name }) => name))];
    derived = {
      gpuLabel: nameGpus(worker.gpus, worker.gpu_count),
      models: [...new Set(names.map(shortGpuName))].filter((name) => name !== ''),
      searchText: [worker.worker_id, worker.eth_address, ...names].join('\n').toLowerCase(),
    };
    known.set(worker, derived);
  }
  return derived;
}

/** `4x RTX 4090`, `8x (mixed)`. */
export const gpuLabelOf = (worker: FeedWorker): string => derivedOf(worker).gpuLabel;

/** Names of its GPUs without their maker, each once. */
export const gpuModelsOf = (worker: FeedWorker): readonly string[] => derivedOf(worker).models;

/** Lower-case text in which a search looks: id, address, GPUs. */
export const searchTextOf = (worker: FeedWorker): string => derivedOf(worker).searchText;

/** A worker that is here for less than this has no share of time yet. */
const leastLifeSec = 60;

/** Which part of the time since it registered it was online, 0 to 1; undefined for a new one. */
export function uptimeShare(worker: FeedWorker, nowSec: number): number | undefined {
  const lifeSec = nowSec - worker.registered_at;
  if (worker.registered_at <= 0 || lifeSec < leastLifeSec) return undefined;
  // The total is of the last time the platform told the whole worker; heartbeats came since.
  const sinceSec = worker.online ? Math.max(0, worker.last_heartbeat - worker.last_online_at) : 0;
  return Math.min(1, (worker.total_online_sec + sinceSec) / lifeSec);
}

/** H/s of one of its working GPUs, where all are of one model; undefined otherwise. */
export function hashratePerGpu(worker: FeedWorker): { model: string; hashrate: number } | undefined {
  const [model, ...others] = gpuModelsOf(worker);
  if (model === undefined || others.length > 0 || worker.active_gpus === 0) return undefined;
  return { model, hashrate: worker.hashrate / worker.active_gpus };
}
