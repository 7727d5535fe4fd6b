/** Pages of leases and settlements. */
import type { LeaseState } from '../../../contract/domain/lease.ts';
import type { StorageAccess } from '../../storage/storage.ts';
import type { LeaseRow, SettlementRow } from './lease.repository.ts';

/** Which leases; absent fields let everything through. */
export interface LeaseFilter {
  readonly state?: LeaseState | undefined;
  readonly consumerId?: string | undefined;
  readonly providerId?: string | undefined;
  /** Its consumer or its worker's owner. */
  readonly partyId?: string | undefined;
}

/** A portion of a list. */
export interface Portion {
  readonly limit: number;
  readonly offset: number;
}

export class LeaseListRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  /** Newest first. */
  leases(filter: LeaseFilter, { limit, offset }: Portion): Promise<LeaseRow[]> {
    return this.#filtered(filter)
      .selectAll()
      .orderBy('created_at_ms', 'desc')
      .orderBy('rowid' as 'lease_id', 'desc')
      .limit(limit)
      .offset(offset)
      .execute();
  }

  async count(filter: LeaseFilter): Promise<number> {
    const row = await this.#filtered(filter)
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return row.count;
  }

  /** Newest first; of one provider, or of all. */
  settlements(providerId: string | undefined, { limit, offset }: Portion): Promise<SettlementRow[]> {
    const all = this.#storage.read.selectFrom('settlements').selectAll();
    return (providerId === undefined ? all : all.where('provider_id', '=', providerId))
      .orderBy('settled_at_ms', 'desc')
      .orderBy('settlement_id', 'desc')
      .limit(limit)
      .offset(offset)
      .execute();
  }

  async countSettlements(providerId: string): Promise<number> {
    const row = await this.#storage.read
      .selectFrom('settlements')
      .where('provider_id', '=', providerId)
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return row.count;
  }

  #filtered({ state, consumerId, providerId, partyId }: LeaseFilter) {
    let query = this.#storage.read.selectFrom('leases');
    if (state !== undefined) query = query.where('state', '=', state);
    if (consumerId !== undefined) query = query.where('consumer_id', '=', consumerId);
    if (providerId !== undefined) query = query.where('provider_id', '=', providerId);
    if (partyId !== undefined)
      query = query.where((where) =>
        where.or([where('consumer_id', '=', partyId), where('provider_id', '=', partyId)]),
      );
    return query;
  }
}
