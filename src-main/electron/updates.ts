/** Updates of the installed program, through electron-updater: downloaded when there are, put in at the next quit. */
import { app } from 'electron';
import type { UpdateState } from '../contract/ipc/preferences.ts';
import { messageOf } from '../platform/kernel/app-error.ts';
import type { Clock } from '../platform/kernel/clock.ts';
import type { Logger } from '../platform/kernel/logger.ts';
import type { AppUpdater } from 'electron-updater';

const checkEveryMs = 6 * 3600 * 1000;

/** The start is not slowed by it. */
const firstCheckAfterMs = 60_000;

export interface UpdatesOptions {
  readonly isWanted: () => boolean;
  readonly onChange: (state: UpdateState) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class Updates {
  readonly #options: UpdatesOptions;
  #state: UpdateState;
  #updater: AppUpdater | undefined;
  #stopTimers: (() => void)[] = [];

  constructor(options: UpdatesOptions) {
    this.#options = options;
    const reason = whyNot();
    this.#state = reason === '' ? { kind: 'idle' } : { kind: 'unavailable', reason };
  }

  get state(): UpdateState {
    return this.#state;
  }

  start(): void {
    if (this.#state.kind === 'unavailable') return;
    const { clock, isWanted } = this.#options;
    const checkWanted = () => void (isWanted() && this.check());
    const first = setTimeout(checkWanted, firstCheckAfterMs).unref();
    this.#stopTimers = [() => clearTimeout(first), clock.every(checkEveryMs, checkWanted)];
  }

  stop(): void {
    for (const stop of this.#stopTimers) stop();
  }

  /** Looks for a new version; what it finds is downloaded. A failure is a state, never thrown. */
  async check(): Promise<void> {
    const busy = ['unavailable', 'checking', 'downloading', 'ready'];
    if (busy.includes(this.#state.kind)) return;
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

  async #prepare(): Promise<AppUpdater> {
    const { default: library } = await import('electron-updater');
    const { autoUpdater } = library;
    autoUpdater.autoInstallOnAppQuit = true;
    autoUpdater.on('download-progress', ({ percent }) => {
      if (this.#state.kind === 'downloading') this.#tell({ ...this.#state, percent: Math.round(percent) });
    });
    autoUpdater.on('update-available', ({ version }) =>
      this.#tell({ kind: 'downloading', version, percent: 0 }),
    );
    autoUpdater.on('update-downloaded', ({ version }) => this.#tell({ kind: 'ready', version }));
    autoUpdater.on('error', (error) => this.#fail(error));
    return autoUpdater;
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

/** Why this copy can't update itself; empty when it can. */
function whyNot(): string {
  if (!app.isPackaged) return 'This copy runs from its sources: update it with git.';
  if (process.platform === 'linux' && process.env['APPIMAGE'] === undefined)
    return 'This copy was installed by the package manager, which updates it.';
  return '';
}
