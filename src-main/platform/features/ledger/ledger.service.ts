/** The whole ledger for the operator: its check, its entries. */
import type { LedgerCheckReport } from '../../../contract/domain/ledger.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { Snapshot } from '../../storage/snapshot.ts';
import { checkLedger } from './ledger-check.ts';
import type { LedgerListRepository } from './ledger-list.repository.ts';

export interface LedgerOptions {
  readonly openSnapshot: () => Snapshot;
  readonly repository: LedgerListRepository;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What the last check found. */
export interface LastLedgerCheck {
  /** Unix seconds. */
  readonly at: number;
  readonly ok: boolean;
  readonly findings: number;
}

export class Ledger {
  readonly #options: LedgerOptions;
  #running: Promise<LedgerCheckReport> | undefined;
  #last: LastLedgerCheck | undefined;

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  /** The last check since the start; undefined: there was none. */
  get lastCheck(): LastLedgerCheck | undefined {
    return this.#last;
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
      this.#last = { at: toUnixSeconds(this.#options.clock.nowMs()), ok: report.ok, findings };
      if (findings > 0)
        this.#options.logger.error({ findings, first: report.findings[0] }, 'the ledger is wrong');
      else this.#options.logger.info(checked, 'the ledger is right');
      return report;
    } finally {
      snapshot.close();
    }
  }
}
