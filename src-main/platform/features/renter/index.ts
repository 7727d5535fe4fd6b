export { mountRenter } from './renter.routes.ts';
