import { createSharedComposable, useClipboard } from '@vueuse/core';

/** One clipboard for all that copy: each of its own would ask the browser for permission, hundreds in a table. */
export const useSharedClipboard = createSharedComposable(() => useClipboard({ legacy: true }));
