export { OverviewRepository } from './overview.repository.ts';
export { mountOverview } from './overview.routes.ts';
