import type { BlockReport } from './assess-block.ts';
import type { RecordedBlock } from './block.repository.ts';

/** Reports in one transaction, so that none holds the event loop for long. */
const reportsPerTransaction = 25;

interface PendingReport {
  readonly report: BlockReport;
  readonly settle: (outcome: RecordedBlock) => void;
  readonly fail: (error: unknown) => void;
}

/** Collects reports, so that one write takes all that came until its transaction runs. */
export class ReportQueue {
  readonly #record: (take: () => readonly BlockReport[]) => Promise<RecordedBlock[]>;
  #pending: PendingReport[] = [];

  /** @param record writes what `take` hands over; `take` may be called twice and then hands over the same */
  constructor(record: (take: () => readonly BlockReport[]) => Promise<RecordedBlock[]>) {
    this.#record = record;
  }

  /** Settles when the report is durable. */
  add(report: BlockReport): Promise<RecordedBlock> {
    return new Promise((settle, fail) => {
      this.#pending.push({ report, settle, fail });
      if (this.#pending.length === 1) void this.#storePending();
    });
  }

  async #storePending(): Promise<void> {
    let taken: PendingReport[] | undefined;
    try {
      const outcomes = await this.#record(() => {
        taken ??= this.#takePending();
        return taken.map(({ report }) => report);
      });
      taken?.forEach(({ settle }, index) => settle(outcomes[index]));
    } catch (error) {
      for (const { fail } of taken ?? this.#pending.splice(0)) fail(error);
    }
  }

  #takePending(): PendingReport[] {
    const taken = this.#pending.splice(0, reportsPerTransaction);
    if (this.#pending.length > 0) void this.#storePending();
    return taken;
  }
}
