/** Checks of leases: their holds, their settlements, and that both are what the ledger says. */
import { costOf, splitCost } from '../../../contract/domain/money.ts';
import type { Findings } from './findings.ts';
import type { AccountMoney, LeaseWithMoney } from './ledger-check.repository.ts';
import { holdPostings, settlementPostings, type Posting } from './posting.ts';

type Entry = LeaseWithMoney['entries'][number];
type Settlement = NonNullable<LeaseWithMoney['settlement']>;

export class LeaseCheck {
  leases = 0;
  settlements = 0;
  readonly #findings: Findings;
  readonly #busyWorkers = new Map<string, string>();
  readonly #heldByConsumer = new Map<string, number>();

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  checkLease({ lease, settlement, entries }: LeaseWithMoney): void {
    const where = `lease ${lease.lease_id}`;
    const heldMicro = this.#findings.wholeNumber(lease.held_micro, where);
    this.leases += 1;
    this.#checkHold(where, lease.consumer_id, heldMicro, entries);
    if (lease.state === 'active') {
      const other = this.#busyWorkers.get(lease.worker_id);
      if (other !== undefined)
        this.#findings.add('lease_doubled', where, `worker ${lease.worker_id} has ${other}, too`);
      this.#busyWorkers.set(lease.worker_id, lease.lease_id);
      const before = this.#heldByConsumer.get(lease.consumer_id) ?? 0;
      this.#heldByConsumer.set(lease.consumer_id, before + heldMicro);
    } else if (!settlement && !isUnsettledImport(lease)) {
      this.#findings.add('settlement_missing', where, `is ${lease.state} but not settled`);
    }
    const settling = entries.filter(({ entry }) => entry.kind === 'settlement');
    if (settlement) this.#checkSettlement(where, lease, settlement, settling);
    else if (settling.length > 0)
      this.#findings.add('settlement_wrong', where, 'is settled in the ledger but has no settlement');
  }

  /** @param state of the lease; null when there is none */
  checkSettled(leaseId: string, state: string | null): void {
    this.settlements += 1;
    if (state === null || state === 'active')
      this.#findings.add(
        'settlement_unexpected',
        `settlement of ${leaseId}`,
        state === null ? 'there is no such lease' : 'the lease is active',
      );
  }

  /** After all leases. */
  checkAccount({ account_id: accountId, held_micro: heldMicro }: AccountMoney): void {
    const explained = this.#heldByConsumer.get(accountId) ?? 0;
    if (heldMicro !== explained)
      this.#findings.add(
        'held_unexplained',
        `account ${accountId}`,
        `holds ${heldMicro} micro-credits; its active leases hold ${explained}`,
      );
  }

  #checkHold(where: string, consumerId: string, heldMicro: number, entries: readonly Entry[]): void {
    const holds = entries.filter(({ entry }) => entry.kind === 'hold');
    const expected = holdPostings(consumerId, heldMicro);
    const isRight =
      expected.length === 0 ? holds.length === 0 : holds.length === 1 && isSame(holds[0], expected);
    if (!isRight)
      this.#findings.add(
        'hold_wrong',
        where,
        `should have one hold of ${heldMicro} micro-credits of ${consumerId}; it has ${holds.length}`,
      );
  }

  #checkSettlement(
    where: string,
    lease: LeaseWithMoney['lease'],
    settlement: Settlement,
    settling: readonly Entry[],
  ): void {
    const wrong = (detail: string) => this.#findings.add('settlement_wrong', where, detail);
    const amounts = [
      settlement.held_micro,
      settlement.total_cost_micro,
      settlement.provider_payout_micro,
      settlement.platform_fee_micro,
      settlement.refund_micro,
    ].map((amount) => this.#findings.wholeNumber(amount, `settlement of ${where}`));
    const [heldMicro = 0, costMicro = 0, payoutMicro = 0, feeMicro = 0, refundMicro = 0] = amounts;
    const { consumer_id: consumerId, provider_id: providerId } = settlement;
    if (
      consumerId !== lease.consumer_id ||
      providerId !== lease.provider_id ||
      settlement.worker_id !== lease.worker_id ||
      heldMicro !== lease.held_micro
    )
      wrong('its settlement names other parties or another hold');
    if (settlement.elapsed_ms - settlement.downtime_ms !== settlement.billed_ms)
      wrong('its billed time is not its elapsed time without the downtime');
    if (lease.imported === 0)
      this.#checkPrice(wrong, lease, settlement, { costMicro, payoutMicro, feeMicro });
    if (heldMicro !== costMicro + refundMicro || costMicro !== payoutMicro + feeMicro)
      wrong('its payout, fee and refund are not its hold');
    const expected = settlementPostings({ consumerId, providerId, payoutMicro, feeMicro, refundMicro });
    const isBooked =
      expected.length === 0
        ? settling.length === 0 && settlement.transaction_id === 0
        : settling.length === 1 &&
          settling[0]?.entry.transaction_id === settlement.transaction_id &&
          isSame(settling[0], expected);
    if (!isBooked)
      wrong(`its settlement is not what transaction ${settlement.transaction_id} of the ledger says`);
  }

  /** What the earlier platform settled follows its own prices and rounding. */
  #checkPrice(
    wrong: (detail: string) => void,
    lease: LeaseWithMoney['lease'],
    settlement: Settlement,
    { costMicro, payoutMicro, feeMicro }: { costMicro: number; payoutMicro: number; feeMicro: number },
  ): void {
    if (costMicro !== Math.min(costOf(lease.price_per_min_micro, settlement.billed_ms), lease.held_micro))
      wrong('its cost is not the price of the billed time');
    const split = splitCost(costMicro);
    if (payoutMicro !== split.payoutMicro || feeMicro !== split.feeMicro)
      wrong('its payout and fee do not follow from its cost');
  }
}

/** The earlier platform did not settle every lease that it ended; it held nothing for them. */
function isUnsettledImport({ imported, held_micro: heldMicro }: LeaseWithMoney['lease']): boolean {
  return imported === 1 && heldMicro === 0;
}

function isSame(full: Entry | undefined, expected: readonly Posting[]): boolean {
  return (
    full?.postings.length === expected.length &&
    full.postings.every((posting, index) => {
      const side = expected[index];
      return (
        posting.account_id === side?.accountId &&
        posting.bucket === side.bucket &&
        posting.kind === side.kind &&
        posting.amount_micro === side.amountMicro
      );
    })
  );
}
