/** What this browser remembers of its person: looks only, no secrets. */
import { usePreferredDark, useLocalStorage } from '@vueuse/core';
import { defineStore } from 'pinia';
import { computed, watchEffect } from 'vue';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export const densities = ['normal', 'dense'] as const;
export type Density = (typeof densities)[number];

export const usePreferences = defineStore('preferences', () => {
  const theme = useLocalStorage<Theme>('xenblocks.theme', 'system');
  const density = useLocalStorage<Density>('xenblocks.density', 'normal');
  /** Empty: as the browser asks. */
  const locale = useLocalStorage('xenblocks.locale', '');
  const isSidebarNarrow = useLocalStorage('xenblocks.sidebar-narrow', false);
  const prefersDark = usePreferredDark();
  /** The theme that is seen. */
  const seenTheme = computed<'light' | 'dark'>(() => {
    if (theme.value === 'light' || theme.value === 'dark') return theme.value;
    return prefersDark.value ? 'dark' : 'light';
  });

  watchEffect(() => {
    document.documentElement.dataset['theme'] = seenTheme.value;
  });

  return { theme, density, locale, isSidebarNarrow, seenTheme };
});
