/** What became of a database of the earlier platform when it was taken over. */
import { z } from 'zod';

/** What an import may find, and what was done about it. */
export const importFindings = {
  newer_schema: 'The schema is newer than the last one that is known here; what is known was taken over.',
  unknown_table: 'The table is not known here. Its rows are in the backup.',
  unknown_column: 'The column is not known here. Its values are in the backup.',
  account_renamed:
    'The name is reserved here, or is taken: the account has another one. Its key still works.',
  account_recreated: 'Other rows name an account that was not there: it was opened, with nothing in it.',
  account_role: 'The role is not known: the account is a consumer.',
  address_invalid: 'This is no address (0x and 40 hex digits): left out, kept with the leftovers.',
  address_opened:
    'Workers have this address, but no account did: one was opened, as their next register would.',
  address_shared:
    'Several accounts have this address. The wallet signs in to the first named one and may use the others, too.',
  address_declared:
    'Somebody holds a key of this account: its address signs in to an account of its own, which may use this one, too.',
  address_ambiguous:
    'The earlier platform named wallets by a part of their address, and this account may be used by two: its money is ' +
    'with the address that it names.',
  key_dropped: "The fees' account is the operator's here; its key ended. Its money is there.",
  key_doubled: 'Two accounts had the same key: it opens the first one, as before.',
  balance_unusable: 'The balance is no amount that an account can hold: see what it is now.',
  balance_unexplained:
    'The transactions do not add up to the balance: one opening entry explains the difference.',
  transaction_unusable: 'It moves no amount that can be booked: kept with the leftovers.',
  transaction_alone:
    'A part of the payment of a lease, or one side of a transfer, has no counterpart: booked against the outside.',
  settlement_recovered: 'The lease was paid but its settlement was not written: made of the transactions.',
  settlement_without_transactions:
    'Not all of its payment was noted: it is booked as it says, and opening entries explain the balances.',
  settlement_changed: 'Its amounts do not add up to its cost: see what they are now.',
  settlement_doubled: 'The lease is settled already: kept with the leftovers.',
  lease_unsettled: 'It ended without a settlement. Nothing was paid for it.',
  lease_recreated: 'A settlement names a lease that was not there: it was made of what the settlement says.',
  lease_active: 'It was under way and goes on; its price is held, as far as its consumer has the money.',
  lease_expired:
    'It was under way and its time is over: it ends and is settled at the next start, until its worker was last heard.',
  lease_doubled:
    'The worker had a newer lease under way, or another one had its prefix: this one was cancelled, nothing was paid.',
  lease_changed: 'It contradicts itself or the limits: see what it is now.',
  worker_recreated:
    'Other rows name a worker that was not there: it was taken in with what is known, its name.',
  worker_changed: 'Values are not possible here: see what they are now.',
  block_doubled: 'Its key counts already: it is kept as rejected.',
  block_repeated:
    'The same report for the same worker and lease is there twice already: kept with the leftovers.',
  block_unknown_lease: 'It names a lease that was not there: it is kept as rejected.',
  block_wrong_prefix: "Its key does not begin with its lease's prefix: it is kept as rejected.",
  block_unconfirmed: 'The chain did not confirm it, and it did not count: it is kept as unproven.',
  block_count_carried:
    'The earlier platform counted other numbers of blocks than there are rows: the figures go on from its own.',
  columns_shuffled:
    'An upgrade of the earlier platform mixed up columns of the row: they were put in order again.',
  time_unusable: 'The time is no time, or lies in the future: see what it is now.',
  number_unusable: 'The value is no number that fits: see what it is now.',
  row_unusable: 'The row names nothing that could be taken over: kept with the leftovers.',
  snapshot_old: 'Older than what charts show: in the backup only.',
  snapshot_doubled: 'An hour, or a round, had several rows of the same address or worker: they are one now.',
} as const;
export type ImportFindingCode = keyof typeof importFindings;

const findingCodes = Object.keys(importFindings) as [ImportFindingCode, ...ImportFindingCode[]];

export const importTables = [
  'accounts',
  'workers',
  'leases',
  'blocks',
  'settlements',
  'transactions',
  'hashrate_snapshots',
  'wallet_snapshots',
] as const;
export type ImportTable = (typeof importTables)[number];

export const importReportSchema = z
  .object({
    source: z.string().meta({ description: 'The database file' }),
    schema_version: z.number().meta({ description: 'Of the earlier platform; 0: it says none' }),
    source_bytes: z.number(),
    imported_at: z.number(),
    duration_sec: z.number(),
    backup: z.string().meta({ description: 'A whole copy of the database as it was; empty for a trial' }),
    is_trial: z.boolean().meta({ description: 'Nothing was changed' }),
    tables: z.array(
      z.object({
        table: z.enum(importTables),
        rows: z.number().meta({ description: 'In the database of the earlier platform' }),
        imported: z.number().meta({ description: 'Rows that have a row here, or are part of one' }),
        leftovers: z.number().meta({ description: 'Kept as text in import_leftovers' }),
        too_old: z.number().meta({ description: 'Older than what is kept here: in the backup only' }),
      }),
    ),
    money: z
      .object({
        balances_before: z
          .number()
          .meta({ description: 'Sum of the balances that can be kept, each rounded to 0.000001' }),
        free: z.number(),
        held: z.number().meta({ description: 'For leases that go on' }),
        openings: z.number().meta({ description: 'Opening entries' }),
        openings_in: z.number().meta({ description: 'What they added, where transactions were missing' }),
        openings_out: z.number().meta({ description: 'What they took, where balances were missing' }),
        entries: z.number().meta({ description: 'Entries of the ledger' }),
      })
      .meta({
        description: 'Credits; free + held = balances_before, to the last unit, in sum and for each account',
      }),
    findings: z.array(
      z.object({
        code: z.enum(findingCodes),
        meaning: z.string(),
        total: z.number(),
        examples: z.array(z.object({ where: z.string(), detail: z.string() })).meta({
          description: 'The first ones',
        }),
      }),
    ),
    notes: z.array(z.string()),
  })
  .meta({ id: 'ImportReport' });
export type ImportReport = z.infer<typeof importReportSchema>;
