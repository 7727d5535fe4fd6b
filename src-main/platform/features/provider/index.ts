export { mountProvider } from './provider.routes.ts';
export { Providers } from './provider.service.ts';
