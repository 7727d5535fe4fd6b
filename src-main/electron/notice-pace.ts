/** Paces notifications: one after the other, never a flood; what was held back is told as a count. */
import type { Clock } from '../platform/kernel/clock.ts';
import type { Words } from './words.ts';

/** What a notification is about; each kind has a pace of its own. */
export const noticeKinds = ['block', 'lease', 'alert'] as const;
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

const manyPlaces: Readonly<Record<NoticeKind, string>> = {
  block: '/blocks',
  lease: '/leases',
  alert: '/alerts',
};

export class NoticePace {
  readonly #show: (notice: Notice) => void;
  readonly #clock: Clock;
  readonly #words: () => Words['notices'];
  readonly #waiting = new Map<NoticeKind, Notice[]>();
  readonly #lastMs = new Map<NoticeKind, number>();
  #stopTimer: (() => void) | undefined;

  /** @param words for what stands for several, in the language of that moment */
  constructor(clock: Clock, show: (notice: Notice) => void, words: () => Words['notices']) {
    this.#words = words;
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
      if (first) this.#show(notices.length === 1 ? first : sum(kind, notices, this.#words()));
    }
  }
}

function sum(kind: NoticeKind, notices: readonly Notice[], words: Words['notices']): Notice {
  const bodies = notices.slice(0, 3).map(({ body }) => body);
  return {
    kind,
    title: words.many[kind](notices.length),
    body: `${bodies.join(', ')}${notices.length > 3 ? ', …' : ''}`,
    place: manyPlaces[kind],
  };
}
