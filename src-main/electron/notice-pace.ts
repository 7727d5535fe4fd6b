/** Paces notifications: one after the other, never a flood; what was held back is told as a count. */
import type { Clock } from '../platform/kernel/clock.ts';

/** What a notification is about; each kind has a pace of its own. */
export const noticeKinds = ['block', 'lease', 'offline'] as const;
export type NoticeKind = (typeof noticeKinds)[number];

export interface Notice {
  readonly kind: NoticeKind;
  readonly title: string;
  readonly body: string;
  /** Where a click leads in the dashboard. */
  readonly place: string;
}

/** After one of a kind, the next of that kind waits for so long, and stands for all that came meanwhile. */
export const quietMs = 30_000;

const manyTitles: Readonly<Record<NoticeKind, (count: number) => string>> = {
  block: (count) => `${count} more blocks`,
  lease: (count) => `${count} more changes of leases`,
  offline: (count) => `${count} more workers went offline`,
};

const manyPlaces: Readonly<Record<NoticeKind, string>> = {
  block: '/blocks',
  lease: '/leases',
  offline: '/fleet',
};

export class NoticePace {
  readonly #show: (notice: Notice) => void;
  readonly #clock: Clock;
  readonly #waiting = new Map<NoticeKind, Notice[]>();
  readonly #lastMs = new Map<NoticeKind, number>();
  #stopTimer: (() => void) | undefined;

  constructor(clock: Clock, show: (notice: Notice) => void) {
    this.#clock = clock;
    this.#show = show;
  }

  start(): void {
    this.#stopTimer = this.#clock.every(1000, () => this.#showDue());
  }

  stop(): void {
    this.#stopTimer?.();
    this.#waiting.clear();
  }

  /** Shows it, now or with others. */
  add(notice: Notice): void {
    const waiting = this.#waiting.get(notice.kind) ?? [];
    waiting.push(notice);
    this.#waiting.set(notice.kind, waiting);
    this.#showDue();
  }

  #showDue(): void {
    const nowMs = this.#clock.nowMs();
    for (const [kind, notices] of this.#waiting) {
      const lastMs = this.#lastMs.get(kind);
      if (lastMs !== undefined && nowMs - lastMs < quietMs) continue;
      this.#waiting.delete(kind);
      this.#lastMs.set(kind, nowMs);
      const [first] = notices;
      if (first) this.#show(notices.length === 1 ? first : sum(kind, notices));
    }
  }
}

function sum(kind: NoticeKind, notices: readonly Notice[]): Notice {
  const bodies = notices.slice(0, 3).map(({ body }) => body);
  return {
    kind,
    title: manyTitles[kind](notices.length),
    body: `${bodies.join(', ')}${notices.length > 3 ? ', …' : ''}`,
    place: manyPlaces[kind],
  };
}
