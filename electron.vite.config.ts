import { defineConfig } from 'electron-vite';

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      externalizeDeps: false,
      rolldownOptions: {
        input: { cli: 'src-main/cli/main.ts' },
        external: ['better-sqlite3', '@node-rs/argon2'],
      },
    },
  },
});
