/** Settlements and transactions of the earlier platform as entries of the ledger. */
import { treasuryAccountId } from '../../../contract/domain/account.ts';
import { splitCost, toCredits } from '../../../contract/domain/money.ts';
import { holdPostings, settlementPostings, type LedgerEntry } from '../ledger/index.ts';
import {
  entryAlone,
  isCounterpart,
  isOneSided,
  listIds,
  outsidePostings,
  paymentParts,
  toMovement,
  transferEntry,
  type Movement,
} from './earlier-movement.ts';
import type { ImportedAccounts } from './imported-accounts.ts';
import type { ImportedWorkers } from './imported-workers.ts';
import type { ImportContext } from './import-context.ts';
import type { EntryRank } from './import-target.repository.ts';
import { MovedMoney } from './moved-money.ts';
import { count, show, SourceRow, type SourceValues } from './source-row.ts';

/** What is known of the end of a lease and its price. */
interface Payment {
  readonly leaseId: string;
  readonly settlementId: number | undefined;
  readonly consumerId: string;
  readonly workerId: string;
  readonly providerId: string;
  readonly chargeMicro: number;
  readonly payoutMicro: number;
  readonly billedMs: number;
  readonly blocksFound: number;
  readonly atMs: number;
  readonly note: string;
}

/** Counting goes on from the last one. */
const maxSettlementId = 2 ** 48;

const wholeSeconds = { min: 0, max: 3e9, fallback: 0 };

export class ImportMoney {
  readonly #context: ImportContext;
  readonly #accounts: ImportedAccounts;
  readonly #workers: ImportedWorkers;
  /** What settlements moved. */
  readonly #settled = new MovedMoney();
  /** What all staged entries add to each account. */
  readonly #sums = new Map<string, number>();
  readonly #firstAtMs = new Map<string, number>();
  #lastSettlementId = 0;
  readonly openings = { count: 0, inMicro: 0, outMicro: 0 };

  constructor(context: ImportContext, accounts: ImportedAccounts, workers: ImportedWorkers) {
    this.#context = context;
    this.#accounts = accounts;
    this.#workers = workers;
  }

  /** @param rows `EarlierDatabase.settlements` */
  takeSettlements(rows: Iterable<SourceValues>): void {
    let group: SourceValues[] = [];
    for (const values of rows) {
      if (group.length > 0 && group[0]?.['source_rowid'] !== values['source_rowid']) {
        this.#takeSettlement(group);
        group = [];
      }
      group.push(values);
    }
    if (group.length > 0) this.#takeSettlement(group);
  }

  /** @param rows `EarlierDatabase.unsettledPayments` */
  takeUnsettledPayments(rows: Iterable<SourceValues>): void {
    let group: SourceValues[] = [];
    for (const values of rows) {
      const isOther = group[0]?.['reference_id'] !== values['reference_id'];
      if (group.length > 0 && (isOther || group.length > 2)) {
        this.#takeUnsettled(group);
        group = [];
      }
      group.push(values);
    }
    if (group.length > 0) this.#takeUnsettled(group);
  }

  /** @param rows `EarlierDatabase.otherTransactions` */
  takeOtherTransactions(rows: Iterable<SourceValues>): void {
    let earlier: Movement | undefined;
    for (const values of rows) {
      const movement = toMovement(this.#context, values);
      if (!movement) continue;
      if (earlier && isCounterpart(earlier, movement)) {
        this.#bookTransfer(earlier, movement);
        earlier = undefined;
        continue;
      }
      if (earlier) this.#bookAlone(earlier);
      earlier = movement;
    }
    if (earlier) this.#bookAlone(earlier);
  }

  /** After all movements: one entry an account explains what they do not. */
  stageOpenings(): void {
    const { findings, nowMs } = this.#context;
    for (const { accountId, balanceMicro, createdAtMs } of this.#accounts.all()) {
      const missingMicro = balanceMicro - (this.#sums.get(accountId) ?? 0);
      if (missingMicro === 0) continue;
      // Money that was there before comes first; what is too much goes last, so that no balance dips below nothing.
      const comesFirst = missingMicro > 0;
      const firstAtMs = Math.min(createdAtMs, this.#firstAtMs.get(accountId) ?? nowMs);
      this.openings.count += 1;
      if (comesFirst) this.openings.inMicro += missingMicro;
      else this.openings.outMicro -= missingMicro;
      findings.add(
        'balance_unexplained',
        `account ${show(accountId)}`,
        `by ${toCredits(missingMicro)} credits`,
      );
      const entry: LedgerEntry = {
        kind: 'opening',
        actor: 'system',
        note: `earlier platform: its balance was ${toCredits(balanceMicro)}, which its transactions do not explain`,
        atMs: comesFirst ? firstAtMs : nowMs,
        postings: outsidePostings(accountId, 'opening', missingMicro),
      };
      this.#stage(entry, comesFirst ? 'opening' : 'last');
    }
  }

  /** Sets money aside for a lease that goes on. */
  stageHold(leaseId: string, consumerId: string, amountMicro: number, durationSec: number): void {
    const { nowMs } = this.#context;
    const note = `price of ${durationSec} s, as far as it is there: the lease was under way on the earlier platform`;
    this.#stage(
      {
        kind: 'hold',
        leaseId,
        actor: 'system',
        note,
        atMs: nowMs,
        postings: holdPostings(consumerId, amountMicro),
      },
      'last',
    );
  }

  #takeSettlement(group: readonly SourceValues[]): void {
    const { findings, nowMs, tally, leaveOver, pace, target } = this.#context;
    const values = group[0] as SourceValues;
    const row = new SourceRow(values, `settlement ${show(values['id'])}`, findings, nowMs);
    pace.row(row.where);
    const leaseId = row.text('lease_id');
    if (leaseId === '') leaveOver('settlements', row, 'row_unusable', 'it names no lease');
    else if (target.settlementOf(leaseId)) leaveOver('settlements', row, 'settlement_doubled', show(leaseId));
    else {
      this.#pay(row, leaseId, group);
      tally('settlements').imported += 1;
      return;
    }
    for (const movement of this.#movementsOf(group)) this.#bookAlone(movement);
  }

  /** A settlement with the transactions that are its parts; what is no part of it is booked alone. */
  #pay(row: SourceRow, leaseId: string, group: readonly SourceValues[]): void {
    const { findings } = this.#context;
    const atMs = row.timeMs('settled_at', 0);
    const consumer = row.text(row.flag('has_lease', 0) === 1 ? 'lease_consumer_id' : 'consumer_id');
    const worker = row.text(row.flag('has_lease', 0) === 1 ? 'lease_worker_id' : 'worker_id');
    const { chargeMicro, payoutMicro } = this.#amountsOf(row, [consumer, worker, treasuryAccountId]);
    const consumerId = this.#accounts.require(consumer, 'consumer', atMs);
    const workerId = this.#workers.require(worker, atMs).workerId;
    const providerId =
      payoutMicro > 0 ? this.#accounts.require(worker, 'provider', atMs) : this.#payee(workerId);
    const accounts = {
      lease_charge: consumerId,
      provider_payout: providerId,
      platform_fee: treasuryAccountId,
    };
    const parts: Movement[] = [];
    for (const movement of this.#movementsOf(group)) {
      const part = paymentParts.find((type) => type === movement.type);
      const isFirst = !parts.some(({ type }) => type === movement.type);
      const isPart = part && isFirst && this.#accountOf(movement) === accounts[part];
      if (isPart) parts.push(movement);
      else this.#bookAlone(movement);
    }
    if (parts.length < paymentParts.length && chargeMicro > 0)
      findings.add('settlement_without_transactions', row.where, `has ${parts.length} of 3`);
    this.#settle({
      leaseId,
      settlementId: row.rowid,
      consumerId,
      workerId,
      providerId,
      chargeMicro,
      payoutMicro,
      billedMs: Math.round(row.decimal('duration_sec', wholeSeconds) * 1000),
      blocksFound: row.whole('blocks_found', count),
      atMs,
      note: `earlier platform: settlement ${show(row.values['id'])}${listIds(parts)}`,
    });
  }

  /** The payout is as it was, the fee takes the rounding: charge = payout + fee to the last unit. */
  #amountsOf(row: SourceRow, parties: readonly string[]): { chargeMicro: number; payoutMicro: number } {
    const charge = row.amountMicro('total_cost');
    const payout = row.amountMicro('provider_payout');
    const fee = row.amountMicro('platform_fee');
    const isBookable = charge !== undefined && charge >= 0 && this.#settled.admits(parties, charge);
    const chargeMicro = isBookable ? charge : 0;
    const isPossible = payout !== undefined && payout >= 0 && payout <= chargeMicro;
    const payoutMicro = isPossible ? payout : splitCost(chargeMicro).payoutMicro;
    const isRounding = fee !== undefined && Math.abs(chargeMicro - payoutMicro - fee) <= 2;
    if (charge === chargeMicro && isPossible && isRounding) return { chargeMicro, payoutMicro };
    const { total_cost: cost, provider_payout: paid, platform_fee: taken } = row.values;
    this.#context.findings.add(
      'settlement_changed',
      row.where,
      `cost ${show(cost)} = payout ${show(paid)} + fee ${show(taken)}, taken as ${toCredits(chargeMicro)} = ` +
        `${toCredits(payoutMicro)} + ${toCredits(chargeMicro - payoutMicro)}`,
    );
    this.#context.leaveOver('settlements', row, 'settlement_changed', '', false);
    return { chargeMicro, payoutMicro };
  }

  /** All three parts of a payment make the settlement that was not written. */
  #takeUnsettled(group: readonly SourceValues[]): void {
    const movements = group.flatMap((values) => toMovement(this.#context, values) ?? []);
    const [charge, payout, fee] = paymentParts.map((part) => movements.find(({ type }) => type === part));
    const row = charge?.row;
    const isPayment =
      row &&
      payout &&
      fee &&
      movements.length === 3 &&
      charge.hasLease &&
      row.text('lease_state') !== 'active';
    const { amountMicro: chargeMicro = 0 } = charge ?? {};
    const { amountMicro: payoutMicro = 0 } = payout ?? {};
    const isSame =
      isPayment &&
      row.text('lease_consumer_id') === charge.account &&
      row.text('lease_worker_id') === payout.account &&
      fee.account === treasuryAccountId &&
      payoutMicro >= 0 &&
      Math.abs(chargeMicro - payoutMicro - fee.amountMicro) <= 2 &&
      payoutMicro <= chargeMicro;
    if (!isSame) return movements.forEach((movement) => this.#bookAlone(movement));
    this.#context.findings.add('settlement_recovered', `lease ${show(charge.reference)}`, listIds(movements));
    const createdAtMs = row.timeMs('lease_created_at', charge.atMs);
    const endedAtMs = row.optionalTimeMs('lease_ended_at') ?? charge.atMs;
    const workerId = this.#workers.require(payout.account, charge.atMs).workerId;
    this.#settle({
      leaseId: charge.reference,
      settlementId: undefined,
      consumerId: this.#accountOf(charge),
      workerId,
      providerId: this.#accountOf(payout),
      chargeMicro,
      payoutMicro,
      billedMs: Math.max(0, endedAtMs - createdAtMs),
      blocksFound: row.whole('blocks_found', count),
      atMs: fee.atMs,
      note: `earlier platform: settlement without a row${listIds(movements)}`,
    });
  }

  #settle(payment: Payment): void {
    const { leaseId, consumerId, providerId, chargeMicro, payoutMicro, atMs, note } = payment;
    const feeMicro = chargeMicro - payoutMicro;
    this.#context.target.insert('settlements', {
      settlement_id: this.#nextSettlementId(payment.settlementId),
      lease_id: leaseId,
      consumer_id: consumerId,
      provider_id: providerId,
      worker_id: payment.workerId,
      transaction_id: 0,
      elapsed_ms: payment.billedMs,
      downtime_ms: 0,
      billed_ms: payment.billedMs,
      blocks_found: payment.blocksFound,
      held_micro: chargeMicro,
      total_cost_micro: chargeMicro,
      provider_payout_micro: payoutMicro,
      platform_fee_micro: feeMicro,
      refund_micro: 0,
      unpaid_since_ms: null,
      settled_at_ms: atMs,
    });
    if (chargeMicro === 0) return;
    const shared = { leaseId, actor: 'system', atMs } as const;
    const held = `${note}: the earlier platform held nothing beforehand`;
    const postings = settlementPostings({ consumerId, providerId, payoutMicro, feeMicro, refundMicro: 0 });
    this.#stage(
      { ...shared, kind: 'hold', note: held, postings: holdPostings(consumerId, chargeMicro) },
      'ordinary',
    );
    this.#stage({ ...shared, kind: 'settlement', note, postings }, 'ordinary');
  }

  /** Settlements keep their numbers; new ones follow on them. */
  #nextSettlementId(given: number | undefined): number {
    const id = given !== undefined && given <= maxSettlementId ? given : this.#lastSettlementId + 1;
    this.#lastSettlementId = Math.max(this.#lastSettlementId, id);
    return id;
  }

  /** The account that is named as the provider where no money moved. */
  #payee(workerId: string): string {
    const worker = this.#workers.get(workerId);
    return this.#accounts.namedLike(workerId) ?? worker?.accountId ?? treasuryAccountId;
  }

  #movementsOf(group: readonly SourceValues[]): Movement[] {
    return group.flatMap((values) => {
      if (values['tx_id'] === null || values['tx_id'] === undefined) return [];
      const movement = toMovement(this.#context, {
        source_rowid: values['tx_id'],
        id: values['tx_id'],
        account_id: values['tx_account_id'],
        type: values['tx_type'],
        amount: values['tx_amount'],
        reference_id: values['lease_id'],
        created_at: values['tx_created_at'],
        has_lease: values['has_lease'],
      });
      return movement ?? [];
    });
  }

  #accountOf({ account, type, atMs }: Movement): string {
    const role = type === 'provider_payout' ? 'provider' : 'consumer';
    return this.#accounts.require(account, role, atMs);
  }

  #bookAlone(movement: Movement): void {
    if (isOneSided(movement))
      this.#context.findings.add('transaction_alone', movement.row.where, movement.type);
    this.#stage(entryAlone(movement, this.#accountOf(movement)), 'ordinary');
  }

  #bookTransfer(out: Movement, back: Movement): void {
    this.#stage(transferEntry(out, back, this.#accountOf(out), this.#accountOf(back)), 'ordinary');
  }

  #stage(entry: LedgerEntry, rank: EntryRank): void {
    for (const { accountId, bucket, amountMicro } of entry.postings) {
      if (bucket === 'external') continue;
      this.#sums.set(accountId, (this.#sums.get(accountId) ?? 0) + amountMicro);
      const firstAtMs = this.#firstAtMs.get(accountId) ?? entry.atMs;
      this.#firstAtMs.set(accountId, Math.min(firstAtMs, entry.atMs));
    }
    this.#context.target.stage(entry, rank);
  }
}
