/** The chain simulator's RPC, as a miner calls it (rest.md, Chain simulator). */
import pLimit from 'p-limit';

export interface Submission {
  readonly hash: string;
  readonly key: string;
  readonly account: string;
  readonly attempts: number;
  readonly hashrate: string;
  readonly worker: string;
}

/** Calls at the same time, and calls that may wait; what comes on top is not submitted. */
const maxCalls = 4;
const maxWaiting = 500;

const callTimeoutMs = 10_000;

export class ChainClient {
  readonly #url: URL;
  readonly #limit = pLimit(maxCalls);
  readonly #stop = new AbortController();

  /** @param apiUrl where `/verify` is */
  constructor(apiUrl: string) {
    this.#url = new URL('/verify', apiUrl);
  }

  /** Submits a block; whether the chain takes it is no matter to the miner, which has reported it already. */
  submit(submission: Submission): void {
    if (this.#limit.pendingCount >= maxWaiting || this.#stop.signal.aborted) return;
    void this.#limit(() => this.#post(submission)).catch(() => undefined);
  }

  stop(): void {
    this.#stop.abort();
  }

  async #post({ hash, key, account, attempts, hashrate, worker }: Submission): Promise<void> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        hash_to_verify: hash,
        key,
        account,
        // As text: so the C++ miner sends it.
        attempts: String(attempts),
        hashes_per_second: hashrate,
        worker,
      }),
      signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(callTimeoutMs)]),
    });
    await response.body?.cancel();
  }
}
