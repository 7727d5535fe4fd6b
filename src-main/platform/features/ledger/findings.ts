/** What a check of the ledger found. */
import type { LedgerFinding, LedgerFindingCode } from '../../../contract/domain/ledger.ts';

/** As many are listed; all are counted. */
const maxListed = 200;

export class Findings {
  readonly list: LedgerFinding[] = [];
  total = 0;

  add(code: LedgerFindingCode, where: string, detail: string): void {
    this.total += 1;
    if (this.list.length < maxListed) this.list.push({ code, where, detail });
  }

  /** The number that a row should hold; anything else is a finding and counts as 0. */
  wholeNumber(value: unknown, where: string): number {
    if (Number.isSafeInteger(value)) return value as number;
    this.add('amount_malformed', where, `holds ${String(value).slice(0, 40)}`);
    return 0;
  }
}
