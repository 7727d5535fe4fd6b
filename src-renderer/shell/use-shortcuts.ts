/** Keys that work on every page: Ctrl/⌘ K, `g` and a place's letter, `/`, `?`, `t`. */
import { useEventListener } from '@vueuse/core';
import { useRouter } from 'vue-router';
import { usePreferences } from '../state/preferences.ts';
import { allPlaces } from './navigation.ts';
import { isHelpOpen, isPaletteOpen } from './palette.ts';

/** After `g` the place's letter has to follow within this time. */
const followWithinMs = 1200;

/** Pages mark their search field with this attribute. */
export const pageSearchSelector = '[data-page-search]';

export function useShortcuts(): void {
  const router = useRouter();
  const preferences = usePreferences();
  let goUntilMs = 0;

  useEventListener(document, 'keydown', (event: KeyboardEvent) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      isPaletteOpen.value = !isPaletteOpen.value;
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || isPaletteOpen.value)
      return;
    const { key } = event;
    if (Date.now() < goUntilMs) {
      goUntilMs = 0;
      const place = allPlaces.find((candidate) => candidate.key === key);
      if (place) void router.push({ name: place.name });
      return;
    }
    if (key === 'g') goUntilMs = Date.now() + followWithinMs;
    else if (key === '?') isHelpOpen.value = true;
    else if (key === 't') preferences.theme = preferences.seenTheme === 'dark' ? 'light' : 'dark';
    else if (key === '/') {
      const field = document.querySelector<HTMLElement>(pageSearchSelector);
      if (!field) return;
      event.preventDefault();
      field.focus();
    }
  });
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches('input:not([type="checkbox"], [type="radio"]), textarea, select') ||
      target.role === 'menuitem')
  );
}
