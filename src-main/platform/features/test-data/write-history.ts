/** Writes a history into a database, inside a transaction of its own. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { getAddress } from 'viem/utils';
import { treasuryAccountId } from '../../../contract/domain/account.ts';
import { StartupError } from '../../kernel/app-error.ts';
import { insertRows, withinTransaction } from '../../storage/bulk-insert.ts';
import type { Database, LeaseRow } from '../../storage/schema.ts';
import { LedgerBatch } from '../ledger/index.ts';
import { horizonsAt, WalletRepository } from '../wallet/index.ts';
import { StateRepository } from '../worker-states/index.ts';
import { toBlockRow } from './block-rows.ts';
import { hashrateRounds } from './hashrate-history.ts';
import { planHistory, type HistoryPlan } from './history-plan.ts';
import { MoneyStory } from './money-story.ts';
import { planConsumers } from './renters.ts';
import { toAccountRows, toActivityRows, toOutageRows, toWorkerRow } from './rig-rows.ts';
import { planRigs } from './rigs.ts';
import { toStateRows } from './state-rows.ts';
import { randomOf, settingOf, type Owner, type Setting, type TestDataSize } from './test-data-size.ts';
import { addRound, enlargeCache, findAccount, hasName, roundsSince } from './test-data.repository.ts';
import { walletSamples } from './wallet-history.ts';

export interface HistoryOrder {
  readonly size: TestDataSize;
  /** The same seed and end give the same rows. */
  readonly seed: number;
  /** When the history ends. */
  readonly endMs: number;
  /** Address whose wallet gets the largest farm, in any case; undefined: all addresses are made up. */
  readonly owner: string | undefined;
  /** Told how much is done, from 0 to 1. */
  readonly onProgress: (part: number) => void;
  readonly signal: AbortSignal;
}

const cacheKib = 256 * 1024;
const rowsPerPortion = 2000;

/** How much of the whole time each step takes, roughly. */
const shares = { plan: 16, leases: 20, blocks: 26, hashrates: 18, wallets: 20 } as const;
type Step = keyof typeof shares;

/** Follows the work, and gives the process its turns: a signal is heard, a bar drawn. */
class Walk {
  readonly #order: HistoryOrder;
  readonly #total = Object.values(shares).reduce((sum, share) => sum + share, 0);
  #before = 0;

  constructor(order: HistoryOrder) {
    this.#order = order;
  }

  /** @param part of the step that is done, from 0 to 1 */
  async reach(step: Step, part: number): Promise<void> {
    this.#order.onProgress(Math.min(1, (this.#before + shares[step] * part) / this.#total));
    await nextTurn();
    this.#order.signal.throwIfAborted();
  }

  async finish(step: Step): Promise<void> {
    await this.reach(step, 1);
    this.#before += shares[step];
  }
}

/**
 * Writes a history; names that are taken are passed over. The platform's own accounts have to be there.
 *
 * @returns which history in this database it is, from 1
 * @throws whatever the signal was aborted with; the caller's transaction then has to be taken back
 */
export async function writeHistory(db: Database, order: HistoryOrder): Promise<Setting> {
  const walk = new Walk(order);
  await enlargeCache(db, cacheKib);
  const setting = await findSetting(db, order);
  const plan = await planHistory(setting, () => walk.reach('plan', 0.5));
  await walk.finish('plan');
  await insertRows(db, 'accounts', toAccountRows(plan));
  await insertRows(db, 'workers', plan.calendars.map(toWorkerRow));
  await insertRows(db, 'worker_activity', toActivityRows(plan));
  await insertRows(db, 'worker_outages', plan.calendars.flatMap(toOutageRows));
  await writeStates(db, plan);
  const leases = await writeLeases(db, plan, walk);
  await writeBlocks(db, plan, leases, walk);
  await writeHashrates(db, plan, walk);
  await writeWallets(db, plan, walk);
  return setting;
}

/** The first history whose names are all free. */
async function findSetting(db: Database, order: HistoryOrder): Promise<Setting> {
  const owner = order.owner === undefined ? undefined : await findOwner(db, order.owner.toLowerCase());
  for (let batch = 1; ; batch += 1) {
    const setting = settingOf({ ...order, owner }, batch);
    const { wallets, rigs } = planRigs(setting);
    const names = [
      ...rigs.map(({ workerId }) => workerId),
      ...wallets.map(({ accountId }) => accountId).filter((accountId) => accountId !== owner?.accountId),
      ...planConsumers(setting).flatMap(({ accountId, address }) => [accountId, address.toLowerCase()]),
    ];
    if (!(await hasName(db, names))) return setting;
  }
}

/** @param address lower case */
async function findOwner(db: Database, address: string): Promise<Owner> {
  const account = await findAccount(db, address);
  if (account && account.closedAtMs !== null)
    throw new StartupError(`The account ${account.accountId} of the owner is closed; name another one.`);
  return {
    address: getAddress(address),
    accountId: account?.accountId ?? address,
    isKnown: account !== undefined,
  };
}

async function writeStates(db: Database, plan: HistoryPlan): Promise<void> {
  const repository = new StateRepository(withinTransaction(db));
  const rows = toStateRows(plan);
  for (let start = 0; start < rows.length; start += rowsPerPortion)
    await repository.save(rows.slice(start, start + rowsPerPortion));
}

async function writeLeases(db: Database, plan: HistoryPlan, walk: Walk): Promise<Map<string, LeaseRow>> {
  const { setting, facts, bookings, wallets, consumers } = plan;
  const accounts = [...wallets, ...consumers].map(({ accountId }) => accountId);
  const ledger = await LedgerBatch.open(db, [treasuryAccountId, ...accounts]);
  const { leases, settlements } = new MoneyStory(setting, facts, ledger).tell(bookings);
  const total = leases.length + settlements.length + ledger.rows;
  let written = 0;
  const afterRows = (count: number) => walk.reach('leases', (written += count) / total);
  await insertRows(db, 'leases', leases, afterRows);
  await ledger.store(db, afterRows);
  await insertRows(db, 'settlements', settlements, afterRows);
  await walk.finish('leases');
  return new Map(leases.map((lease) => [lease.lease_id, lease]));
}

async function writeBlocks(
  db: Database,
  { setting, blocks, facts }: HistoryPlan,
  leases: ReadonlyMap<string, LeaseRow>,
  walk: Walk,
): Promise<void> {
  const random = randomOf(setting, 'proofs');
  for (let start = 0; start < blocks.length; start += rowsPerPortion) {
    const rows = blocks.slice(start, start + rowsPerPortion).map((block) => {
      const lease = block.booking && leases.get(facts.leaseIdOf(block.booking));
      return toBlockRow(random, setting, block, lease);
    });
    await insertRows(db, 'blocks', rows);
    await walk.reach('blocks', (start + rows.length) / blocks.length);
  }
  await walk.finish('blocks');
}

async function writeHashrates(db: Database, { setting, calendars }: HistoryPlan, walk: Walk): Promise<void> {
  const { startMs, endMs } = setting;
  const taken = await roundsSince(db, startMs);
  let fromMs: number | undefined;
  for (const round of hashrateRounds(setting, calendars, taken)) {
    fromMs ??= round.takenAtMs;
    await addRound(db, round);
    await walk.reach('hashrates', (round.takenAtMs - fromMs) / (endMs - fromMs + 1));
  }
  await walk.finish('hashrates');
}

/** By the wallets' own rules: samples, blocks and payouts in their hours, old ones in their days. */
async function writeWallets(db: Database, { setting, calendars }: HistoryPlan, walk: Walk): Promise<void> {
  const { startMs, endMs } = setting;
  const repository = new WalletRepository(withinTransaction(db));
  const horizons = horizonsAt(endMs);
  for (const samples of walletSamples(setting, calendars)) {
    await repository.saveSamples(samples, horizons);
    const hourMs = samples[0]?.hourStartMs ?? startMs;
    await walk.reach('wallets', (0.8 * Math.max(0, hourMs - startMs)) / (endMs - startMs));
  }
  let progress = await repository.progress();
  while (await repository.isBehind(progress)) {
    progress = await repository.countNext(rowsPerPortion * 10, horizons);
    await walk.reach('wallets', 0.9);
  }
  await walk.finish('wallets');
}
