export { beginLease, confirmWithinMs, type ActiveLease } from './active-lease.ts';
export { LeaseArchive } from './lease-archive.ts';
export { holdOf, settle, toNewRow, type UnbookedSettlement } from './lease-books.ts';
export { endByConsumer, endByNeglect, endOfTime, maxAwayMs, type LeaseEnd } from './lease-end.ts';
export {
  activeLeasesOf,
  LeaseListRepository,
  type AccountTotals,
  type LeaseFilter,
  type Portion,
} from './lease-list.repository.ts';
export { mountLeases } from './lease.routes.ts';
export {
  addLeaseBlocks,
  findLeaseForBlock,
  LeaseRepository,
  type LeaseForBlock,
} from './lease.repository.ts';
export { Leases } from './lease.service.ts';
export { toLease, toSettlement } from './lease-view.ts';
export { LeaseWatch } from './lease-watch.ts';
export type { LeaseEvents } from './leases.events.ts';
export { SendTask } from './send-task.ts';
