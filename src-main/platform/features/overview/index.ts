export { OverviewRepository } from './overview.repository.ts';
export { mountOverview } from './overview.routes.ts';
export { TrendRepository } from './trend.repository.ts';
export { Trends } from './trends.ts';
