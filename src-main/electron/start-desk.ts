/** The start page's other side: what it shows, and what its buttons do. */
import { shell } from 'electron';
import type { Outcome } from '../contract/ipc/calls.ts';
import type { StartAction, StartState } from '../contract/ipc/start-page.ts';
import { messageOf } from '../platform/kernel/app-error.ts';
import { PortTaken } from '../platform/kernel/listen.ts';
import type { LoggerFactory } from '../platform/kernel/logger.ts';
import { openInBrowser } from './page-guard.ts';
import type { HostState, PlatformHost } from './platform-host.ts';
import { restoreInPlace } from './restore-file.ts';
import { describeBrokenPage, describeFailure, describeStart } from './start-state.ts';
import { wordsOf, type SpokenLanguage } from './words.ts';

export interface StartDeskOptions {
  readonly host: PlatformHost;
  readonly loggers: LoggerFactory;
  /** The language of the moment. */
  readonly language: () => SpokenLanguage;
  readonly onChange: (state: StartState) => void;
  readonly showLog: () => void;
  readonly openDashboard: () => void;
  readonly quit: () => void;
}

export class StartDesk {
  readonly #options: StartDeskOptions;
  #state: StartState;

  constructor(options: StartDeskOptions) {
    this.#options = options;
    this.#state = describeStart(options.language());
  }

  get state(): StartState {
    return this.#state;
  }

  /** Follows the platform. */
  async follow(state: HostState): Promise<void> {
    const { host, loggers, language } = this.#options;
    if (state.kind !== 'failed') return this.#tell(describeStart(language()));
    const failure = await describeFailure(state.error, host, loggers.recent, language());
    // Somebody may have tried again meanwhile.
    if (host.state === state) this.#tell(failure);
  }

  /** The dashboard's page ends by itself again and again. */
  showBrokenPage(reason: string): void {
    const { host, loggers, language } = this.#options;
    this.#tell(describeBrokenPage(reason, host, loggers.recent, language()));
  }

  /** Does what a button says. A failure is told in words, never thrown. */
  async act(action: StartAction): Promise<Outcome> {
    try {
      await this.#act(action);
      return { ok: true, detail: '' };
    } catch (error) {
      return { ok: false, detail: messageOf(error) };
    }
  }

  async #act(action: StartAction): Promise<void> {
    const { host, showLog, quit, openDashboard } = this.#options;
    const failed = this.#state.kind === 'failed' ? this.#state : undefined;
    switch (action.kind) {
      case 'retry':
        if (host.state.kind === 'running') openDashboard();
        else await host.start();
        return;
      case 'use_free_port':
        return this.#takeFreePort(failed?.freePort ?? null);
      case 'open_existing':
        return openInBrowser(failed?.existing ?? '');
      case 'restore':
        return this.#restore(action.name);
      case 'show_log':
        return showLog();
      case 'show_data_folder': {
        const problem = await shell.openPath(host.dataFolder);
        if (problem !== '') throw new Error(problem);
        return;
      }
      case 'quit':
        return quit();
    }
  }

  async #takeFreePort(port: number | null): Promise<void> {
    const { host } = this.#options;
    const { state } = host;
    if (port === null || state.kind !== 'failed' || !(state.error instanceof PortTaken)) return host.start();
    await host.settings?.save({ [state.error.flag === '--api-port' ? 'apiPort' : 'mqttPort']: port });
    await host.start();
  }

  async #restore(name: string): Promise<void> {
    const { host, language } = this.#options;
    const words = wordsOf(language());
    const config = host.settings?.inForce.config;
    if (!config) throw new Error(words.start.noBackupFolder);
    await host.stopped(() => restoreInPlace(config, name, words.restore));
  }

  #tell(state: StartState): void {
    this.#state = state;
    this.#options.onChange(state);
  }
}
