export {
  addLeaseBlocks,
  findLeaseForBlock,
  LeaseRepository,
  type LeaseForBlock,
} from './lease.repository.ts';
export { Leases } from './lease.service.ts';
