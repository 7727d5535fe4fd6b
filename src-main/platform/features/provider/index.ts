export { nameGpus } from './gpu-name.ts';
export { mountProvider } from './provider.routes.ts';
export { Providers } from './provider.service.ts';
