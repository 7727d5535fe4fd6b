/** Lets an element fill the rest of the window. */
import { useEventListener, useResizeObserver } from '@vueuse/core';
import { onMounted, shallowRef, type Ref } from 'vue';

/** What a page leaves below its content. */
const belowPx = 40;

/** On low windows the page scrolls rather than that the table gets lower. */
const leastPx = 360;

/** The most pixels that `element` may be high so that the page below it does not scroll. */
export function useFillHeight(element: Readonly<Ref<HTMLElement | null>>): Readonly<Ref<number>> {
  const height = shallowRef(leastPx);
  function measure(): void {
    if (!element.value) return;
    const top = element.value.getBoundingClientRect().top + scrollY;
    height.value = Math.max(leastPx, Math.floor(innerHeight - top - belowPx));
  }
  onMounted(measure);
  useEventListener(window, 'resize', measure);
  // What stands above it grows and shrinks: filters wrap, a banner appears.
  useResizeObserver(() => element.value?.parentElement, measure);
  useResizeObserver(() => document.getElementById('content'), measure);
  useResizeObserver(() => document.body, measure);
  return height;
}
