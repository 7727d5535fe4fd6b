/** What tray and menus do with the platform: the same calls as the dashboard's. */
import { networkInterfaces } from 'node:os';
import { clipboard, dialog } from 'electron';
import { broadcastRoute } from '../contract/rest/control.routes.ts';
import {
  simulatorRoute,
  startSimulatorRoute,
  stopSimulatorRoute,
} from '../contract/rest/simulator.routes.ts';
import { messageOf } from '../platform/kernel/app-error.ts';
import type { Logger } from '../platform/kernel/logger.ts';
import type { OperatorClient } from './operator-client.ts';
import type { PlatformHost } from './platform-host.ts';
import type { Words } from './words.ts';

export interface QuickActionsOptions {
  readonly host: PlatformHost;
  readonly client: OperatorClient;
  readonly logger: Logger;
  readonly words: () => Words['actions'];
}

export class QuickActions {
  readonly #options: QuickActionsOptions;

  constructor(options: QuickActionsOptions) {
    this.#options = options;
  }

  /** Every online worker that is not rented out. */
  pauseAll(): Promise<void> {
    return this.#try('notPaused', () => this.#options.client.call(broadcastRoute, { action: 'pause' }));
  }

  resumeAll(): Promise<void> {
    return this.#try('notResumed', () => this.#options.client.call(broadcastRoute, { action: 'resume' }));
  }

  /** Starts ten simulated workers, or ends them. */
  toggleSimulator(): Promise<void> {
    const { client } = this.#options;
    return this.#try('noSimulator', async () => {
      const { running } = await client.call(simulatorRoute);
      return running ? client.call(stopSimulatorRoute) : client.call(startSimulatorRoute, {});
    });
  }

  /** The dashboard's address for other devices; that of this machine where there is no network. */
  copyLanAddress(): string {
    const { state } = this.#options.host;
    if (state.kind !== 'running') return '';
    const { apiHost, apiPort } = state.addresses;
    const address = `http://${lanHost(apiHost)}:${apiPort}/dashboard`;
    void clipboard.writeText(address);
    return address;
  }

  async #try(failure: keyof Words['actions'], work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const { logger, words } = this.#options;
      const title = words()[failure];
      logger.warn({ err: error }, `${title}: ${messageOf(error)}`);
      dialog.showErrorBox(title, messageOf(error));
    }
  }
}

function lanHost(apiHost: string): string {
  if (apiHost !== '0.0.0.0' && apiHost !== '::') return apiHost.includes(':') ? `[${apiHost}]` : apiHost;
  const addresses = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  return addresses.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? 'localhost';
}
