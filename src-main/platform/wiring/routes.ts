/** Mounts the routes of every feature. */
import { mountBlocks } from '../features/blocks/index.ts';
import { mountAudit } from '../features/audit/index.ts';
import { mountAccounts } from '../features/accounts/index.ts';
import { mountBackups } from '../features/backup/index.ts';
import { mountAuth } from '../features/auth/index.ts';
import { mountChain } from '../features/chain/index.ts';
import { mountControl } from '../features/control/index.ts';
import { mountCredentials } from '../features/credentials/index.ts';
import { mountFleet, type LiveWorker } from '../features/fleet/index.ts';
import { mountLedger } from '../features/ledger/index.ts';
import { mountHistory } from '../features/history/index.ts';
import { mountOverview } from '../features/overview/index.ts';
import { mountLeases } from '../features/leases/index.ts';
import { mountMarket } from '../features/market/index.ts';
import { mountProvider } from '../features/provider/index.ts';
import { mountRenter } from '../features/renter/index.ts';
import { mountReputation } from '../features/reputation/index.ts';
import { mountSystem } from '../features/system/index.ts';
import { mountWallet } from '../features/wallet/index.ts';
import { version } from '../version.ts';
import type { Parts } from './parts.ts';

export function mountRoutes(parts: Parts): void {
  const { http, fleet, view, blocks, history, overview, feed, reputations } = parts;
  const blockCounts = () => ({ total: blocks.totals.total, lastHour: blocks.rates.lastHour });
  const reputationOf = (worker: LiveWorker) => reputations.of(worker);
  mountFleet({ http, fleet, view, reputationOf, blockCounts });
  mountMarket(http, parts.market);
  mountReputation(http, reputations);
  const accountOf = (id: string) => parts.ownership.providerAccount(id);
  mountAccounts({ http, accounts: parts.accounts, accountOf });
  mountAuth(parts);
  mountLeases(parts);
  mountAudit(http, parts.audit);
  mountBackups(parts);
  mountProvider(http, parts.providers);
  mountRenter(parts);
  mountLedger(http, parts.ledger);
  mountWallet(parts);
  mountCredentials(http, parts.credentials);
  mountBlocks(http, blocks);
  mountHistory(http, history);
  mountControl(http, parts.control);
  if (parts.chain) mountChain(http, parts.chain);
  mountOverview({ ...parts, repository: overview });
  mountSystem({ ...parts, version });
  http.onUpgrade('/ws/dashboard', (request, socket, head) => feed.handleUpgrade(request, socket, head));
}
