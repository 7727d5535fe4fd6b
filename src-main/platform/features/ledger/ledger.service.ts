/** The whole ledger for the operator: its check, its entries. */
import type { LedgerCheckReport } from '../../../contract/domain/ledger.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { Snapshot } from '../../storage/snapshot.ts';
import { checkLedger } from './ledger-check.ts';
import type { LedgerListRepository } from './ledger-list.repository.ts';

export interface LedgerOptions {
  readonly openSnapshot: () => Snapshot;
  readonly repository: LedgerListRepository;
  readonly logger: Logger;
}

export class Ledger {
  readonly #options: LedgerOptions;
  #running: Promise<LedgerCheckReport> | undefined;

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  /** Checks the ledger as it is now; who asks while a check is under way gets that one's report. */
  check(): Promise<LedgerCheckReport> {
    this.#running ??= this.#check().finally(() => (this.#running = undefined));
    return this.#running;
  }

  /** A page of entries, newest first. */
  entries(limit: number, offset: number) {
    return this.#options.repository.page(limit, offset);
  }

  /** All entries, oldest first. */
  allEntries() {
    return this.#options.repository.all();
  }

  async #check(): Promise<LedgerCheckReport> {
    const snapshot = this.#options.openSnapshot();
    try {
      const report = await checkLedger(snapshot);
      const { findings_total: findings, checked } = report;
      if (findings > 0)
        this.#options.logger.error({ findings, first: report.findings[0] }, 'the ledger is wrong');
      else this.#options.logger.info(checked, 'the ledger is right');
      return report;
    } finally {
      snapshot.close();
    }
  }
}
