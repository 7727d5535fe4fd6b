/** Computes proofs again, off the event loop, without letting a flood of claims take the machine. */
import { availableParallelism } from 'node:os';
import { classifyTag, proofMemoryLimitKib, tagOf } from '../../../contract/domain/proof.ts';
import type { Component } from '../../kernel/component.ts';
import { computeTag } from './argon2.ts';
import {
  concludeProof,
  examineProof,
  isUnchecked,
  type ProofClaim,
  type ProofResult,
  type ProofRules,
  type UncheckedProof,
} from './examine-proof.ts';
import { FairQueue } from './fair-queue.ts';

export interface ProofCheckerOptions {
  /** The rules in force now. */
  readonly rules: () => ProofRules;
}

/**
 * Claims of one sender that may wait; a connection that floods holds fewer, because the broker reads on only when
 * what it has read is settled. Past a bound a claim is not taken: its sender sends it again later.
 */
const maxWaitingOfSender = 4000;
const maxWaiting = 20_000;
/** So many claims of each sender are taken even when the queue is full of others' claims. */
const reservedForSender = 16;

/** A hash of this memory keeps a thread busy for some milliseconds: it takes a whole place. */
const memoryOfPlaceKib = 8192;
/** Cheap hashes share a place, so that the thread has the next one at hand while the event loop does other work. */
const smallestPart = 1 / 16;

/** Threads of the pool that hashing leaves to files and names. */
const threadsLeft = 1;

/** The claim could not be taken; its sender has to send it again. */
export class ProofNotTaken extends Error {
  override readonly name = 'ProofNotTaken';
}

interface Waiting {
  readonly unchecked: UncheckedProof;
  readonly resolve: (result: ProofResult) => void;
  readonly reject: (error: unknown) => void;
}

function countPlaces(): number {
  const threads = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4) || 4;
  return Math.max(1, Math.min(availableParallelism() - 1, threads - threadsLeft));
}

export class ProofChecker implements Component {
  readonly name = 'proofs';
  readonly #options: ProofCheckerOptions;
  readonly #places = countPlaces();
  readonly #queue = new FairQueue<Waiting>();
  readonly #running = new Set<Promise<void>>();
  #placesTaken = 0;
  #runningKib = 0;
  #hashed = 0;
  #isOpen = false;

  constructor(options: ProofCheckerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#isOpen = true;
  }

  /** Settles every claim: what is being hashed gets its result, what waits is rejected. */
  async stop(): Promise<void> {
    this.#isOpen = false;
    for (let waiting = this.#queue.take(); waiting; waiting = this.#queue.take()) {
      waiting.reject(new ProofNotTaken('the platform stops'));
    }
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Claims that wait for a thread, claims that are being hashed, and hashes since the start. */
  get stats(): { waiting: number; running: number; hashed: number } {
    return { waiting: this.#queue.size, running: this.#running.size, hashed: this.#hashed };
  }

  /** The cheap checks, at once: the result, or what `hash` has to do. */
  examine(claim: ProofClaim): ProofResult | UncheckedProof {
    return examineProof(claim, this.#options.rules());
  }

  /**
   * The kind of block that a hash without a proof says it is; empty when it holds no marker.
   *
   * @param hash any text
   */
  classify(hash: string, arrivedAtMs: number): ProofResult['type'] {
    const kind = classifyTag(tagOf(hash), arrivedAtMs, this.#options.rules());
    return kind === 'no_marker' || kind === 'outside_xuni_window' ? '' : kind;
  }

  /**
   * The dear check, when it is the sender's turn.
   *
   * @param sender whose line it waits in: a worker's id, or another name for one source of claims
   * @throws ProofNotTaken when too many claims wait, or the platform stops
   */
  hash(sender: string, unchecked: UncheckedProof): Promise<ProofResult> {
    const refusal = this.#refuse(sender);
    if (refusal !== undefined) return Promise.reject(new ProofNotTaken(refusal));
    return new Promise((resolve, reject) => {
      this.#queue.push(sender, { unchecked, resolve, reject }, unchecked.proof.memoryKib);
      this.#hashMore();
    });
  }

  /**
   * All checks of a claim.
   *
   * @throws ProofNotTaken see `hash`
   */
  async check(sender: string, claim: ProofClaim): Promise<ProofResult> {
    const examined = this.examine(claim);
    return isUnchecked(examined) ? this.hash(sender, examined) : examined;
  }

  #refuse(sender: string): string | undefined {
    if (!this.#isOpen) return 'the platform does not run';
    const ofSender = this.#queue.sizeOf(sender);
    if (ofSender >= maxWaitingOfSender) return `${ofSender} proofs of this sender wait to be checked`;
    if (this.#queue.size >= maxWaiting && ofSender >= reservedForSender)
      return `${this.#queue.size} proofs wait to be checked`;
    return undefined;
  }

  #hashMore(): void {
    for (let next = this.#queue.first; next; next = this.#queue.first) {
      const { memoryKib } = next.unchecked.proof;
      const place = Math.min(1, Math.max(smallestPart, memoryKib / memoryOfPlaceKib));
      const hasRoom =
        this.#placesTaken + place <= this.#places && this.#runningKib + memoryKib <= proofMemoryLimitKib;
      // It stays in the queue: until there is room, something cheaper may come before it.
      if (!hasRoom && this.#running.size > 0) return;
      this.#queue.take();
      this.#run(next, place);
    }
  }

  #run({ unchecked, resolve, reject }: Waiting, place: number): void {
    const { key, proof } = unchecked;
    this.#placesTaken += place;
    this.#runningKib += proof.memoryKib;
    const running = computeTag(key, proof)
      .then((tag) => resolve(concludeProof(unchecked, tag)), reject)
      .then(() => {
        this.#running.delete(running);
        this.#placesTaken -= place;
        this.#runningKib -= proof.memoryKib;
        this.#hashed += 1;
        this.#hashMore();
      });
    this.#running.add(running);
  }
}
