/** Nonces of wallet sign-in (rest.md): five minutes, one use, bounded memory. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../kernel/clock.ts';

const validMs = 5 * 60_000;

/** Outstanding nonces; past that the oldest one ends early. */
const maxNonces = 10_000;

export class Nonces {
  readonly #clock: Clock;
  /** In the order of their making, so that the first is the oldest. */
  readonly #outstanding = new Map<string, { readonly address: string; readonly expiresAtMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param address lower case */
  create(address: string): string {
    this.#dropExpired();
    const oldest = this.#outstanding.keys().next();
    if (this.#outstanding.size >= maxNonces && !oldest.done) this.#outstanding.delete(oldest.value);
    const nonce = randomBytes(24).toString('base64url');
    this.#outstanding.set(nonce, { address, expiresAtMs: this.#clock.nowMs() + validMs });
    return nonce;
  }

  /** Uses a nonce up, whoever names it. True when it was made for this address and is still valid. */
  use(nonce: string, address: string): boolean {
    const entry = this.#outstanding.get(nonce);
    this.#outstanding.delete(nonce);
    return entry !== undefined && entry.address === address && this.#clock.nowMs() < entry.expiresAtMs;
  }

  #dropExpired(): void {
    const nowMs = this.#clock.nowMs();
    for (const [nonce, { expiresAtMs }] of this.#outstanding) {
      if (expiresAtMs > nowMs) return;
      this.#outstanding.delete(nonce);
    }
  }
}
