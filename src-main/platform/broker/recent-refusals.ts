/** What the broker turned away lately, in bounded memory: the same again is counted, not kept again. */
import type { Clock } from '../kernel/clock.ts';
import type { RefusalKind } from './broker-stats.ts';

export interface RefusedThing {
  readonly kind: RefusalKind;
  readonly reason: string;
  /** Empty where a connection did not come so far. */
  readonly clientId: string;
  /** Of the topic, the connection, or the user name that it showed; empty when nothing tells. */
  readonly workerId: string;
  readonly address: string;
  /** Empty where it was no message. */
  readonly topic: string;
}

export interface RecentRefusal extends RefusedThing {
  readonly count: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

const maxKept = 200;
const maxTextLength = 256;

export class RecentRefusals {
  readonly #clock: Clock;
  /** In the order in which they were last seen. */
  readonly #kept = new Map<string, RecentRefusal>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Keeps it, and forgets the oldest beyond two hundred. Texts of strangers are cut. */
  note(thing: RefusedThing): void {
    const { kind } = thing;
    const [reason = '', clientId = '', workerId = '', address = '', topic = ''] = [
      ...[thing.reason, thing.clientId, thing.workerId, thing.address, thing.topic],
    ].map((text) => text.slice(0, maxTextLength));
    const key = [kind, reason, clientId, address, topic].join('\n');
    const known = this.#kept.get(key);
    const lastAtMs = this.#clock.nowMs();
    this.#kept.delete(key);
    this.#kept.set(key, {
      ...{ kind, reason, clientId, workerId, address, topic, lastAtMs },
      count: (known?.count ?? 0) + 1,
      firstAtMs: known?.firstAtMs ?? lastAtMs,
    });
    if (this.#kept.size > maxKept) this.#kept.delete(this.#kept.keys().next().value as string);
  }

  /** Newest first. */
  all(): RecentRefusal[] {
    return [...this.#kept.values()].reverse();
  }
}
