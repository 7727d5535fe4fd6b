/** The ledger as the operator sees it, and its check. */
import { z } from 'zod';

/** What a check of the ledger may find, and what it means. */
export const ledgerFindings = {
  entry_missing: 'A number of the ledger is left out.',
  entry_changed: 'An entry or one of its postings is not what was written: its hash is another.',
  chain_broken: 'An entry does not follow the one before it.',
  entry_unbalanced: 'The postings of an entry do not sum to zero.',
  entry_empty: 'An entry has no postings.',
  entry_without_lease: 'A hold or a settlement names no lease that exists.',
  posting_without_entry: 'A posting belongs to no entry.',
  amount_malformed: 'A stored amount is no whole number.',
  balance_after_wrong: 'A posting does not lead from the balance before it to the balance after it.',
  balance_wrong: "An account's free money is not the sum of its postings.",
  held_wrong: "An account's held money is not the sum of its postings.",
  balance_negative: 'An account has less than nothing.',
  account_missing: 'Postings name an account that does not exist.',
  total_wrong: 'Balances and holds together are not what was paid in minus what was taken out.',
  held_unexplained: "An account's held money is not the sum of the holds of its active leases.",
  hold_wrong: 'The hold of a lease is missing, doubled, or not its price.',
  lease_doubled: 'A worker has two active leases.',
  settlement_missing: 'An ended lease is not settled.',
  settlement_unexpected: 'A lease that is active, or does not exist, is settled.',
  settlement_wrong: 'A settlement does not follow from its lease, or is not what the ledger says.',
  audit_missing: 'A number of the audit log is left out.',
  audit_changed: 'An entry of the audit log is not what was written: its hash is another.',
  audit_chain_broken: 'An entry of the audit log does not follow the one before it.',
} as const;
export type LedgerFindingCode = keyof typeof ledgerFindings;

export const ledgerFindingSchema = z
  .object({
    code: z.enum(Object.keys(ledgerFindings) as [LedgerFindingCode, ...LedgerFindingCode[]]),
    where: z.string().meta({ description: 'The row, such as "transaction 5"' }),
    detail: z.string(),
  })
  .meta({ id: 'LedgerFinding' });
export type LedgerFinding = z.infer<typeof ledgerFindingSchema>;

export const ledgerCheckSchema = z
  .object({
    ok: z.boolean(),
    checked: z.object({
      transactions: z.number(),
      postings: z.number(),
      accounts: z.number(),
      leases: z.number(),
      settlements: z.number(),
      audit_entries: z.number(),
    }),
    totals: z
      .object({
        balances: z.number(),
        held: z.number(),
        deposits: z.number(),
        withdrawals: z.number(),
      })
      .meta({ description: 'Credits; balances + held = deposits − withdrawals' }),
    findings: z.array(ledgerFindingSchema).meta({ description: 'The first ones' }),
    findings_total: z.number(),
  })
  .meta({ id: 'LedgerCheck' });
export type LedgerCheckReport = z.infer<typeof ledgerCheckSchema>;

export const ledgerEntrySchema = z
  .object({
    id: z.number().meta({ description: 'Without gaps, from 1' }),
    kind: z.string(),
    lease_id: z.string(),
    actor: z.string(),
    note: z.string(),
    created_at: z.number(),
    hash: z
      .string()
      .meta({ description: 'Covers this entry, its postings and the hash of the one before it' }),
    postings: z.array(
      z.object({
        id: z.number(),
        account_id: z.string(),
        bucket: z.enum(['available', 'held', 'external']),
        type: z.string(),
        amount: z.number(),
        balance_after: z.number(),
      }),
    ),
  })
  .meta({ id: 'LedgerEntry' });
export type LedgerEntryView = z.infer<typeof ledgerEntrySchema>;
