/** When something that is measured again and again counts as begun, and when as over: duration and hysteresis. */

export interface Limits {
  readonly minDurationMs: number;
  readonly clearAfterMs: number;
}

interface Entry {
  readonly sinceMs: number;
  isTripped: boolean;
  trippedAtMs: number;
  clearSinceMs: number | undefined;
  /** What its value was held against when it tripped. */
  reference: number | null;
  /** Somebody closed the incident by hand: it is not news until it was over once. */
  isDismissed: boolean;
}

/** The subjects of one rule that are not as they should be. */
export class Tracker {
  readonly #entries = new Map<string, Entry>();

  get size(): number {
    return this.#entries.size;
  }

  /** Whether it counts as begun; a dismissed one does. */
  isTripped(subject: string): boolean {
    return this.#entries.get(subject)?.isTripped === true;
  }

  /** What a tripped subject is held against. */
  referenceOf(subject: string): number | null {
    const entry = this.#entries.get(subject);
    return entry?.isTripped ? entry.reference : null;
  }

  /** Those that count as begun and were not dismissed, with the time. */
  *tripped(): Generator<{ readonly subject: string; readonly atMs: number }> {
    for (const [subject, entry] of this.#entries)
      if (entry.isTripped && !entry.isDismissed) yield { subject, atMs: entry.trippedAtMs };
  }

  /** All that are not as they should be. */
  subjects(): string[] {
    return [...this.#entries.keys()];
  }

  /** Goes on with what was open before a restart. */
  resume(subject: string, sinceMs: number, reference: number | null): void {
    this.#entries.set(subject, {
      ...{ sinceMs, reference, isTripped: true, trippedAtMs: sinceMs },
      ...{ clearSinceMs: undefined, isDismissed: false },
    });
  }

  dismiss(subject: string): void {
    const entry = this.#entries.get(subject);
    if (entry) entry.isDismissed = true;
  }

  /**
   * Takes a look at a subject into account.
   *
   * @param isBad beyond the threshold
   * @param isGood beyond the clear threshold; between the two nothing changes for one that tripped
   * @param reference computed when it trips
   */
  look(
    subject: string,
    { isBad, isGood }: { readonly isBad: boolean; readonly isGood: boolean },
    { minDurationMs, clearAfterMs }: Limits,
    nowMs: number,
    reference: () => number | null,
  ): 'trip' | 'clear' | undefined {
    const entry = this.#entries.get(subject);
    if (!entry) {
      if (!isBad) return undefined;
      const isTripped = minDurationMs === 0;
      this.#entries.set(subject, {
        ...{ sinceMs: nowMs, isTripped, trippedAtMs: nowMs, clearSinceMs: undefined, isDismissed: false },
        reference: isTripped ? reference() : null,
      });
      return isTripped ? 'trip' : undefined;
    }
    if (!entry.isTripped) {
      if (!isBad) this.#entries.delete(subject);
      else if (nowMs - entry.sinceMs >= minDurationMs) {
        Object.assign(entry, { isTripped: true, trippedAtMs: nowMs, reference: reference() });
        return 'trip';
      }
      return undefined;
    }
    if (!isGood) return void (entry.clearSinceMs = undefined);
    entry.clearSinceMs ??= nowMs;
    return nowMs - entry.clearSinceMs >= clearAfterMs ? this.clear(subject) : undefined;
  }

  /** It is over at once. */
  clear(subject: string): 'clear' | undefined {
    const entry = this.#entries.get(subject);
    this.#entries.delete(subject);
    return entry?.isTripped && !entry.isDismissed ? 'clear' : undefined;
  }
}
