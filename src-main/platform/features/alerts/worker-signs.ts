/** What the rules about workers measure. Called for every worker every second: nothing here may cost much. */
import type { AlertKind } from '../../../contract/domain/alert.ts';
import { onlineWindowMs } from '../../../contract/domain/worker.ts';
import { isOnline, type LiveWorker } from '../fleet/index.ts';
import { Baselines } from './baselines.ts';

export interface WorkerSignsOptions {
  /** The lease for which a worker mines now. */
  readonly leaseOf: (workerId: string) => { readonly leaseId: string } | undefined;
  /** Whether the honesty meter flags it. */
  readonly isFlagged: (worker: LiveWorker) => boolean;
  /** Blocks with the marker that one hash is worth; 0: nobody computes proofs, nothing can be expected. */
  readonly blocksPerHash: number;
}

/** Miners send a heartbeat each 30 s: figures that are older than this say nothing of now. */
const freshForMs = 45_000;

/** A worker that was away for so long is not missed any more when a watch begins. */
const missedForMs = 24 * 3_600_000;

/** In these a miner has work. */
const workingStates: ReadonlySet<string> = new Set(['AVAILABLE', 'MINING', 'SELF_MINING']);

interface Search {
  readonly leaseId: string;
  /** Computed since the last block, or since the watch began. */
  hashes: number;
}

export class WorkerSigns {
  readonly baselines = new Baselines();
  readonly #options: WorkerSignsOptions;
  /** By worker. */
  readonly #searches = new Map<string, Search>();

  constructor(options: WorkerSignsOptions) {
    this.#options = options;
  }

  /** Goes on counting; once per look, before anything is measured. */
  observe(worker: LiveWorker, nowMs: number, sinceLastMs: number): void {
    if (!this.#works(worker, nowMs)) return;
    const lease = this.#options.leaseOf(worker.workerId);
    if (worker.listed) this.baselines.offer(worker, lease !== undefined, nowMs);
    if (!lease || worker.reportedState !== 'MINING') return;
    let search = this.#searches.get(worker.workerId);
    if (search?.leaseId !== lease.leaseId) {
      search = { leaseId: lease.leaseId, hashes: 0 };
      this.#searches.set(worker.workerId, search);
    }
    search.hashes += (worker.hashrate * Math.min(sinceLastMs, freshForMs)) / 1000;
  }

  /** A block for a lease was found. */
  found(workerId: string): void {
    const search = this.#searches.get(workerId);
    if (search) search.hashes = 0;
  }

  /**
   * The value that a rule compares; undefined: it has nothing to say of this worker now.
   *
   * @param held what a worker that tripped is held against; null otherwise
   */
  measure(kind: AlertKind, worker: LiveWorker, nowMs: number, held: number | null): number | undefined {
    switch (kind) {
      case 'worker_offline':
        return this.#isMissing(worker, nowMs) ? 1 : 0;
      case 'worker_error':
        return isOnline(worker, nowMs) && worker.reportedState === 'ERROR' ? 1 : 0;
      case 'honesty':
        return this.#options.isFlagged(worker) ? 1 : 0;
      case 'hashrate_drop':
        return this.#hashrateDrop(worker, nowMs, held);
      case 'gpu_lost':
        if (!this.#works(worker, nowMs)) return undefined;
        return Math.max(0, (held ?? this.#expectedGpus(worker)) - worker.activeGpus);
      case 'lease_no_blocks':
        return this.#chanceOfNothing(worker);
      default:
        return undefined;
    }
  }

  /** What its value is held against, for the record. */
  reference(kind: AlertKind, worker: LiveWorker): number | null {
    if (kind === 'gpu_lost') return this.#expectedGpus(worker);
    if (kind !== 'hashrate_drop') return null;
    return this.baselines.medianOf(worker.workerId, this.#isLeased(worker)) ?? null;
  }

  /** What stands beside the value. */
  detail(kind: AlertKind, worker: LiveWorker): string {
    if (kind === 'worker_error') return worker.detail;
    return kind === 'lease_no_blocks' ? (this.#options.leaseOf(worker.workerId)?.leaseId ?? '') : '';
  }

  /** Whether it was heard of so recently that it is missed when it is away. */
  isMissed(worker: LiveWorker, nowMs: number): boolean {
    return worker.lastHeartbeatMs > 0 && nowMs - worker.lastHeartbeatMs < missedForMs;
  }

  #isMissing(worker: LiveWorker, nowMs: number): boolean {
    return worker.lastHeartbeatMs > 0 && !worker.saidGoodbye && !isOnline(worker, nowMs);
  }

  /** Online, heard of just now, and not paused or in error. */
  #works(worker: LiveWorker, nowMs: number): boolean {
    return (
      worker.offlineSinceMs === null &&
      nowMs - worker.lastHeartbeatMs < Math.min(freshForMs, onlineWindowMs) &&
      workingStates.has(worker.reportedState) &&
      this.baselines.isHeard(worker.workerId)
    );
  }

  #isLeased({ workerId }: LiveWorker): boolean {
    return this.#options.leaseOf(workerId) !== undefined;
  }

  /** An unlisted worker is its owner's own business: nobody is told of its hashrate. */
  #hashrateDrop(worker: LiveWorker, nowMs: number, held: number | null): number | undefined {
    if (!worker.listed || !this.#works(worker, nowMs)) return undefined;
    const usual = held ?? this.baselines.medianOf(worker.workerId, this.#isLeased(worker));
    if (usual === undefined || usual <= 0) return undefined;
    return Math.max(0, 100 * (1 - worker.hashrate / usual));
  }

  #expectedGpus({ workerId, gpuCount }: LiveWorker): number {
    return Math.max(gpuCount, this.baselines.peakGpusOf(workerId));
  }

  /** Blocks come independently of each other: none where λ are expected has the chance e^−λ. In percent. */
  #chanceOfNothing({ workerId }: LiveWorker): number | undefined {
    const { blocksPerHash, leaseOf } = this.#options;
    const search = this.#searches.get(workerId);
    if (!search || blocksPerHash === 0) return undefined;
    if (leaseOf(workerId)?.leaseId !== search.leaseId) {
      this.#searches.delete(workerId);
      return undefined;
    }
    return 100 * Math.exp(-search.hashes * blocksPerHash);
  }
}
