export { mountWorkerPage } from './worker-page.routes.ts';
