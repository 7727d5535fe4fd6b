/** Whether there is room for tables; phones get cards. */
import { createSharedComposable, useMediaQuery } from '@vueuse/core';

/** The breakpoint `md`. */
export const useIsWide = createSharedComposable(() => useMediaQuery('(min-width: 900px)'));
