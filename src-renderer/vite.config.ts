/** Builds the dashboard: for production through electron-vite, alone for `npm run dev:dashboard` and its preview. */
import { resolve } from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import vue from '@vitejs/plugin-vue';
import { defineConfig, type ProxyOptions } from 'vite';
import { compression, defineAlgorithm } from 'vite-plugin-compression2';
import { contractDefinitions, contractRoutes } from './contract-plugins.ts';

/** From the top of the project, where npm runs its scripts. */
const root = resolve('src-renderer');

/** Where the dashboard lives on every server that serves it. */
const base = '/dashboard/';

/** The platform that the development server and the preview talk to. */
const platform = process.env['XENBLOCKS_PLATFORM_URL'] ?? 'http://127.0.0.1:8080';

const proxy: Record<string, ProxyOptions> = Object.fromEntries(
  ['/api', '/healthz', '/readyz', '/metrics', '/chain', '/difficulty', '/getblocks', '/balance', '^/$']
    .map((path): [string, ProxyOptions] => [path, { target: platform }])
    .concat([['/ws', { target: platform, ws: true }]]),
);

export default defineConfig({
  root,
  base,
  plugins: [
    contractRoutes(),
    contractDefinitions(),
    vue(),
    tailwindcss(),
    // Compressed once here, not at each request: the platform serves the copies.
    compression({
      include: /\.(js|css|html|svg|wasm)$/,
      // Also what is small: the server then compresses none of them at a request.
      threshold: 0,
      skipIfLargerOrEqual: false,
      algorithms: [defineAlgorithm('brotliCompress'), defineAlgorithm('gzip', { level: 9 })],
    }),
    // electron-vite makes every address relative, which deep links below /dashboard can't bear.
    { name: 'dashboard-base', enforce: 'post', config: () => ({ base }) },
  ],
  server: { host: '127.0.0.1', port: 5173, strictPort: true, proxy },
  preview: { host: '127.0.0.1', port: 4173, strictPort: true, proxy },
  build: {
    outDir: resolve('out/renderer'),
    emptyOutDir: true,
    minify: true,
    cssMinify: true,
    rolldownOptions: {
      input: resolve(root, 'index.html'),
      output: {
        // Chromium compiles what the first view needs while it arrives, not each function when it is called first.
        postBanner: ({ isEntry, name }) =>
          isEntry || name === 'overview' ? '//# allFunctionsCalledOnLoad' : '',
        codeSplitting: {
          // A browser is slower with a hundred small files than with their bytes in a few. A group takes along what
          // its files need; what is left is shared by where it is used.
          groups: [
            { name: 'first', tags: ['$initial'], priority: 4 },
            { name: 'overview', test: /overview-page\.vue/, priority: 3 },
            { name: 'schemas', test: /node_modules\/zod\//, priority: 2 },
            { name: 'tables', test: /src-renderer\/ui\/table\//, priority: 1 },
            { name: 'common', minShareCount: 4 },
          ],
        },
      },
    },
    // Nothing is inlined: the pages' Content-Security-Policy asks for files of this server.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
