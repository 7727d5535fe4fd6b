import { isOnline, type LiveWorker } from '../fleet/index.ts';
import type { WalletSample } from './wallet.repository.ts';
import { startOfHour } from './wallet-time.ts';

/** The workers of an address now. */
export interface WalletNow {
  /** H/s of those that are online. */
  hashrate: number;
  online: number;
  total: number;
  gpus: number;
  /** When the first of them registered; Infinity without one. */
  firstSeenMs: number;
}

function add(sum: WalletNow, worker: LiveWorker, nowMs: number): void {
  sum.total += 1;
  sum.gpus += worker.gpuCount;
  sum.firstSeenMs = Math.min(sum.firstSeenMs, worker.registeredAtMs);
  if (!isOnline(worker, nowMs)) return;
  sum.online += 1;
  sum.hashrate += worker.hashrate;
}

const nothing = (): WalletNow => ({ hashrate: 0, online: 0, total: 0, gpus: 0, firstSeenMs: Infinity });

/** @param address lower case */
export function sumWallet(workers: Iterable<LiveWorker>, address: string, nowMs: number): WalletNow {
  const sum = nothing();
  for (const worker of workers) {
    if (worker.ethAddress.toLowerCase() === address) add(sum, worker, nowMs);
  }
  return sum;
}

/** By lower-case address. */
export function sumWallets(workers: Iterable<LiveWorker>, nowMs: number): Map<string, WalletNow> {
  const sums = new Map<string, WalletNow>();
  for (const worker of workers) {
    if (worker.ethAddress === '') continue;
    const address = worker.ethAddress.toLowerCase();
    const sum = sums.get(address) ?? nothing();
    sums.set(address, sum);
    add(sum, worker, nowMs);
  }
  return sums;
}

/** Samples that wait to be stored, one entry an address and hour. */
export class PendingSamples {
  #waiting = new Map<string, WalletSample>();

  get size(): number {
    return this.#waiting.size;
  }

  /** @param counts false: it can only raise the peak, it does not change the mean */
  observe(address: string, now: WalletNow, nowMs: number, counts: boolean): void {
    this.#add({
      address,
      hourStartMs: startOfHour(nowMs),
      hashrateSum: counts ? now.hashrate : 0,
      samples: counts ? 1 : 0,
      peakHashrate: now.hashrate,
      peakAtMs: nowMs,
      workersOnline: now.online,
      totalWorkers: now.total,
      firstSeenMs: now.firstSeenMs,
    });
  }

  /** Hands everything over. */
  take(): WalletSample[] {
    const taken = [...this.#waiting.values()];
    this.#waiting = new Map();
    return taken;
  }

  /** Takes back what could not be stored. */
  putBack(samples: readonly WalletSample[]): void {
    const later = this.take();
    for (const sample of [...samples, ...later]) this.#add(sample);
  }

  #add(sample: WalletSample): void {
    const key = `${sample.hourStartMs} ${sample.address}`;
    const earlier = this.#waiting.get(key);
    this.#waiting.set(key, earlier ? merge(earlier, sample) : sample);
  }
}

function merge(earlier: WalletSample, later: WalletSample): WalletSample {
  const { peakHashrate, peakAtMs } = later.peakHashrate > earlier.peakHashrate ? later : earlier;
  return {
    ...later,
    hashrateSum: earlier.hashrateSum + later.hashrateSum,
    samples: earlier.samples + later.samples,
    peakHashrate,
    peakAtMs,
    workersOnline: Math.max(earlier.workersOnline, later.workersOnline),
    firstSeenMs: Math.min(earlier.firstSeenMs, later.firstSeenMs),
  };
}
