/** Mounts the routes of every feature. */
import { mountAlerts } from '../features/alerts/index.ts';
import { mountBlocks } from '../features/blocks/index.ts';
import { mountAudit } from '../features/audit/index.ts';
import { mountAccountList, mountAccounts } from '../features/accounts/index.ts';
import { mountBackups } from '../features/backup/index.ts';
import { mountAuth, mountBrowserSessions } from '../features/auth/index.ts';
import { mountChain } from '../features/chain/index.ts';
import { mountControl } from '../features/control/index.ts';
import { mountCredentials } from '../features/credentials/index.ts';
import { mountDiagnostics } from '../features/diagnostics/index.ts';
import { mountEarnings } from '../features/earnings/index.ts';
import { mountFleet, type LiveWorker } from '../features/fleet/index.ts';
import { mountHelp } from '../features/help/index.ts';
import { mountImport } from '../features/import/index.ts';
import { mountLedger } from '../features/ledger/index.ts';
import { mountHistory } from '../features/history/index.ts';
import { mountOnboarding } from '../features/onboarding/index.ts';
import { mountOverview } from '../features/overview/index.ts';
import { mountLeases } from '../features/leases/index.ts';
import { mountMaintenance } from '../features/maintenance/index.ts';
import { mountMarket } from '../features/market/index.ts';
import { mountProvider } from '../features/provider/index.ts';
import { mountRenter } from '../features/renter/index.ts';
import { mountReputation } from '../features/reputation/index.ts';
import { mountSettings } from '../features/settings/index.ts';
import { mountSimulator } from '../features/simulator/index.ts';
import { mountSystem, mountSystemAdmin } from '../features/system/index.ts';
import { mountTags } from '../features/tags/index.ts';
import { mountWallet } from '../features/wallet/index.ts';
import { mountWorkerPage } from '../features/worker-page/index.ts';
import type { Caller } from '../kernel/caller.ts';
import { version } from '../version.ts';
import type { Parts } from './parts.ts';

export function mountRoutes(parts: Parts): void {
  const { http, fleet, view, blocks, history, overview, feed, reputations } = parts;
  const blockCounts = () => ({ total: blocks.totals.total, lastHour: blocks.rates.lastHour });
  const reputationOf = (worker: LiveWorker) => reputations.of(worker);
  const labelsOf = (worker: LiveWorker, caller: Caller) => parts.tags.labelsFor(worker, caller);
  mountFleet({ http, fleet, view, reputationOf, labelsOf, blockCounts });
  mountWorkerPage(parts);
  mountMarket(http, parts.market);
  mountReputation(http, reputations);
  const accountOf = (id: string) => parts.ownership.providerAccount(id);
  mountAccounts({ http, accounts: parts.accounts, accountOf });
  mountAccountList(http, parts.accountList, parts.clock);
  mountAuth(parts);
  mountBrowserSessions(parts);
  mountLeases(parts);
  mountAudit(http, parts.audit);
  mountAlerts(parts);
  mountBackups(parts);
  mountMaintenance(http, parts.maintenance);
  mountProvider(http, parts.providers);
  mountEarnings({
    ...parts,
    accountsOf: (providerId, caller) => parts.providers.accountsOf(providerId, caller),
  });
  mountRenter(parts);
  mountLedger(http, parts.ledger);
  mountImport(http, parts.importReports);
  mountWallet(parts);
  mountCredentials(http, parts.credentials);
  mountBlocks(http, blocks);
  mountOnboarding(parts);
  mountHelp(parts);
  mountHistory(http, history);
  mountControl(http, parts.control);
  mountTags(parts);
  if (parts.chain) mountChain(http, parts.chain);
  mountOverview({ ...parts, repository: overview });
  mountSimulator(http, parts.simulator);
  const metrics = mountSystem({ ...parts, version });
  mountDiagnostics({ ...parts, metrics });
  mountSystemAdmin(parts);
  mountSettings(http, parts.settings);
  http.onUpgrade('/ws/dashboard', (...upgrade) => feed.handleUpgrade(...upgrade));
}
