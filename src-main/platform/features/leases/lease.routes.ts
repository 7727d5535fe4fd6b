import type { LeaseState } from '../../../contract/domain/lease.ts';
import { toCredits } from '../../../contract/domain/money.ts';
import {
  leaseRoute,
  leasesRoute,
  rentalStartRoute,
  rentalStopRoute,
  rentRoute,
  settlementsRoute,
  stopRoute,
} from '../../../contract/rest/leases.routes.ts';
import type { HttpServer } from '../../http/http-server.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { Caller } from '../../kernel/caller.ts';
import { toMilliseconds, toUnixSeconds } from '../../kernel/clock.ts';
import { shownAddress, type Accounts } from '../accounts/index.ts';
import type { Tags } from '../tags/index.ts';
import type { LeaseArchive } from './lease-archive.ts';
import type { LeaseFilter } from './lease-list.repository.ts';
import type { Leases } from './lease.service.ts';
import { toSettlement } from './lease-view.ts';

export interface LeaseRoutesOptions {
  readonly http: HttpServer;
  readonly leases: Leases;
  readonly leaseArchive: LeaseArchive;
  readonly accounts: Accounts;
  readonly tags: Pick<Tags, 'workersWith'>;
}

/** rest.md: `/api/rent`, `/api/stop`, `/api/leases*`, `/api/settlements`. */
export function mountLeases({ http, leases, leaseArchive, accounts, tags }: LeaseRoutesOptions): void {
  for (const route of [rentRoute, rentalStartRoute]) {
    http.mount(route, async ({ body, caller }) => {
      const consumer = await consumerOf(accounts, caller, body);
      const lease = await leases.rent({
        ...consumer,
        durationSec: body.duration_sec,
        workerId: body.worker_id,
        actor: caller.accountId,
      });
      return {
        lease_id: lease.leaseId,
        worker_id: lease.workerId,
        prefix: lease.prefix,
        duration_sec: lease.durationSec,
        consumer_id: lease.consumerId,
        consumer_address: lease.consumerAddress,
        created_at: toUnixSeconds(lease.createdAtMs),
        price_per_min: toCredits(lease.pricePerMinMicro),
        held: toCredits(lease.heldMicro),
      };
    });
  }

  for (const route of [stopRoute, rentalStopRoute]) {
    http.mount(route, async ({ body, caller }) => {
      const { lease, settlement } = await leases.stopLease(body.lease_id, caller.accountId);
      return {
        lease_id: lease.lease_id,
        state: lease.state,
        blocks_found: settlement.blocks_found,
        settlement: toSettlement(settlement),
      };
    });
  }

  http.mount(leasesRoute, ({ query, caller }) => {
    const { state, as, limit, offset, worker_id: workerId, since, until, search, tag } = query;
    const filter = {
      ...filterOf(caller, state, as),
      workerId: workerId === '' ? undefined : workerId,
      workerIds: tag === '' ? undefined : tags.workersWith(tag, caller),
      sinceMs: toMilliseconds(since),
      untilMs: toMilliseconds(until),
    };
    return leaseArchive.list(filter, { limit, offset }, search.trim());
  });
  http.mount(leaseRoute, ({ params }) => leaseArchive.details(params.lease_id));
  http.mount(settlementsRoute, ({ query: { limit, offset } }) => leaseArchive.settlements({ limit, offset }));
}

/** Who rents: the account of the credentials; whoever acts for all may name another one. */
async function consumerOf(
  accounts: Accounts,
  caller: Caller,
  body: { consumer_id: string; consumer_address: string },
): Promise<{ consumerId: string; consumerAddress: string }> {
  const named = caller.actsForAll ? body.consumer_id : caller.accountId;
  const consumerId = named === '' && caller.kind === 'key' ? caller.accountId : named;
  if (consumerId === '') throw new AppError('bad_request', 'consumer_id is missing: who rents?');
  const account = await accounts.find(consumerId);
  if (!account) throw new AppError('bad_request', `consumer_id: there is no account ${consumerId}.`);
  const consumerAddress = body.consumer_address === '' ? shownAddress(account) : body.consumer_address;
  if (consumerAddress === '')
    throw new AppError(
      'bad_request',
      `consumer_address is missing: ${consumerId} has no address of its own to mine for.`,
    );
  return { consumerId, consumerAddress };
}

function filterOf(
  caller: Caller,
  state: LeaseState | undefined,
  as: 'consumer' | 'provider' | undefined,
): LeaseFilter {
  if (caller.actsForAll) return { state };
  const { accountId } = caller;
  if (as === 'consumer') return { state, consumerId: accountId };
  return as === 'provider' ? { state, providerId: accountId } : { state, partyId: accountId };
}
