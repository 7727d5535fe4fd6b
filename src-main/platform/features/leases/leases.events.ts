import type { ActiveLease } from './active-lease.ts';
import type { SettledLease } from './lease.repository.ts';

/** Facts that leases announce. */
export interface LeaseEvents {
  'lease.started': { lease: ActiveLease };
  /** It ended and is settled. */
  'lease.settled': SettledLease;
}
