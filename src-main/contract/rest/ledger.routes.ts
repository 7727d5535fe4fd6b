/** The whole ledger and its check; for the operator. */
import { z } from 'zod';
import { ledgerCheckSchema, ledgerEntrySchema } from '../domain/ledger.ts';
import { defineRoute, offsetListOf, offsetQuery } from './define-route.ts';

export const ledgerCheckRoute = defineRoute({
  method: 'get',
  path: '/api/admin/ledger/check',
  tag: 'Ledger',
  summary: 'Proves that all sums are right and nothing was edited afterwards, or names the rows where not',
  access: 'admin',
  response: ledgerCheckSchema,
});

export const ledgerEntriesRoute = defineRoute({
  method: 'get',
  path: '/api/admin/ledger/entries',
  tag: 'Ledger',
  summary: 'All entries with their postings, newest first',
  access: 'admin',
  query: z.object(offsetQuery),
  response: offsetListOf(ledgerEntrySchema),
});

export const ledgerCsvRoute = defineRoute({
  method: 'get',
  path: '/api/admin/ledger.csv',
  tag: 'Ledger',
  summary: 'All postings with their entries as CSV, oldest first',
  access: 'admin',
  mediaType: 'text/csv',
  response: z.string(),
});
