import { createSharedComposable, useIntervalFn } from '@vueuse/core';
import { shallowRef } from 'vue';
import { useLive } from '../state/live.ts';

/** The platform's time in Unix seconds, once a second; one timer for all who look. */
export const useNow = createSharedComposable(() => {
  const live = useLive();
  const now = shallowRef(live.nowSec());
  useIntervalFn(() => (now.value = live.nowSec()), 1000);
  return now;
});
