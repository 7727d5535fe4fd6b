/** A job whose outcome is open, in memory: what became of each worker, and what of it is not stored yet. */
import type { Command } from '../../../contract/domain/command.ts';
import type { JobSkipReason } from '../../../contract/domain/template.ts';
import type { TemplateJobRow, TemplateJobWorkerRow } from '../../storage/schema.ts';

/** Commands of one attempt share it: what was sent can be told from what was not, also after a crash. */
export function batchIdOf({ job_id, attempt }: Pick<TemplateJobRow, 'job_id' | 'attempt'>): string {
  return `${job_id}-${attempt}`;
}

const openStates: readonly string[] = ['waiting', 'sent', 'delivered'];

/** How far a command is: what is known never goes back. */
const ranks: Readonly<Record<string, number>> = { waiting: -1, sent: 0, delivered: 1 };
const rankOf = (state: string) => ranks[state] ?? 2;

export class OpenJob {
  readonly row: TemplateJobRow;
  readonly #workers: Map<string, TemplateJobWorkerRow>;
  readonly #changed = new Set<TemplateJobWorkerRow>();
  #waiting: TemplateJobWorkerRow[];

  /** @param workers those of its attempt at least, in their order */
  constructor(row: TemplateJobRow, workers: readonly TemplateJobWorkerRow[]) {
    this.row = row;
    this.#workers = new Map(workers.map((worker) => [worker.worker_id, worker]));
    this.#waiting = workers.filter(({ state }) => state === 'waiting');
  }

  /** Whether every outcome is known. */
  get isSettled(): boolean {
    return [...this.#workers.values()].every(({ state }) => !openStates.includes(state));
  }

  /** Up to `count` workers that come next. They stay the next until they are something else than waiting. */
  next(count: number): TemplateJobWorkerRow[] {
    this.#waiting = this.#waiting.filter(({ state }) => state === 'waiting');
    return this.#waiting.slice(0, count);
  }

  skip(worker: TemplateJobWorkerRow, reason: JobSkipReason, nowMs: number): void {
    this.#change(worker, { state: 'skipped', reason, attempt: this.row.attempt, changed_at_ms: nowMs });
  }

  /** No further command. */
  cancel(nowMs: number): void {
    this.row.state = 'cancelled';
    for (const worker of this.#waiting)
      if (worker.state === 'waiting') this.#change(worker, { state: 'cancelled', changed_at_ms: nowMs });
    this.#waiting = [];
  }

  /** News of one of its commands. */
  observe(command: Command, nowMs: number): void {
    const worker = this.#workers.get(command.worker_id);
    if (!worker) return;
    const isNew = worker.command_id !== command.command_id;
    if (!isNew && rankOf(command.state) <= rankOf(worker.state)) return;
    this.#change(worker, {
      state: command.state,
      reason: '',
      detail: command.detail,
      command_id: command.command_id,
      attempt: this.row.attempt,
      sent: 1,
      changed_at_ms: nowMs,
    });
  }

  /** Up to `count` workers with news that are not stored; they count as stored from here on. */
  takeChanged(count: number): TemplateJobWorkerRow[] {
    const rows = [...this.#changed].slice(0, count);
    for (const row of rows) this.#changed.delete(row);
    return rows;
  }

  /** They could not be stored. */
  giveBack(workers: readonly TemplateJobWorkerRow[]): void {
    for (const worker of workers) this.#changed.add(worker);
  }

  #change(worker: TemplateJobWorkerRow, changes: Partial<TemplateJobWorkerRow>): void {
    Object.assign(worker, changes);
    this.#changed.add(worker);
  }
}
