/** What an import found, in bounded lists with totals. */
import {
  importFindings,
  type ImportFindingCode,
  type ImportReport,
} from '../../../contract/domain/import-report.ts';

/** As many of each kind are named; all are counted. */
const maxExamples = 25;

type Listed = ImportReport['findings'][number];

export class ImportFindings {
  readonly #byCode = new Map<ImportFindingCode, Listed>();

  /** @param where the row, such as "account consumer-1" */
  add(code: ImportFindingCode, where: string, detail: string): void {
    const listed = this.#byCode.get(code) ?? { code, meaning: importFindings[code], total: 0, examples: [] };
    this.#byCode.set(code, listed);
    listed.total += 1;
    if (listed.examples.length < maxExamples) listed.examples.push({ where: shorten(where), detail });
  }

  /** In the order of the codes. */
  list(): Listed[] {
    const codes = Object.keys(importFindings) as ImportFindingCode[];
    return codes.flatMap((code) => this.#byCode.get(code) ?? []);
  }
}

/** Names come from outside and may be of any length. */
export function shorten(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 117)}…`;
}
