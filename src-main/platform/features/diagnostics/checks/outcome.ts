/** What came of one try. */
import type { SelfCheckItem, SelfCheckName, selfCheckCodes } from '../../../../contract/domain/self-check.ts';

export type Outcome<Name extends SelfCheckName> = Pick<SelfCheckItem, 'state' | 'detail'> & {
  readonly code: (typeof selfCheckCodes)[Name][number];
  readonly value?: number;
  readonly unit?: SelfCheckItem['unit'];
  readonly facts?: SelfCheckItem['facts'];
  readonly advice?: string;
};

/** As calls show it. */
export function toItem<Name extends SelfCheckName>(name: Name, outcome: Outcome<Name>): SelfCheckItem {
  const { state, code, value, unit = '', facts = {}, detail, advice = '' } = outcome;
  return { name, state, code, value: value === undefined ? null : round(value), unit, facts, detail, advice };
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Gives up waiting, not the work. */
export async function within<Result>(work: Promise<Result>, maxMs: number): Promise<Result | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), maxMs)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
