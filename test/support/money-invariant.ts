import BetterSqlite from 'better-sqlite3';

/** Counts of what must never be, each by its own SQL, apart from the program's own check. */
const impossible = {
  'entries whose postings do not sum to zero': `select count(*) from
     (select transaction_id from postings group by transaction_id having sum(amount_micro) <> 0)`,
  'accounts whose free money is not the sum of its postings': `select count(*) from accounts where balance_micro <>
     (select coalesce(sum(amount_micro), 0) from postings
      where postings.account_id = accounts.account_id and bucket = 'available')`,
  'accounts whose held money is not the sum of its postings': `select count(*) from accounts where held_micro <>
     (select coalesce(sum(amount_micro), 0) from postings
      where postings.account_id = accounts.account_id and bucket = 'held')`,
  'accounts whose held money is not that of their active leases': `select count(*) from accounts where held_micro <>
     (select coalesce(sum(leases.held_micro), 0) from leases
      where consumer_id = accounts.account_id and state = 'active')`,
  'micro-credits that came from nowhere': `select abs(
     (select coalesce(sum(balance_micro + held_micro), 0) from accounts) +
     (select coalesce(sum(amount_micro), 0) from postings where bucket = 'external'))`,
  'negative balances': 'select count(*) from accounts where balance_micro < 0 or held_micro < 0',
  'workers with two active leases': `select count(*) from
     (select worker_id from leases where state = 'active' group by worker_id having count(*) > 1)`,
  'ended leases without exactly one settlement': `select count(*) from leases where state <> 'active' and
     (select count(*) from settlements where settlements.lease_id = leases.lease_id) <> 1`,
  'settlements of active leases': `select count(*) from settlements join leases using (lease_id)
     where leases.state = 'active'`,
  'leases without exactly one hold': `select count(*) from leases where held_micro > 0 and
     (select count(*) from transactions
      where transactions.lease_id = leases.lease_id and kind = 'hold') <> 1`,
  'leases settled twice in the ledger': `select count(*) from
     (select lease_id from transactions where kind = 'settlement' group by lease_id having count(*) > 1)`,
  'settlements that do not add up': `select count(*) from settlements where held_micro <> total_cost_micro + refund_micro
     or total_cost_micro <> provider_payout_micro + platform_fee_micro or platform_fee_micro <> total_cost_micro * 5 / 100`,
} as const;

/** What does not hold in a database file; empty when all is well. Also while a platform runs on it. */
export function brokenInvariants(databasePath: string): string[] {
  const database = new BetterSqlite(databasePath, { readonly: true, fileMustExist: true });
  try {
    database.exec('begin');
    return Object.entries(impossible).flatMap(([name, sql]) => {
      const count = database.prepare(sql).pluck().get() as number;
      return count === 0 ? [] : [`${count} ${name}`];
    });
  } finally {
    database.close();
  }
}
