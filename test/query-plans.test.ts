import BetterSqlite from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { AccountListRepository, AccountRepository } from '../src-main/platform/features/accounts/index.ts';
import { BlockListRepository, BlockRepository } from '../src-main/platform/features/blocks/index.ts';
import { ChainRepository, findChainBlocks } from '../src-main/platform/features/chain/index.ts';
import { EndedSessionRepository, KeyRepository } from '../src-main/platform/features/auth/index.ts';
import { beginLease } from '../src-main/platform/features/leases/active-lease.ts';
import { CommandRepository } from '../src-main/platform/features/control/index.ts';
import { FleetRepository, type LiveWorker } from '../src-main/platform/features/fleet/index.ts';
import { HistoryRepository } from '../src-main/platform/features/history/index.ts';
import { ImportReportRepository } from '../src-main/platform/features/import/index.ts';
import { LeaseListRepository, LeaseRepository } from '../src-main/platform/features/leases/index.ts';
import { OverviewRepository, TrendRepository } from '../src-main/platform/features/overview/index.ts';
import {
  addRound,
  findAccount,
  hasData,
  hasName,
  roundsSince,
} from '../src-main/platform/features/test-data/test-data.repository.ts';
import { SessionRepository } from '../src-main/platform/features/sessions/index.ts';
import { TagRepository } from '../src-main/platform/features/tags/index.ts';
import { StateRepository } from '../src-main/platform/features/worker-states/index.ts';
import { WalletRepository } from '../src-main/platform/features/wallet/index.ts';
import type { Database, DatabaseSchema } from '../src-main/platform/storage/schema.ts';
import type { StorageAccess } from '../src-main/platform/storage/storage.ts';
import { askForBlocks } from './support/block-queries.ts';
import { askAlerts, fillAlerts } from './support/alert-queries.ts';
import { askTemplates } from './support/template-queries.ts';
import { migratedDatabase } from './support/database.ts';

interface Query {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** Runs repositories on a real database and remembers what they asked. */
function recordQueries(path: string) {
  const handle = new BetterSqlite(path);
  onTestFinished(() => void handle.close());
  const queries: Query[] = [];
  const db = new Kysely<DatabaseSchema>({
    dialect: new SqliteDialect({ database: handle }),
    log: ({ level, query }) => {
      if (level === 'query') queries.push({ sql: query.sql, parameters: query.parameters });
    },
  });
  const storage: StorageAccess = { read: db, write: (work) => work(db) };
  return { handle, queries, storage };
}

const plansOf = (handle: BetterSqlite.Database, { sql, parameters }: Query) =>
  (handle.prepare(`explain query plan ${sql}`).all(...parameters) as { detail: string }[]).map(
    ({ detail }) => detail,
  );

function fill(handle: BetterSqlite.Database): void {
  handle.exec(`
    with recursive n(i) as (select 0 union all select i + 1 from n where i < 49)
      insert into accounts (account_id, role, created_at_ms) select 'a' || i, 'provider', i from n;
    insert into workers (worker_id, account_id, eth_address, gpu_count, total_memory_gb, gpus, version, registered_at_ms)
      select 'w' || substr(account_id, 2), account_id, '', 1, 8, '[]', '', 0 from accounts;
    with recursive n(i) as (select 0 union all select i + 1 from n where i < 999)
      insert into leases (lease_id, worker_id, consumer_id, consumer_address, prefix, duration_sec,
        price_per_min_micro, state, created_at_ms, ended_at_ms)
      select 'l' || i, 'w' || (i % 50), 'a' || (i % 50), '', 'p' || i, 60, 1, 'completed', i, i + 60 from n;
    with recursive n(i) as (select 0 union all select i + 1 from n where i < 9999)
      insert into blocks (worker_id, lease_id, hash, key, account, attempts, hashrate, prefix_valid, verified, reason, reported_at_ms, counted)
      select 'w' || (i % 50), iif(i % 3, '', 'l' || (i % 1000)), '', 'k' || i, '', 1, '', 1,
        iif(i % 20, 'unproven', 'rejected'), '', i * 100, iif(i % 20, 1, 0) from n;
    with recursive n(i) as (select 0 union all select i + 1 from n where i < 199)
      insert into fleet_snapshots select i * 30000, 1, 1, 50 from n;
    with recursive n(i) as (select 0 union all select i + 1 from n where i < 1999)
      insert into commands select 'c' || i, 'b' || (i / 10), 'w' || (i % 50), 'a' || (i % 50), 'pause', '{}', 'admin',
        iif(i % 9, 'confirmed', 'sent'), '', i * 1000, null, null from n;
    with recursive n(i) as (select 0 union all select i + 1 from n where i < 299)
      insert into template_jobs select 'j' || i, 'apply', 'finished', 't' || (i % 9), '', '{}', '', 'admin', 1, i, i from n;
    with recursive n(i) as (select 0 union all select i + 1 from n where i < 49)
      insert into template_job_workers select job_id, i, 'w' || i, 'confirmed', '', '', 1, 1, '{}', '{}', '', 1
      from template_jobs, n;
    with recursive n(i) as (select 0 union all select i + 1 from n where i < 4999)
      insert into chain_blocks (key, hash, account, type, attempts, hashes_per_second, worker, created_at_ms)
      select printf('%064x', i * 1000003), 'h', '0x' || (i % 50), 'normal', 1, '', '', i from n;
    insert into chain_balances select distinct account, 10 from chain_blocks;
    insert into hashrate_snapshots select taken_at_ms, worker_id, 1, 1 from fleet_snapshots, workers;
    ${fillAlerts}
    analyze;`);
}

async function askWallets(wallets: WalletRepository): Promise<void> {
  const sample = { hashrateSum: 1, samples: 1, peakHashrate: 1, peakAtMs: 1, firstSeenMs: 1 };
  await wallets.saveSamples([
    { ...sample, address: '0xa', hourStartMs: 0, workersOnline: 1, totalWorkers: 1 },
  ]);
  await wallets.isBehind(await wallets.progress());
  await wallets.countNext(100, { hourlyMs: 0, dailyMs: 0 });
  await wallets.moveToDays(1, 100);
  await wallets.deleteDaysBefore(1, 100);
  await wallets.snapshots('0xa', 'hourly', [0, 3_600_000]);
  await wallets.record('0xa');
}

async function askLeases(storage: StorageAccess): Promise<void> {
  const leases = new LeaseRepository(storage);
  const lists = new LeaseListRepository(storage);
  const lease = beginLease({
    ...{ leaseId: 'l-new', workerId: 'w1', consumerId: 'a1', consumerAddress: '', providerId: 'a2' },
    ...{ prefix: 'p-new', durationSec: 60, pricePerMinMicro: 0, heldMicro: 0, createdAtMs: 5 },
  });
  expect(await leases.open(lease, 'a1')).toBe(undefined);
  await leases.saveMiningSince('l-new', 6);
  await leases.saveHashrates([lease]);
  await leases.loadActive();
  await leases.minedForRenters([{ workerId: 'w1', ethAddress: '', currentAddress: '', currentPrefix: 'a' }]);
  await leases.loadTallies();
  await leases.loadCounts();
  await leases.find('l-new');
  await leases.parties('l-new');
  await leases.outages('w1', 5, 10);
  await leases.transactionsOf('l-new');
  await leases.settlementOf('l-new');
  const end = { leaseId: 'l-new', endedAtMs: 10, state: 'completed', reason: 'stopped', atMs: 10 } as const;
  await leases.end({ ...end, unpaidSinceMs: undefined, actor: 'a1', hashrateSum: 1, hashrateSamples: 1 });
  const page = { limit: 50, offset: 50 };
  for (const filter of [{}, { consumerId: 'a1' }, { providerId: 'a1' }, { partyId: 'a1' }]) {
    await lists.leases(filter, page);
    await lists.leases({ ...filter, state: 'active' }, page);
    await lists.count(filter);
  }
  await lists.costsOf(['l1', 'l2']);
  const workerIds = new Set(['w1', 'w2']);
  const narrowed = [
    { workerIds },
    { workerIds, sinceMs: 5 },
    { workerId: 'w1' },
    { sinceMs: 5 },
    { workerId: 'w1', sinceMs: 5, untilMs: 900 },
  ];
  for (const filter of [{}, { consumerId: 'a1' }, { providerId: 'a1' }, { partyId: 'a1' }]) {
    for (const span of narrowed) {
      for (const state of [undefined, 'completed' as const]) {
        await lists.leases({ ...filter, ...span, state }, page);
        await lists.count({ ...filter, ...span, state });
      }
    }
  }
  await lists.search('l1', {}, page);
  await lists.settlements(undefined, page);
  await lists.settlements(['a1'], page);
  await lists.settledWithin(['a1', 'a2'], 5, 900);
  for await (const row of lists.allSettlements('a1')) expect(row.provider_id).toBe('a1');
  await lists.totalsOf('a1');
}

async function askEverything(storage: StorageAccess): Promise<void> {
  const fleet = new FleetRepository(storage);
  const blocks = new BlockRepository(storage, findChainBlocks);
  const history = new HistoryRepository(storage);
  const overview = new OverviewRepository(storage);
  const workers = await fleet.loadWorkers();
  const worker = { ...workers[0], workerId: 'w1', accountId: 'a1', ethAddress: '', gpus: [] } as unknown;
  await fleet.saveWorker({ ...newWorker, ...(worker as LiveWorker) });
  await fleet.saveActivity([{ ...newWorker, ...(worker as LiveWorker) }]);
  const proof = { verdict: 'proven', reason: '', type: 'normal' } as const;
  const report = { workerId: 'w1', account: '', attempts: 1, hashrate: '1', reportedAtMs: 5, proof };
  const reports = [
    { ...report, leaseId: '', hash: 'h', key: 'x1' },
    { ...report, leaseId: 'l1', hash: 'h', key: 'x2' },
    { ...report, leaseId: 'l1', hash: 'h', key: 'k1' },
  ];
  await blocks.record(() => reports, 'pow');
  await blocks.markOnChain('X1', 7);
  await blocks.surroundings('l1', 'x1');
  const lists = new BlockListRepository(storage);
  const portion = { limit: 200, offset: 10 };
  await lists.newest(portion);
  await lists.ofLease('l1', portion);
  await lists.ofLease('', portion);
  await lists.selfMinedOf('w1', portion);
  await lists.countSelfMinedOf('w1');
  await lists.loadTotals();
  await lists.loadArrivals(900_000);
  await askForBlocks(storage);
  await history.saveSamples(1, [{ workerId: 'w1', hashrate: 1, activeGpus: 1 }]);
  await history.saveFleetSample(1, { hashrate: 1, activeGpus: 1, online: 1 });
  await history.fleetSeries(3_000_000, 172_800);
  await history.workerSeries('w1', 3_000_000, 172_800);
  await history.deleteSamplesBefore(2, 500);
  await history.deleteFleetSamplesBefore(2);
  await askWallets(new WalletRepository(storage));
  await askCommands(new CommandRepository(storage));
  await askTemplates(storage);
  await askChain(new ChainRepository(storage));
  await askLeases(storage);
  await askAccounts(new AccountRepository(storage));
  await askAccountList(new AccountListRepository(storage));
  await new ImportReportRepository(storage).last();
  await overview.activity(20, 0);
  await new TrendRepository(storage).minutes(1000, 5000);
  await askSessions(new SessionRepository(storage));
  await askKeys(storage);
  await askStates(new StateRepository(storage));
  await askTestData(storage.read);
  await askTags(storage);
  await askAlerts(storage);
}

async function askTestData(db: Database): Promise<void> {
  expect(await hasData(db)).toBe(true);
  expect(await hasName(db, ['w1', 'nobody'])).toBe(true);
  expect(await hasName(db, ['nobody'])).toBe(false);
  expect(await findAccount(db, '0xa')).toBe(undefined);
  await roundsSince(db, 30_000);
  await addRound(db, { takenAtMs: 7, sum: { hashrate: 1, activeGpus: 1, online: 1 }, samples: [] });
}

async function askSessions(sessions: SessionRepository): Promise<void> {
  await sessions.loadOpen();
  await sessions.nextWorker('w1');
  await sessions.forget('w1', 1, 100);
}

async function askStates(states: StateRepository): Promise<void> {
  await states.save([{ workerId: 'w1', sinceMs: 5, state: 'mining' }]);
  await states.loadLast();
  await states.within('w1', 10, 20);
  await states.beginObserving(30, 20);
  await states.endObserving(40);
  await states.lastSignMs();
  await states.nextWorker('');
  await states.forget('w1', 10, 100);
}

async function askKeys(storage: StorageAccess): Promise<void> {
  const keys = new KeyRepository(storage);
  expect(await keys.find('k1')).toBe(undefined);
  expect(await keys.findByHash('h')).toBe(undefined);
  const ended = new EndedSessionRepository(storage);
  await ended.add('s1', 10, 5);
  expect(await ended.has('s1')).toBe(true);
  await ended.add('s2', 20, 11);
  expect(await ended.has('s1')).toBe(false);
}

async function askAccounts(accounts: AccountRepository): Promise<void> {
  await accounts.findWalletBehind('a1');
  await accounts.linkedTo('0xa');
  await accounts.postings('a1', 50, 50);
  for await (const row of accounts.allPostings('a1')) expect(row.account_id).toBe('a1');
}

async function askAccountList(accounts: AccountListRepository): Promise<void> {
  for (const filter of [
    { search: '', role: undefined },
    { search: 'a1', role: 'provider' },
  ] as const) {
    await accounts.page(filter, 50, 10, 1);
    await accounts.totals(filter);
  }
}

async function askCommands(commands: CommandRepository): Promise<void> {
  const everything = { accountId: undefined, workerId: '', batchId: '', state: undefined };
  await commands.insert([]);
  await commands.saveStates([]);
  await commands.loadOpen();
  await commands.find('c1');
  await commands.list(everything, 50, 0);
  await commands.list({ ...everything, accountId: 'a1' }, 50, 0);
  await commands.list({ ...everything, workerId: 'w1' }, 50, 0);
  await commands.list({ ...everything, batchId: 'b1' }, 50, 0);
  await commands.list({ ...everything, state: 'sent' }, 50, 0);
  await commands.settingsOf('w1', 50);
  await commands.settingsOfMany(['w1', 'w2'], 50);
  await commands.ofBatch('b1');
  await commands.deleteBefore(1, 100);
}

async function askChain(chain: ChainRepository): Promise<void> {
  const fields = {
    hash: 'h',
    account: '0xA',
    attempts: 1,
    hashes_per_second: '',
    worker: '',
    created_at_ms: 1,
  };
  await chain.add({ ...fields, key: 'fff1', type: 'normal' }, 10);
  await chain.loadTotals();
  await chain.findBlockId('FFF1');
  await chain.balanceOf('0xa');
  await chain.newest(100, { account: '', prefix: '' });
  await chain.newest(100, { account: '0xa', prefix: '' });
  await chain.newest(100, { account: '', prefix: 'f' });
  await chain.newest(100, { account: '0xa', prefix: 'f' });
}

const newWorker = {
  gpuCount: 1,
  totalMemoryGb: 1,
  version: '',
  registeredAtMs: 1,
  reportedState: 'IDLE',
  detail: '',
  reportedLeaseId: '',
  offlineSinceMs: null,
  hashrate: 1,
  activeGpus: 1,
  acceptedBlocks: 0,
  difficulty: 1,
  minerUptimeSec: 1,
  lastHeartbeatMs: 1,
  lastOnlineAtMs: 1,
  totalOnlineMs: 1,
  currentAddress: '',
  currentPrefix: '',
  currentBlockPattern: '',
  claimedHashes: 0,
  expectedBlocks: 0,
  ...{ difficultySinceMs: 0, saidGoodbye: false },
  listed: true,
};

async function askTags(storage: StorageAccess): Promise<void> {
  const tags = new TagRepository(storage);
  await tags.earningsSince(9_000_000);
  const label = { worker_id: 'w1', tags: '["a"]', note: '' };
  await tags.save({
    labels: [label, { ...label, worker_id: 'w2', tags: '[]' }],
    groups: [{ tag: 'a', color: 1, description: '' }],
    removedGroup: 'b',
  });
  await tags.saveView({ view_id: 'v', account_id: 'w', shared: 0, settings: '{}', created_at_ms: 1 });
  await tags.removeView('v');
}

test.each(['in a new database', 'in a full and analyzed one'])(
  'every query of the repositories goes through an index %s',
  async (state) => {
    const { handle, queries, storage } = recordQueries(await migratedDatabase());
    fill(handle);
    if (state === 'in a new database')
      handle.exec(
        'delete from blocks; delete from leases; delete from hashrate_snapshots; drop table sqlite_stat1',
      );
    await askEverything(storage);
    expect(queries.length).toBeGreaterThan(20);
    const slow = queries.flatMap((query) =>
      plansOf(handle, query)
        // Behind another step, the rows that travel as JSON would be read again for each row of that step.
        .filter((step, place) => isWholeTable(step, query.sql) || (place > 0 && /^SCAN json_each/.test(step)))
        .map((step) => `${step}: ${query.sql}`),
    );
    expect(slow).toEqual([]);
  },
);

/**
 * Steps that read or sort every row of a table that grows for ever. A count from a covering index, a walk in the
 * order of an index, and the newest rows by their number are allowed; a series sorts its 500 points at most.
 */
function isWholeTable(step: string, query: string): boolean {
  const newestFirst =
    /^select \* from ("blocks"|"chain_blocks"( where \+lower\(key\) .*)?) order by "?block_id"? desc limit \?/;
  const scans =
    /^SCAN (api_keys|alert_messages|incidents|incident_members|watchdog_runs|blocks|chain_blocks|chain_balances|commands|ended_sessions|leases|template_jobs|template_job_workers|hashrate_snapshots|postings|settlements|transactions|wallet_snapshots|worker_states)\b/.test(
      step,
    );
  if (scans) return !/ USING (COVERING )?INDEX /.test(step) && !newestFirst.test(query);
  return step === 'USE TEMP B-TREE FOR ORDER BY' && !query.includes('fleet_snapshots');
}

test('the outages of a lease are found without a look at those before and after it', async () => {
  const { handle, queries, storage } = recordQueries(await migratedDatabase());
  fill(handle);
  handle.exec(`with recursive n(i) as (select 0 union all select i + 1 from n where i < 999)
    insert into worker_outages select 'w1', i * 1000, i * 1000 + 500, 'offline' from n`);
  const leases = new LeaseRepository(storage);
  expect(await leases.outages('w1', 100_200, 102_000)).toEqual([
    { beganAtMs: 100_000, endedAtMs: 100_500, cause: 'offline' },
    { beganAtMs: 101_000, endedAtMs: 101_500, cause: 'offline' },
  ]);
  const [query] = queries as [Query];
  expect(plansOf(handle, query).join()).toMatch(/worker_id=\? AND began_at_ms>\? AND began_at_ms<\?/);
});

test('a page of the newest activity does not read the whole history', async () => {
  const { handle, storage } = recordQueries(await migratedDatabase());
  fill(handle);
  const overview = new OverviewRepository(storage);
  const blocks = new BlockListRepository(storage);
  expect(await overview.activity(20, 0)).toHaveLength(20);
  expect((await blocks.newest({ limit: 5, offset: 0 })).map(({ key }) => key)).toEqual([
    'k9999',
    'k9998',
    'k9997',
    'k9996',
    'k9995',
  ]);
});
