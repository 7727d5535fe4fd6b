import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { defineConfig } from 'electron-vite';
import renderer from './src-renderer/vite.config.ts';

/** Worker threads are started from a file: each has one of its own. */
const workers = Object.fromEntries(
  globSync('src-main/**/*.worker.ts').map((path) => [basename(path, '.ts'), path]),
);

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      externalizeDeps: false,
      rolldownOptions: {
        input: {
          cli: 'src-main/cli/main.ts',
          desktop: 'src-main/electron/main.ts',
          start: 'src-main/electron/launch.ts',
          'start-page': 'src-renderer/desktop/start-page.ts',
          ...workers,
        },
        output: {
          // Node keeps the text of the program in memory: documentation need not be in it.
          comments: { legal: true, annotation: true, jsdoc: false },
          // Flat, so that a worker's file is found beside the chunk that starts it.
          entryFileNames: '[name].js',
          chunkFileNames: '[name]-[hash].js',
        },
        external: ['better-sqlite3', '@node-rs/argon2'],
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      externalizeDeps: false,
      rolldownOptions: {
        input: { bridge: 'src-preload/bridge.ts' },
        // A sandboxed page loads no modules.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer,
});
