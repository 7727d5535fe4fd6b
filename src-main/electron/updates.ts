/** Updates of the installed program, through electron-updater: downloaded when there are, put in at the next quit. */
import type { UpdateState } from '../contract/ipc/preferences.ts';
import { messageOf } from '../platform/kernel/app-error.ts';
import type { Clock } from '../platform/kernel/clock.ts';
import type { Logger } from '../platform/kernel/logger.ts';
import type { AppUpdater } from 'electron-updater';

const checkEveryMs = 6 * 3600 * 1000;

/** The start is not slowed by it. */
const firstCheckAfterMs = 60_000;

/** The part of electron-updater that is used. */
export type Updater = Pick<AppUpdater, 'autoInstallOnAppQuit' | 'checkForUpdates' | 'quitAndInstall' | 'on'>;

export interface UpdatesOptions {
  /** Why this copy can't update itself; empty when it can. */
  readonly refusal: () => string;
  /** Whether what is ready is put in at the next quit; else only when somebody asks. */
  readonly installsOnQuit: boolean;
  readonly load: () => Promise<Updater>;
  readonly isWanted: () => boolean;
  readonly onChange: (state: UpdateState) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class Updates {
  readonly #options: UpdatesOptions;
  #state: UpdateState = { kind: 'idle' };
  #updater: Updater | undefined;
  #stopTimer: (() => void) | undefined;
  #lastCheckMs = 0;

  constructor(options: UpdatesOptions) {
    this.#options = options;
  }

  get state(): UpdateState {
    const reason = this.#options.refusal();
    return reason === '' ? this.#state : { kind: 'unavailable', reason };
  }

  start(): void {
    const { clock } = this.#options;
    this.#lastCheckMs = clock.nowMs() - checkEveryMs;
    this.#stopTimer = clock.every(firstCheckAfterMs, () => this.#checkWhenDue());
  }

  stop(): void {
    this.#stopTimer?.();
  }

  #checkWhenDue(): void {
    const { clock, isWanted } = this.#options;
    if (!isWanted() || clock.nowMs() - this.#lastCheckMs < checkEveryMs) return;
    void this.check();
  }

  /** Looks for a new version; what it finds is downloaded. A failure is a state, never thrown. */
  async check(): Promise<void> {
    const busy = ['unavailable', 'checking', 'downloading', 'ready'];
    if (busy.includes(this.state.kind)) return;
    this.#lastCheckMs = this.#options.clock.nowMs();
    this.#tell({ kind: 'checking' });
    try {
      const updater = (this.#updater ??= await this.#prepare());
      const found = await updater.checkForUpdates();
      if (!found?.isUpdateAvailable) this.#tell({ kind: 'current' });
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Starts the new version; only when one is ready. The program has to have stopped everything before. */
  install(): void {
    if (this.#state.kind === 'ready') this.#updater?.quitAndInstall(true, true);
  }

  async #prepare(): Promise<Updater> {
    const updater = await this.#options.load();
    updater.autoInstallOnAppQuit = this.#options.installsOnQuit;
    updater.on('download-progress', ({ percent }) => {
      if (this.#state.kind === 'downloading') this.#tell({ ...this.#state, percent: Math.round(percent) });
    });
    updater.on('update-available', ({ version }) => this.#tell({ kind: 'downloading', version, percent: 0 }));
    updater.on('update-downloaded', ({ version }) => this.#tell({ kind: 'ready', version }));
    updater.on('error', (error) => this.#fail(error));
    return updater;
  }

  #fail(error: unknown): void {
    const [reason = ''] = messageOf(error).split('\n');
    this.#options.logger.warn(`the update failed: ${reason}`);
    this.#tell({ kind: 'failed', reason });
  }

  #tell(state: UpdateState): void {
    this.#state = state;
    this.#options.onChange(state);
  }
}
