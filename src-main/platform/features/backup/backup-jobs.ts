/** One thing at a time with backups, in this process and in others; how far it is can be seen meanwhile. */
import type { BackupJob } from '../../../contract/domain/backup.ts';
import { AppError } from '../../kernel/app-error.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import type { BackupFolder } from './backup-folder.ts';
import type { ThreadWatch } from './backup-thread.ts';

/** How long a stop waits for a thread that does not hear it: it may be in the middle of checking a large file. */
const maxWaitMs = 3000;

/** Something else is under way, here or in another process. */
export class BackupsBusy extends AppError {
  constructor(message: string) {
    super('conflict', message);
  }
}

/** What a job tells of itself. */
export interface JobWatch extends ThreadWatch {
  readonly enter: (phase: BackupJob['phase']) => void;
  /** Lets others work in the folder before the job is at its end. */
  readonly release: () => void;
}

export class BackupJobs {
  readonly #folder: BackupFolder;
  readonly #clock: Clock;
  #current: BackupJob | undefined;
  #running: Promise<void> | undefined;
  #controller = new AbortController();

  constructor(folder: BackupFolder, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  get current(): BackupJob | undefined {
    return this.#current;
  }

  start(): void {
    this.#controller = new AbortController();
  }

  /** Ends what is under way, unless that waits for this very stop. */
  async stop(): Promise<void> {
    this.#controller.abort();
    if (this.#current?.phase === 'restarting') return;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, maxWaitMs)));
    await Promise.race([this.#running, timeout]);
    clearTimeout(timer);
  }

  /**
   * Begins a job and returns at once.
   *
   * @param work never rejects
   * @throws BackupsBusy, AppError `conflict` when the folder can't be used
   */
  begin(
    job: Pick<BackupJob, 'kind' | 'name' | 'phase'>,
    work: (watch: JobWatch) => Promise<void>,
  ): BackupJob {
    if (this.#current)
      throw new BackupsBusy(
        `A ${this.#current.kind} (${this.#current.name}) is under way; wait for its end.`,
      );
    const release = this.#folder.lock();
    if (!release) throw new BackupsBusy(`Another process works in ${this.#folder.path}; wait for its end.`);
    const current: BackupJob = { ...job, progress: 0, started_at: toUnixSeconds(this.#clock.nowMs()) };
    this.#current = current;
    const advance = (phase: BackupJob['phase'], progress: number) => {
      if (this.#current) this.#current = { ...this.#current, phase, progress };
    };
    this.#running = work({
      signal: this.#controller.signal,
      onProgress: advance,
      enter: (phase) => advance(phase, 0),
      release,
    }).finally(() => {
      this.#current = undefined;
      this.#running = undefined;
      release();
    });
    return current;
  }
}
