export { mountMarket } from './market.routes.ts';
export { Market, type Demand } from './market.service.ts';
