/** Whose commands a worker takes: the operator's, and its owner's. The platform decides; this is what is offered. */
import type { Session } from '../../../src-main/contract/rest/browser-session.routes.ts';
import type { FeedWorker } from '../../../src-main/contract/domain/worker.ts';

export type OwnedWorker = Pick<FeedWorker, 'worker_id' | 'eth_address'>;

/** Who looks, as far as it matters. */
export type Looker = Pick<Session, 'account' | 'trusted'>;

/** Whether whoever looks may command a worker. */
export function mayCommand(session: Looker | undefined, worker: OwnedWorker): boolean {
  if (!session) return false;
  const { account, trusted } = session;
  if (trusted || account?.role === 'admin') return true;
  return account !== null && isOwner(account, worker);
}

/** A worker belongs to the account of its address; without one to the account that is named like it (domain.md). */
export function isOwner(
  account: Pick<NonNullable<Session['account']>, 'account_id' | 'eth_address'>,
  worker: OwnedWorker,
): boolean {
  return worker.eth_address === ''
    ? account.account_id === worker.worker_id
    : account.eth_address.toLowerCase() === worker.eth_address.toLowerCase();
}
