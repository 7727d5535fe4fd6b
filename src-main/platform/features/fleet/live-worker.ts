/** A worker as the platform knows it now: the read model of monitoring, market and feed. */
import { onlineWindowMs, type Gpu, type WorkerState } from '../../../contract/domain/worker.ts';

export interface LiveWorker {
  readonly workerId: string;
  accountId: string;
  /** EIP-55 form; empty without an address. */
  ethAddress: string;
  gpuCount: number;
  totalMemoryGb: number;
  gpus: Gpu[];
  version: string;
  registeredAtMs: number;
  pricePerMinMicro: number;
  minDurationSec: number;
  maxDurationSec: number;
  /** False after the owner's unlist command. */
  listed: boolean;
  /** What the miner last said of itself; never `offline`. */
  reportedState: WorkerState;
  detail: string;
  /** The lease that its last status named; empty without one. */
  reportedLeaseId: string;
  /** When an offline message or will was its last word; null while it is not. */
  offlineSinceMs: number | null;
  /** Its last word was that it stops, and not its will: nobody has to look for it. */
  saidGoodbye: boolean;
  hashrate: number;
  activeGpus: number;
  acceptedBlocks: number;
  difficulty: number;
  /** Since when it mines with this difficulty; 0: since before the platform noted it. */
  difficultySinceMs: number;
  minerUptimeSec: number;
  /** The last heartbeat or register; 0: none yet. */
  lastHeartbeatMs: number;
  /** The last sign of life of any kind. */
  lastOnlineAtMs: number;
  totalOnlineMs: number;
  /** Self-mined blocks that count. */
  selfBlocksFound: number;
  /** Blocks that were proven here, self-mined or leased. */
  provenBlocks: number;
  /** Of these, the ones with the marker: xuni blocks are found more often. */
  provenMarkerBlocks: number;
  /** Blocks that the earlier platform confirmed; they count for the reputation only. */
  carriedBlocks: number;
  currentAddress: string;
  currentPrefix: string;
  currentBlockPattern: string;
  /** Hashes that its heartbeats claim, and the blocks that these should have found. */
  claimedHashes: number;
  expectedBlocks: number;
  /** Lower-case text in which a search looks. */
  searchText: string;
  /** Whether it was online when the fleet last looked, to tell the change. */
  announcedOnline: boolean;
}

/** domain.md, Worker: a heartbeat or register younger than 90 s, and no offline message since. */
export function isOnline(worker: LiveWorker, nowMs: number): boolean {
  return worker.offlineSinceMs === null && nowMs - worker.lastHeartbeatMs < onlineWindowMs;
}

/**
 * The state to show: the miner's own word, or `offline` when that was its last one. A worker that its owner does not
 * offer for rent is not available, whatever it says.
 */
export function shownState(worker: LiveWorker): WorkerState {
  if (worker.offlineSinceMs !== null) return 'offline';
  return worker.reportedState === 'AVAILABLE' && !worker.listed ? 'SELF_MINING' : worker.reportedState;
}

/** The text that `search` looks through. */
export function toSearchText(worker: Pick<LiveWorker, 'workerId' | 'ethAddress' | 'gpus'>): string {
  return [worker.workerId, worker.ethAddress, ...new Set(worker.gpus.map((gpu) => gpu.name))]
    .join('\n')
    .toLowerCase();
}
