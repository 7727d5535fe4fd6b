/** The platform tries itself: real connections, real messages, real writes. */
import type { SelfCheckItem, SelfCheckReport } from '../../../contract/domain/self-check.ts';
import type { Broker } from '../../broker/broker.ts';
import type { HttpServer } from '../../http/http-server.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import type { Storage } from '../../storage/storage.ts';
import type { Backups } from '../backup/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { EventLoopDelay } from '../system/index.ts';
import { checkBackup, checkDatabase, checkLedgerNow } from './checks/data.ts';
import { checkBroker, checkFeed } from './checks/exchange.ts';
import { checkClock, checkDisk, checkEventLoop, checkWrite } from './checks/machine.ts';
import { toItem } from './checks/outcome.ts';
import { checkPort } from './checks/ports.ts';
import type { ProbeLogin } from './probe-login.ts';

export interface SelfCheckOptions {
  readonly broker: Broker;
  readonly http: HttpServer;
  readonly storage: Storage;
  readonly backups: Backups;
  readonly ledger: Ledger;
  readonly eventLoop: EventLoopDelay;
  readonly uptimeSec: () => number;
  readonly clock: Clock;
  readonly probeLogin: ProbeLogin;
  readonly databasePath: string;
  readonly listening: { readonly apiHost: string; readonly mqttHost: string };
}

const severity = { ok: 0, unknown: 0, warning: 1, failed: 2 } as const;

export class SelfCheck {
  readonly #options: SelfCheckOptions;
  #running: Promise<SelfCheckReport> | undefined;
  #last: SelfCheckReport | undefined;

  constructor(options: SelfCheckOptions) {
    this.#options = options;
  }

  /** Of the last one since the start. */
  get last(): SelfCheckReport | undefined {
    return this.#last;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /**
   * Tries everything; who asks while that is under way gets the same report. Never rejects for what it finds.
   *
   * @param credentials headers with which the caller was let in: the feed is tried with them
   */
  run(credentials: Readonly<Record<string, string>>): Promise<SelfCheckReport> {
    this.#running ??= this.#run(credentials).finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #run(credentials: Readonly<Record<string, string>>): Promise<SelfCheckReport> {
    const { clock } = this.#options;
    const begin = performance.now();
    // What the tries themselves take is not the machine's usual day.
    const { eventLoop: delay, uptimeSec } = this.#options;
    const eventLoop = toItem('event_loop', checkEventLoop(delay, uptimeSec()));
    // One after the other where one would be measured while another works.
    const checks = [
      ...(await this.#listeners(credentials)),
      ...(await this.#machine()),
      ...(await this.#data()),
      eventLoop,
    ];
    const worst = Math.max(...checks.map(({ state }) => severity[state]));
    this.#last = {
      state: worst === 0 ? 'ok' : worst === 1 ? 'warning' : 'failed',
      checked_at: toUnixSeconds(clock.nowMs()),
      duration_ms: Math.round(performance.now() - begin),
      checks,
    };
    return this.#last;
  }

  async #listeners(credentials: Readonly<Record<string, string>>): Promise<SelfCheckItem[]> {
    const { http, broker, probeLogin, listening } = this.#options;
    const api = { host: listening.apiHost, port: http.port, hostFlag: '--api-host' };
    const mqtt = { host: listening.mqttHost, port: broker.port, hostFlag: '--mqtt-host' };
    return [
      toItem('api_port', await checkPort(api)),
      toItem('mqtt_port', await checkPort(mqtt)),
      toItem('broker', await checkBroker(mqtt, probeLogin)),
      toItem('feed', await checkFeed(api, credentials)),
      toItem('clock', checkClock(broker.clockOffsets)),
    ];
  }

  async #machine(): Promise<SelfCheckItem[]> {
    const { storage, databasePath } = this.#options;
    return [
      toItem('disk', await checkDisk(databasePath, storage.sizes().databaseBytes)),
      toItem('write', await checkWrite(databasePath, storage)),
    ];
  }

  async #data(): Promise<SelfCheckItem[]> {
    const { ledger, backups, databasePath, clock } = this.#options;
    return [
      toItem('database', await checkDatabase(databasePath)),
      toItem('ledger', await checkLedgerNow(() => ledger.check())),
      toItem('backup', checkBackup(backups, toUnixSeconds(clock.nowMs()))),
    ];
  }
}
