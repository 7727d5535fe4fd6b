/** What is usual for each worker: the median of its hashrate over the last hour, and how many GPUs it had at work. */
import type { LiveWorker } from '../fleet/index.ts';

export const sampleEveryMs = 60_000;

/** What is older is not usual any more. */
export const baselineMs = 3_600_000;
const maxSamples = baselineMs / sampleEveryMs;

/** With fewer samples nothing is usual yet. */
const leastSamples = 5;

class Ring {
  readonly #values = new Float32Array(maxSamples);
  readonly #times = new Float64Array(maxSamples);
  readonly #phase: number;
  #next = 0;
  #lastMs = 0;
  /** Whether a sample was offered yet. */
  #isLive = false;
  #median: number | undefined;
  #isMedianKnown = true;

  /** @param phase the second of the minute in which it begins, so that not all workers are sampled in the same */
  constructor(phase: number) {
    this.#phase = phase;
  }

  /** Returns at once unless a sample is due. */
  offer(value: number, nowMs: number): void {
    if (!this.#isLive && Math.floor(nowMs / 1000) % 60 !== this.#phase) return;
    if (nowMs - this.#lastMs < sampleEveryMs && this.#lastMs <= nowMs) return;
    this.#isLive = true;
    this.put(value, nowMs);
  }

  /** Takes a sample, whenever it was. */
  put(value: number, atMs: number): void {
    this.#values[this.#next] = value;
    this.#times[this.#next] = this.#lastMs = atMs;
    this.#next = (this.#next + 1) % maxSamples;
    this.#isMedianKnown = false;
  }

  /** undefined: too little is known. */
  get median(): number | undefined {
    if (!this.#isMedianKnown) this.#median = this.#compute();
    this.#isMedianKnown = true;
    return this.#median;
  }

  #compute(): number | undefined {
    const recent = this.#values.filter((_value, index) => {
      const atMs = this.#times[index] ?? 0;
      return atMs > 0 && this.#lastMs - atMs < baselineMs;
    });
    if (recent.length < leastSamples) return undefined;
    recent.sort();
    const middle = recent.length >> 1;
    const upper = recent[middle] ?? 0;
    return recent.length % 2 === 1 ? upper : ((recent[middle - 1] ?? 0) + upper) / 2;
  }
}

interface Usual {
  /** Of its own mining, and of work for a lease: the two may differ. */
  own: Ring;
  leased: Ring;
  /** Another difficulty is another hashrate. */
  difficulty: number;
  readonly phase: number;
  peakGpus: number;
  /** Since it registered a heartbeat came: its figures are of now. */
  isHeard: boolean;
}

function newRings(phase: number): Pick<Usual, 'own' | 'leased'> {
  return { own: new Ring(phase), leased: new Ring(phase) };
}

export class Baselines {
  readonly #usual = new Map<string, Usual>();

  /** A heartbeat came. */
  heard(worker: LiveWorker): void {
    const usual = this.#of(worker);
    usual.isHeard = true;
    if (worker.activeGpus > usual.peakGpus) usual.peakGpus = worker.activeGpus;
    if (worker.difficulty !== usual.difficulty)
      Object.assign(usual, { ...newRings(usual.phase), difficulty: worker.difficulty });
  }

  /** It began anew, perhaps with other hardware. */
  registered(worker: LiveWorker): void {
    Object.assign(this.#of(worker), { peakGpus: 0, isHeard: false });
  }

  /** Its hashrate as it works; taken once a minute, however often it is offered. */
  offer(worker: LiveWorker, isLeased: boolean, nowMs: number): void {
    const usual = this.#of(worker);
    (isLeased ? usual.leased : usual.own).offer(worker.hashrate, nowMs);
  }

  /** A hashrate of before the platform started. */
  recall(worker: LiveWorker, isLeased: boolean, hashrate: number, atMs: number): void {
    const usual = this.#of(worker);
    (isLeased ? usual.leased : usual.own).put(hashrate, atMs);
  }

  /** Median in H/s; undefined while too little is known. */
  medianOf(workerId: string, isLeased: boolean): number | undefined {
    const usual = this.#usual.get(workerId);
    return (isLeased ? usual?.leased : usual?.own)?.median;
  }

  peakGpusOf(workerId: string): number {
    return this.#usual.get(workerId)?.peakGpus ?? 0;
  }

  isHeard(workerId: string): boolean {
    return this.#usual.get(workerId)?.isHeard === true;
  }

  #of({ workerId, difficulty }: LiveWorker): Usual {
    let usual = this.#usual.get(workerId);
    if (!usual) {
      const phase = this.#usual.size % 60;
      usual = { ...newRings(phase), phase, difficulty, peakGpus: 0, isHeard: false };
      this.#usual.set(workerId, usual);
    }
    return usual;
  }
}
