import { defineConfig } from 'vitest/config';

/** `npm run figures:desktop`: how fast the desktop program starts and how much it holds, on a machine at rest. */
export default defineConfig({
  test: { include: ['test/desktop/figures/*.figures.ts'], testTimeout: 600_000, hookTimeout: 300_000 },
});
