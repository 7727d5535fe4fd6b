/** What the demo saw, and whether it is right. */
import type { Account } from '../../../contract/domain/account.ts';
import type { Block } from '../../../contract/domain/block.ts';
import type { LeaseDetails } from '../../../contract/domain/lease.ts';
import type { LedgerCheckReport } from '../../../contract/domain/ledger.ts';
import { costOf, splitCost, toCredits, toMicro } from '../../../contract/domain/money.ts';
import type { Reputation } from '../../../contract/domain/worker.ts';

export interface DemoBlock {
  readonly block: Block;
  /** Whether the demo, too, found its proof right. */
  readonly provenAgain: boolean;
}

/** Accounts at one moment. */
export interface DemoMoney {
  readonly renter: Account;
  readonly owner: Account;
  readonly treasury: Account;
}

export interface DemoFacts {
  readonly lease: LeaseDetails;
  readonly renterAddress: string;
  /** The blocks of the lease, as they came. */
  readonly blocks: readonly DemoBlock[];
  /** From the rent to the stop, by the demo's own watch. */
  readonly watchedSec: number;
  readonly before: DemoMoney;
  readonly after: DemoMoney;
  readonly reputation: { readonly before: Reputation; readonly after: Reputation };
  readonly ledger: LedgerCheckReport;
}

export interface DemoCheck {
  readonly name: string;
  readonly isRight: boolean;
  /** The figures that were compared. */
  readonly detail: string;
}

/** Calls take their time. */
const watchToleranceSec = 3;

const check = (name: string, isRight: boolean, detail: string): DemoCheck => ({ name, isRight, detail });

/** Credits of figures that were added up: without the dust of binary fractions. */
const rounded = (credits: number) => toCredits(toMicro(credits));

function checkBlocks({ lease, blocks, renterAddress }: DemoFacts): DemoCheck[] {
  const { prefix, settlement } = lease;
  const count = (isRight: (block: DemoBlock) => boolean) => blocks.filter(isRight).length;
  const all = `of ${blocks.length}`;
  const proven = count(({ block }) => block.verified === 'proven' && block.counted);
  const provenAgain = count((block) => block.provenAgain);
  const prefixed = count(({ block }) => block.key.toLowerCase().startsWith(prefix.toLowerCase()));
  const owned = count(({ block }) => block.account.toLowerCase() === renterAddress.toLowerCase());
  const counts = [lease.blocks_found, settlement?.blocks_found ?? 0];
  return [
    check('Blocks were found', blocks.length > 0, `${blocks.length} for the lease`),
    check('Each is proven', proven === blocks.length, `${proven} ${all}`),
    check('Each proof is right, computed again', provenAgain === blocks.length, `${provenAgain} ${all}`),
    check('Each key begins with the prefix', prefixed === blocks.length, `${prefixed} ${all}: ${prefix}`),
    check("Each is for the renter's address", owned === blocks.length, `${owned} ${all}`),
    check(
      'Lease and settlement count them',
      counts.every((found) => found === blocks.length),
      `${counts.join(' and ')} ${all}`,
    ),
  ];
}

function checkBill({ lease, watchedSec }: DemoFacts): DemoCheck[] {
  const { settlement, statement } = lease;
  if (!settlement) return [check('The lease is settled', false, 'there is no settlement')];
  const { elapsed_sec: elapsedSec, duration_sec: billedSec, total_cost: cost } = settlement;
  const expectedMicro = costOf(toMicro(lease.price_per_min), Math.round(billedSec * 1000));
  const { payoutMicro, feeMicro } = splitCost(expectedMicro);
  const [payout, fee] = [settlement.provider_payout, settlement.platform_fee];
  const shown = [statement.total_cost, statement.provider_payout, statement.platform_fee, statement.refund];
  const booked = [cost, payout, fee, settlement.refund];
  return [
    check(
      'The time is the one on the watch',
      Math.abs(elapsedSec - watchedSec) <= watchToleranceSec,
      `${elapsedSec.toFixed(1)} s, watched ${watchedSec.toFixed(1)} s`,
    ),
    check(
      'The cost is the price of that time',
      toMicro(cost) === expectedMicro,
      `${cost} = ${lease.price_per_min} × ${billedSec} s / 60`,
    ),
    check(
      'Cost = payout + fee, the fee is 5 %',
      toMicro(payout) === payoutMicro &&
        toMicro(fee) === feeMicro &&
        payoutMicro + feeMicro === toMicro(cost),
      `${cost} = ${payout} + ${fee}`,
    ),
    check(
      'What was not used is returned',
      toMicro(settlement.held) === toMicro(cost) + toMicro(settlement.refund),
      `${settlement.refund} = ${settlement.held} − ${cost}`,
    ),
    check(
      'The statement says the same',
      shown.every((amount, index) => amount === booked[index]),
      shown.join(', '),
    ),
  ];
}

function checkMoney({ lease, before, after, ledger }: DemoFacts): DemoCheck[] {
  const { total_cost: cost = 0, provider_payout: payout = 0, platform_fee: fee = 0 } = lease.settlement ?? {};
  const moved = (who: keyof DemoMoney, amount: number) =>
    toMicro(after[who].balance) - toMicro(before[who].balance) === toMicro(amount) && after[who].held === 0;
  const shown = (who: keyof DemoMoney) => `${before[who].balance} → ${after[who].balance}`;
  const { balances, held, deposits, withdrawals } = ledger.totals;
  return [
    check('The renter paid the cost, no more', moved('renter', -cost), shown('renter')),
    check('The owner got the payout', moved('owner', payout), shown('owner')),
    check('The treasury got the fee', moved('treasury', fee), shown('treasury')),
    check(
      'All money is accounted for',
      toMicro(balances) + toMicro(held) === toMicro(deposits) - toMicro(withdrawals),
      `${rounded(balances + held)} there = ${rounded(deposits - withdrawals)} paid in`,
    ),
    check(
      'The ledger is right',
      ledger.ok,
      ledger.ok
        ? `${ledger.checked.transactions} entries, ${ledger.checked.postings} postings`
        : `${ledger.findings_total} findings: ${ledger.findings[0]?.detail ?? ''}`,
    ),
  ];
}

function checkReputation({ reputation: { before, after }, blocks }: DemoFacts): DemoCheck {
  const [leases, leasesBefore] = [after, before].map(({ breakdown }) => breakdown.completion_detail);
  const [proven, provenBefore] = [after, before].map(
    ({ breakdown }) => breakdown.block_detail.verified_blocks,
  );
  const hasLease = leases?.completed_leases === (leasesBefore?.completed_leases ?? 0) + 1;
  const hasBlocks = (proven ?? 0) >= (provenBefore ?? 0) + blocks.length;
  return check(
    "The worker's reputation has grown",
    hasLease && hasBlocks && after.score > before.score,
    `${before.score} → ${after.score} of 100`,
  );
}

/** Compares everything that the demo saw with what it has to be, to the last micro-credit. */
export function checkDemo(facts: DemoFacts): DemoCheck[] {
  return [...checkBlocks(facts), ...checkBill(facts), ...checkMoney(facts), checkReputation(facts)];
}
