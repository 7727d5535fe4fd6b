import type { LedgerEntryView } from '../../../contract/domain/ledger.ts';
import { toCredits } from '../../../contract/domain/money.ts';
import {
  ledgerCheckRoute,
  ledgerCsvRoute,
  ledgerEntriesRoute,
} from '../../../contract/rest/ledger.routes.ts';
import { sendCsv } from '../../http/csv.ts';
import type { HttpServer } from '../../http/http-server.ts';
import { toUnixSeconds } from '../../kernel/clock.ts';
import type { ListedEntry } from './ledger-list.repository.ts';
import type { Ledger } from './ledger.service.ts';

const csvColumns = [
  'transaction_id',
  'posting_id',
  'created_at',
  'kind',
  'account_id',
  'bucket',
  'type',
  'amount',
  'balance_after',
  'lease_id',
  'actor',
  'note',
  'hash',
];

function toEntry({ entry, postings }: ListedEntry): LedgerEntryView {
  return {
    id: entry.transaction_id,
    kind: entry.kind,
    lease_id: entry.lease_id ?? '',
    actor: entry.actor,
    note: entry.note,
    created_at: toUnixSeconds(entry.created_at_ms),
    hash: entry.hash,
    postings: postings.map((posting) => ({
      id: posting.posting_id,
      account_id: posting.account_id,
      bucket: posting.bucket,
      type: posting.kind,
      amount: toCredits(posting.amount_micro),
      balance_after: toCredits(posting.balance_after_micro),
    })),
  };
}

/** `/api/admin/ledger*`. */
export function mountLedger(http: HttpServer, ledger: Ledger): void {
  http.mount(ledgerCheckRoute, () => ledger.check());

  http.mount(ledgerEntriesRoute, async ({ query: { limit, offset } }) => {
    const { total, rows } = await ledger.entries(limit, offset);
    return { items: rows.map(toEntry), total, limit, offset };
  });

  http.mount(ledgerCsvRoute, async ({ response }) => {
    async function* rows() {
      for await (const listed of ledger.allEntries()) {
        const { id, postings, ...entry } = toEntry(listed);
        for (const { id: postingId, ...posting } of postings)
          yield { ...entry, ...posting, transaction_id: id, posting_id: postingId };
      }
    }
    await sendCsv(response, 'ledger.csv', csvColumns, rows());
    return undefined;
  });
}
