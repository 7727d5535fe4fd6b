/** The whole ledger for the operator: its check, on demand and by a schedule, and its entries. */
import type { LedgerCheckReport } from '../../../contract/domain/ledger.ts';
import { messageOf } from '../../kernel/app-error.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { Schedule } from '../../kernel/schedule.ts';
import type { Snapshot } from '../../storage/snapshot.ts';
import { keepLastCheck, readLastCheck, type LastLedgerCheck } from './last-check.ts';
import { checkLedger } from './ledger-check.ts';
import type { LedgerListRepository } from './ledger-list.repository.ts';

export interface LedgerOptions {
  readonly openSnapshot: () => Snapshot;
  readonly repository: LedgerListRepository;
  /** When the platform checks it by itself. */
  readonly schedule: Schedule;
  /** Where the outcome of the last check is kept. */
  readonly lastCheckFile: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

const lookEveryMs = 15_000;

/** After a start first everything else has its turn. */
const makeUpAfterMs = 60_000;

export class Ledger implements Component {
  readonly name = 'ledger';
  readonly #options: LedgerOptions;
  #running: Promise<LedgerCheckReport> | undefined;
  #last: LastLedgerCheck | undefined;
  #nextRunMs: number | undefined;
  #stopTimer: (() => void) | undefined;
  #stopping = new AbortController();

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  /** @throws StartupError when the schedule can't be read */
  async start(): Promise<void> {
    const { schedule, lastCheckFile, clock } = this.#options;
    schedule.prepare();
    this.#stopping = new AbortController();
    this.#last = await readLastCheck(lastCheckFile);
    this.#nextRunMs = this.#firstRun();
    this.#stopTimer = clock.every(lookEveryMs, () => this.#look());
  }

  /** A check under way is given up. */
  async stop(): Promise<void> {
    this.#stopTimer?.();
    this.#stopping.abort();
    await this.#running?.catch(() => undefined);
  }

  /** The last check, also of before a restart; undefined: there was none. */
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

  /** A machine that is off at night has its ledger checked, too; what was wrong is looked at again. */
  #firstRun(): number | undefined {
    const { schedule, clock } = this.#options;
    const nowMs = clock.nowMs();
    const next = schedule.nextAfter(nowMs);
    if (next === undefined) return undefined;
    const due = this.#last?.ok === true ? (schedule.nextAfter(this.#last.at * 1000) ?? next) : nowMs;
    return due <= nowMs ? Math.min(next, nowMs + makeUpAfterMs) : next;
  }

  #look(): void {
    const { schedule, clock, logger } = this.#options;
    const nowMs = clock.nowMs();
    if (this.#nextRunMs === undefined || nowMs < this.#nextRunMs) return;
    this.#nextRunMs = schedule.nextAfter(nowMs);
    this.check().catch((error: unknown) => {
      if (!this.#stopping.signal.aborted) logger.error(`the ledger was not checked: ${messageOf(error)}`);
    });
  }

  async #check(): Promise<LedgerCheckReport> {
    const { openSnapshot, clock, logger } = this.#options;
    const snapshot = openSnapshot();
    try {
      const report = await checkLedger(snapshot, this.#stopping.signal);
      const { findings_total: findings, checked } = report;
      if (findings > 0) logger.error({ findings, first: report.findings[0] }, 'the ledger is wrong');
      else logger.info(checked, 'the ledger is right');
      await this.#keep({ at: toUnixSeconds(clock.nowMs()), ok: report.ok, findings });
      return report;
    } finally {
      snapshot.close();
    }
  }

  async #keep(check: LastLedgerCheck): Promise<void> {
    this.#last = check;
    try {
      await keepLastCheck(this.#options.lastCheckFile, check);
    } catch (error) {
      this.#options.logger.warn(`the outcome of the check is not kept: ${messageOf(error)}`);
    }
  }
}
