/** What a wallet reached and what comes next. */

export const achievementKinds = ['blocks', 'days', 'peak', 'earnings', 'workers'] as const;
export type AchievementKind = (typeof achievementKinds)[number];

/** Rising goals of each kind; `peak` in H/s, `earnings` in credits. */
export const goals: Readonly<Record<AchievementKind, readonly number[]>> = {
  blocks: [1, 10, 100, 1000, 10_000, 100_000, 1_000_000],
  days: [1, 7, 30, 100, 365, 1000],
  peak: [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9],
  earnings: [1, 10, 100, 1000, 10_000, 100_000],
  workers: [1, 5, 10, 50, 100, 500, 1000],
};

export interface Milestone {
  /** The highest goal that is reached; undefined before the first. */
  readonly reached: number | undefined;
  /** Undefined when all are reached. */
  readonly next: number | undefined;
  /** Way from the goal before to the next, 0 to 1. */
  readonly progress: number;
}

/** Where a value stands among the goals of its kind. */
export function milestoneOf(kind: AchievementKind, value: number): Milestone {
  const reached = goals[kind].filter((goal) => value >= goal);
  const next = goals[kind][reached.length];
  const before = reached.at(-1);
  const from = before ?? 0;
  return {
    reached: before,
    next,
    progress: next === undefined ? 1 : Math.max(0, (value - from) / (next - from)),
  };
}
