/** What stands at the axes of charts, and spans of time, in the language in force. */
import { computed, type ComputedRef } from 'vue';
import { useI18n } from 'vue-i18n';
import { regionalTag } from '../format.ts';
import { trimZeros } from './axis-text.ts';
import type { TimeRange } from './chart-data.ts';
import { createTickText, type ChartZone, type TimeTick } from './time-ticks.ts';

/** Marks of time axes. */
export function useTickText(zone: () => ChartZone = () => 'local'): ComputedRef<(tick: TimeTick) => string> {
  const { locale } = useI18n();
  return computed(() => createTickText(regionalTag(locale.value), zone()));
}

/** A span of time with what its ends have in common said once: `26 Nov 2026, 18:12:10 – 18:27:27`. */
export function useSpanText(timeStyle: 'short' | 'medium'): ComputedRef<(span: TimeRange) => string> {
  const { locale } = useI18n();
  return computed(() => {
    const format = new Intl.DateTimeFormat(regionalTag(locale.value), { dateStyle: 'medium', timeStyle });
    return ({ from, to }) => format.formatRange(from * 1000, to * 1000);
  });
}

/** Marks of value axes: round values lose the zeros that say nothing, `5 MH/s` for `5.00 MH/s`. */
export function useValueTickText(): ComputedRef<
  (valueText: (value: number) => string) => (value: number) => string
> {
  const { locale } = useI18n();
  const decimalSign = computed(
    () =>
      new Intl.NumberFormat(regionalTag(locale.value))
        .formatToParts(1.5)
        .find(({ type }) => type === 'decimal')?.value ?? '.',
  );
  return computed(() => {
    const sign = decimalSign.value;
    return (valueText) => (value) => trimZeros(valueText(value), sign);
  });
}
