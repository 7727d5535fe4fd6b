/** Since when leases began: stretches of time up to now. */

export const leasePeriods = ['hour', 'day', 'week', 'month'] as const;
export type LeasePeriod = (typeof leasePeriods)[number];

const lengths: Readonly<Record<LeasePeriod, number>> = {
  hour: 3600,
  day: 86_400,
  week: 7 * 86_400,
  month: 30 * 86_400,
};

/** Answers are kept by what they are asked with: it may not change with every look. */
const stepSec = 60;

/** The beginning in Unix seconds, on a whole minute; undefined for no limit. */
export function sinceOf(period: LeasePeriod | '', nowSec: number): number | undefined {
  return period === '' ? undefined : Math.floor((nowSec - lengths[period]) / stepSec) * stepSec;
}
