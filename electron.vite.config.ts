import { defineConfig } from 'electron-vite';

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      externalizeDeps: false,
      rolldownOptions: {
        input: { cli: 'src-main/cli/main.ts' },
        // Node keeps the text of the program in memory: documentation need not be in it.
        output: { comments: { legal: true, annotation: true, jsdoc: false } },
        external: ['better-sqlite3', '@node-rs/argon2'],
      },
    },
  },
});
