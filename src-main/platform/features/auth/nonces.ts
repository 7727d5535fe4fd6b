/** Texts that are valid for a while and once, for one subject, in bounded memory. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../kernel/clock.ts';

/** Outstanding ones; past that the oldest one ends early. */
const maxNonces = 10_000;

export class Nonces {
  readonly #clock: Clock;
  readonly #validMs: number;
  /** In the order of their making, so that the first is the oldest. */
  readonly #outstanding = new Map<string, { readonly subject: string; readonly expiresAtMs: number }>();

  constructor(clock: Clock, validMs: number) {
    this.#clock = clock;
    this.#validMs = validMs;
  }

  /** @param subject for whom it is: an address in lower case, an account */
  create(subject: string): string {
    this.#dropExpired();
    const oldest = this.#outstanding.keys().next();
    if (this.#outstanding.size >= maxNonces && !oldest.done) this.#outstanding.delete(oldest.value);
    const nonce = randomBytes(24).toString('base64url');
    this.#outstanding.set(nonce, { subject, expiresAtMs: this.#clock.nowMs() + this.#validMs });
    return nonce;
  }

  /** Uses a nonce up, whoever names it. Returns for whom it was made while it is valid. */
  take(nonce: string): string | undefined {
    const entry = this.#outstanding.get(nonce);
    this.#outstanding.delete(nonce);
    return entry !== undefined && this.#clock.nowMs() < entry.expiresAtMs ? entry.subject : undefined;
  }

  #dropExpired(): void {
    const nowMs = this.#clock.nowMs();
    for (const [nonce, { expiresAtMs }] of this.#outstanding) {
      if (expiresAtMs > nowMs) return;
      this.#outstanding.delete(nonce);
    }
  }
}
