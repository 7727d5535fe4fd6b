/** Marks of time axes in the language in force. */
import { computed, type ComputedRef } from 'vue';
import { useI18n } from 'vue-i18n';
import { regionalTag } from '../format.ts';
import { createTickText, type ChartZone, type TimeTick } from './time-ticks.ts';

export function useTickText(zone: () => ChartZone = () => 'local'): ComputedRef<(tick: TimeTick) => string> {
  const { locale } = useI18n();
  return computed(() => createTickText(regionalTag(locale.value), zone()));
}
