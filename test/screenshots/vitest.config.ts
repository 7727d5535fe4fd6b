import { defineConfig } from 'vitest/config';

/** `npm run screenshots`: pictures of the real dashboard, for the README and for looking at it. */
export default defineConfig({
  test: { include: ['test/screenshots/*.shots.ts'], testTimeout: 600_000, hookTimeout: 60_000 },
});
