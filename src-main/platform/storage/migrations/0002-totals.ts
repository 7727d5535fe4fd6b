import { sql, type Kysely } from 'kysely';

const int = 'integer';

const totals = [
  'consumer_leases',
  'consumer_completed',
  'consumer_cancelled',
  'consumer_settlements',
  'consumer_cost_micro',
  'provider_leases',
  'provider_completed',
  'provider_cancelled',
  'provider_blocks',
  'provider_settlements',
  'provider_payout_micro',
  'own_leases',
  'own_completed',
  'own_cancelled',
  'postings',
] as const;

/** Adds to the totals of one account, which get their row with the first thing that counts. */
function addTo(account: string, additions: Partial<Record<(typeof totals)[number], string>>): string {
  const sets = Object.entries(additions).map(([column, value]) => `${column} = ${column} + ${value}`);
  return `insert into account_totals (account_id) select ${account}
      where ${account} <> '' and not exists (select 1 from account_totals where account_id = ${account});
    update account_totals set ${sets.join(', ')} where account_id = ${account};`;
}

async function createTrigger(db: Kysely<unknown>, name: string, event: string, body: string): Promise<void> {
  await sql.raw(`create trigger ${name} after ${event} begin ${body} end`).execute(db);
}

/**
 * What each account rented and let, and how often its money moved, as figures that are kept with every change, in
 * its transaction: a total of a provider with a million leases is one row. Triggers keep them, so that no writer can
 * forget one.
 */
export async function createAccountTotals(db: Kysely<unknown>): Promise<void> {
  let table = db.schema
    .createTable('account_totals')
    .addColumn('account_id', 'text', (column) => column.primaryKey().notNull());
  for (const name of totals) table = table.addColumn(name, int, (column) => column.notNull().defaultTo(0));
  await table.modifyEnd(sql`without rowid`).execute();
  await sql`
    insert into account_totals (account_id, consumer_leases, consumer_completed, consumer_cancelled,
      provider_leases, provider_completed, provider_cancelled, provider_blocks,
      own_leases, own_completed, own_cancelled)
    select account_id, sum(rents), sum(rents * completed), sum(rents * cancelled),
      sum(1 - rents), sum((1 - rents) * completed), sum((1 - rents) * cancelled), sum((1 - rents) * blocks_found),
      sum(rents * own), sum(rents * own * completed), sum(rents * own * cancelled)
    from (
      select consumer_id as account_id, 1 as rents, consumer_id = provider_id as own,
        state = 'completed' as completed, state = 'cancelled' as cancelled, blocks_found from leases
      union all
      select provider_id, 0, 0, state = 'completed', state = 'cancelled', blocks_found from leases
    ) where account_id <> '' group by account_id`.execute(db);
  const [completed, cancelled] = ["(new.state = 'completed')", "(new.state = 'cancelled')"];
  // A lease of a worker of one's own is on both sides.
  const own = '(new.consumer_id = new.provider_id)';
  const ownEnd = { own_completed: `${own} * ${completed}`, own_cancelled: `${own} * ${cancelled}` };
  await createTrigger(
    db,
    'leases_begin_totals',
    'insert on leases',
    addTo('new.consumer_id', {
      consumer_leases: '1',
      consumer_completed: completed,
      consumer_cancelled: cancelled,
      own_leases: own,
      ...ownEnd,
    }) +
      addTo('new.provider_id', {
        provider_leases: '1',
        provider_completed: completed,
        provider_cancelled: cancelled,
        provider_blocks: 'new.blocks_found',
      }),
  );
  await createTrigger(
    db,
    'leases_end_totals',
    "update of state on leases when old.state = 'active' and new.state <> 'active'",
    addTo('new.consumer_id', { consumer_completed: completed, consumer_cancelled: cancelled, ...ownEnd }) +
      addTo('new.provider_id', { provider_completed: completed, provider_cancelled: cancelled }),
  );
  await createTrigger(
    db,
    'leases_blocks_totals',
    'update of blocks_found on leases when new.blocks_found <> old.blocks_found',
    addTo('new.provider_id', { provider_blocks: 'new.blocks_found - old.blocks_found' }),
  );
  await createTrigger(
    db,
    'settlements_totals',
    'insert on settlements',
    addTo('new.consumer_id', {
      consumer_settlements: '1',
      consumer_cost_micro: 'new.total_cost_micro',
    }) +
      addTo('new.provider_id', {
        provider_settlements: '1',
        provider_payout_micro: 'new.provider_payout_micro',
      }),
  );
  await createTrigger(
    db,
    'postings_totals',
    "insert on postings when new.bucket <> 'external'",
    addTo('new.account_id', { postings: '1' }),
  );
  const index = (name: string) => db.schema.createIndex(name).on('leases');
  await index('leases_consumer_state').columns(['consumer_id', 'state', 'created_at_ms']).execute();
  await index('leases_provider_state').columns(['provider_id', 'state', 'created_at_ms']).execute();
}
