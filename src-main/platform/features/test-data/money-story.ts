/** What was paid: deposits, holds, settlements and withdrawals in the order in which they happened. */
import { operatorAccountId } from '../../../contract/domain/account.ts';
import { costOf, toCredits, toMicro } from '../../../contract/domain/money.ts';
import type { Random } from '../../kernel/random.ts';
import type { LeaseRow, SettlementRow } from '../../storage/schema.ts';
import {
  beginLease,
  holdOf,
  settle,
  toNewRow,
  type ActiveLease,
  type UnbookedSettlement,
} from '../leases/index.ts';
import { depositPostings, withdrawalPostings, type LedgerBatch, type LedgerEntry } from '../ledger/index.ts';
import type { Renter } from './renters.ts';
import type { Booking } from './rig-calendar.ts';
import type { Wallet } from './rigs.ts';
import { randomOf, type Setting } from './test-data-size.ts';

export interface BookedLeases {
  /** As they are at the end, in the order in which they began. */
  readonly leases: readonly LeaseRow[];
  /** In the order in which they were settled. */
  readonly settlements: readonly Omit<SettlementRow, 'settlement_id'>[];
}

/** Who rents each lease, and how many blocks count for it. */
export interface LeaseFacts {
  readonly renterOf: ReadonlyMap<Booking, Renter>;
  readonly leaseIdOf: (booking: Booking) => string;
  readonly prefixOf: (booking: Booking) => string;
  readonly blocksOf: (booking: Booking) => number;
}

/** Round sums that people pay in, in credits. */
const depositCredits = [50, 100, 200, 500, 1000, 2500, 5000, 10_000, 25_000] as const;

/** From this balance on an owner takes money out now and then. */
const withdrawFromMicro = toMicro(250);
const withdrawalChance = 0.04;

const heartbeatEveryMs = 30_000;
const minuteMs = 60_000;

interface Event {
  readonly atMs: number;
  readonly run: () => void;
}

/** Books the whole history; the batch then waits to be stored. */
export class MoneyStory {
  readonly #ledger: LedgerBatch;
  readonly #facts: LeaseFacts;
  readonly #random: Random;
  readonly #settlements: BookedLeases['settlements'][number][] = [];
  /** The last entry: none is older than one before it. */
  #bookedAtMs: number;

  constructor(setting: Setting, facts: LeaseFacts, ledger: LedgerBatch) {
    this.#facts = facts;
    this.#ledger = ledger;
    this.#random = randomOf(setting, 'money');
    this.#bookedAtMs = setting.startMs;
  }

  /** @param bookings in the order in which they began */
  tell(bookings: readonly Booking[]): BookedLeases {
    const leases: LeaseRow[] = [];
    const events = bookings.flatMap((booking): Event[] => {
      const lease = this.#leaseOf(booking);
      const { row, settlement, entry } = this.#end(booking, lease);
      leases.push(row);
      return [
        { atMs: lease.createdAtMs, run: () => this.#begin(lease, booking) },
        { atMs: booking.settledAtMs, run: () => this.#settle(settlement, entry, booking.rig.wallet) },
      ];
    });
    for (const { run } of events.toSorted((left, right) => left.atMs - right.atMs)) run();
    return { leases, settlements: this.#settlements };
  }

  #leaseOf(booking: Booking): ActiveLease {
    const { rig, createdAtMs, durationSec } = booking;
    const renter = this.#renterOf(booking);
    const lease = beginLease({
      leaseId: this.#facts.leaseIdOf(booking),
      workerId: rig.workerId,
      consumerId: renter.accountId,
      consumerAddress: renter.address,
      providerId: rig.wallet.accountId,
      prefix: this.#facts.prefixOf(booking),
      durationSec,
      pricePerMinMicro: rig.pricePerMinMicro,
      heldMicro: costOf(rig.pricePerMinMicro, durationSec * 1000),
      createdAtMs,
    });
    return { ...lease, miningSinceMs: booking.miningSinceMs };
  }

  #renterOf(booking: Booking): Renter {
    const renter = this.#facts.renterOf.get(booking);
    if (!renter) throw new Error('nobody rents this lease');
    return renter;
  }

  /** The lease at its end, and what it costs. */
  #end(booking: Booking, lease: ActiveLease) {
    const { rig, end, outage, settledAtMs } = booking;
    const active: LeaseRow = {
      ...toNewRow(lease),
      mining_since_ms: lease.miningSinceMs,
      blocks_found: this.#facts.blocksOf(booking),
    };
    const awayMs = outage ? Math.min(outage.endedAtMs ?? end.endedAtMs, end.endedAtMs) - outage.beganAtMs : 0;
    const samples = Math.floor((end.endedAtMs - lease.createdAtMs - awayMs) / heartbeatEveryMs);
    const { changes, settlement, entry } = settle(
      active,
      {
        ...end,
        leaseId: lease.leaseId,
        actor: end.reason === 'stopped' ? lease.consumerId : 'system',
        atMs: settledAtMs,
        hashrateSum: samples * rig.curve.mean(lease.createdAtMs, end.endedAtMs),
        hashrateSamples: samples,
      },
      outage ? [outage] : [],
    );
    return { row: { ...active, ...changes }, settlement, entry };
  }

  #begin(lease: ActiveLease, booking: Booking): void {
    const { accountId, createdAtMs } = this.#renterOf(booking);
    const missingMicro = lease.heldMicro - this.#ledger.availableMicro(accountId);
    if (missingMicro > 0) this.#deposit(accountId, missingMicro, createdAtMs, lease.createdAtMs);
    this.#book(holdOf(lease, lease.consumerId));
  }

  #settle(settlement: UnbookedSettlement, entry: LedgerEntry, owner: Wallet): void {
    this.#settlements.push({ ...settlement, transaction_id: this.#book(entry) });
    const { accountId, address } = owner;
    const freeMicro = this.#ledger.availableMicro(accountId);
    if (freeMicro < withdrawFromMicro || !this.#random.chance(withdrawalChance)) return;
    const credits = Math.floor(toCredits(freeMicro) * this.#random.between(0.5, 1));
    this.#book({
      kind: 'withdrawal',
      actor: accountId,
      note: `to ${address}`,
      atMs: this.#bookedAtMs,
      postings: withdrawalPostings(accountId, toMicro(credits)),
    });
  }

  /** Some time before money is needed, in round sums, and more than is missing. */
  #deposit(accountId: string, missingMicro: number, fromMs: number, untilMs: number): void {
    const wantedMicro = missingMicro * this.#random.between(1.2, 5);
    const largest = toMicro(depositCredits.at(-1) ?? 0);
    const round = depositCredits.map(toMicro).find((amountMicro) => amountMicro >= wantedMicro);
    const amountMicro = round ?? Math.ceil(wantedMicro / largest) * largest;
    const earliestMs = Math.max(this.#bookedAtMs, fromMs, untilMs - 30 * minuteMs);
    this.#book({
      kind: 'deposit',
      actor: operatorAccountId,
      note: 'bank transfer',
      atMs: Math.floor(this.#random.between(earliestMs, untilMs)),
      postings: depositPostings(accountId, amountMicro),
    });
  }

  #book(entry: LedgerEntry): number {
    this.#bookedAtMs = Math.max(this.#bookedAtMs, entry.atMs);
    return this.#ledger.book(entry);
  }
}
