/** Commands to miners: for one worker, a list, or a filter; each is stored before it is sent, and followed. */
import { randomUUID } from 'node:crypto';
import type { Command, CommandState } from '../../../contract/domain/command.ts';
import type { MinerConfig } from '../../../contract/domain/miner-config.ts';
import { AppError, messageOf } from '../../kernel/app-error.ts';
import { actsFor, type Caller } from '../../kernel/caller.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import type { Announcer, Subscribable } from '../../kernel/event-bus.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { CommandRow } from '../../storage/schema.ts';
import {
  selectTargets,
  type Fleet,
  type FleetEvents,
  type FleetView,
  type LiveWorker,
  type TargetFilter,
} from '../fleet/index.ts';
import { CommandFollower, toCommand, type CommandFollowerOptions } from './command-follower.ts';
import { forgetCommands } from './forget-commands.ts';
import type { CommandRepository } from './command.repository.ts';
import type { ControlEvents } from './control.events.ts';
import { controlOrder, isAboutListing, listingOf, toMessage, type Order } from './order.ts';

export interface ControlOptions {
  readonly repository: CommandRepository;
  readonly fleet: Fleet;
  readonly view: FleetView;
  readonly bus: Subscribable<FleetEvents> & Announcer<ControlEvents>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly publish: CommandFollowerOptions['publish'];
  readonly hasActiveLease: (workerId: string) => boolean;
  readonly tagsOf: (workerId: string) => readonly string[];
}

/** Whom a command is for. Without ids: every worker that passes, online ones unless the filter says otherwise. */
export interface Targets {
  readonly workerIds: readonly string[] | undefined;
  readonly filter: TargetFilter;
  readonly includeLeased: boolean;
}

export interface Skipped {
  worker_id: string;
  reason: 'unknown' | 'leased' | 'filtered';
}

/** What became of an order to many. */
export interface Batch {
  readonly batchId: string;
  readonly commands: readonly CommandRow[];
  /** Of the workers that were named: those that did not get it. */
  readonly skipped: Skipped[];
}

/** An order on its way to a worker. */
interface Sending {
  readonly worker: LiveWorker;
  readonly order: Order;
}

const tickEveryMs = 1000;
const forgetEveryMs = 3_600_000;

/** What was wanted is in the newest orders; who sends more of them names everything again. */
const lookedAtForSettings = 50;

/** So that no query holds the event loop for long. */
const workersPerQuery = 100;

/** Rows in one transaction and messages in one go, so that neither holds the event loop for long. */
const commandsPerPortion = 25;

export class Control implements Component {
  readonly name = 'control';
  readonly #options: ControlOptions;
  readonly #follower: CommandFollower;
  #cancels: (() => void)[] = [];
  #forgetting: Promise<void> | undefined;

  constructor(options: ControlOptions) {
    this.#options = options;
    this.#follower = new CommandFollower(options);
  }

  async start(): Promise<void> {
    const { bus, clock } = this.#options;
    await this.#follower.load();
    this.#cancels = [
      bus.on('heartbeat', ({ worker }) => this.#follower.observe(worker, 'heartbeat')),
      bus.on('worker.changed', ({ worker }) => this.#follower.observe(worker, 'status')),
      bus.on('worker.registered', ({ worker }) => this.#follower.observe(worker, 'register')),
      clock.every(tickEveryMs, () => this.#follower.tick()),
      clock.every(forgetEveryMs, () => {
        this.#forgetting ??= this.#forget().finally(() => (this.#forgetting = undefined));
      }),
    ];
  }

  async stop(): Promise<void> {
    for (const cancel of this.#cancels.splice(0)) cancel();
    await this.#forgetting;
    await this.#follower.flush();
  }

  /** Deletes what is older than it is kept. Returns how many commands there were. */
  forgetOld(): Promise<number> {
    const { repository, clock } = this.#options;
    return forgetCommands(repository, clock.nowMs());
  }

  /** Commands whose outcome is open. */
  get openCount(): number {
    return this.#follower.openCount;
  }

  /**
   * Sends an order to one worker. Stored when it settles; what becomes of it is read with `find`.
   *
   * @throws AppError `not_found`
   */
  async send(workerId: string, order: Order, issuedBy: string): Promise<CommandRow> {
    const [command] = await this.#sendAll([{ worker: this.#require(workerId), order }], issuedBy, '');
    return command as CommandRow;
  }

  /**
   * Tells each worker settings of its own, under a batch id of the caller's. Stored when it settles, and then on
   * their way: none is, when it throws. At most some dozens at once; workers that do not exist are left out.
   */
  async sendSettings(
    settings: readonly { readonly workerId: string; readonly config: MinerConfig }[],
    issuedBy: string,
    batchId: string,
  ): Promise<void> {
    const sendings = settings.flatMap(({ workerId, config }) => {
      const worker = this.#options.fleet.get(workerId);
      return worker ? [{ worker, order: controlOrder('set_config', config) }] : [];
    });
    if (sendings.length > 0) await this.#sendAll(sendings, issuedBy, batchId);
  }

  /**
   * Whom targets mean, those that are rented out too; and of the workers that were named those that do not exist.
   *
   * @throws AppError `not_found` when none of the named workers exists, `forbidden` when one is somebody else's
   */
  choose(
    targets: Omit<Targets, 'includeLeased'>,
    caller: Caller,
  ): { workers: LiveWorker[]; unknown: string[] } {
    const order = controlOrder('set_config', {});
    const { workers, skipped } = this.#select({ ...targets, includeLeased: true }, order, caller);
    const unknown = skipped.filter(({ reason }) => reason === 'unknown').map(({ worker_id }) => worker_id);
    return { workers, unknown };
  }

  /** All commands of a batch. */
  async batch(batchId: string): Promise<Command[]> {
    return (await this.#options.repository.ofBatch(batchId)).map(toCommand);
  }

  /** Sends an order to many. @throws AppError `not_found` when none of the named workers exists */
  async sendToMany(targets: Targets, order: Order, caller: Caller): Promise<Batch> {
    const { workers, skipped } = this.#select(targets, order, caller);
    const batchId = `batch-${randomUUID()}`;
    const commands: CommandRow[] = [];
    for (let start = 0; start < workers.length; start += commandsPerPortion) {
      const portion = workers.slice(start, start + commandsPerPortion).map((worker) => ({ worker, order }));
      commands.push(...(await this.#sendAll(portion, caller.accountId, batchId)));
    }
    return { batchId, commands, skipped };
  }

  /** @throws AppError `not_found` */
  async find(commandId: string): Promise<Command> {
    const row = await this.#options.repository.find(commandId);
    if (!row) throw new AppError('not_found', `There is no command ${commandId.slice(0, 64)}.`);
    return toCommand(row);
  }

  /** Who owned the worker of a command when it was sent; undefined when there is no such command. */
  async ownerOf(commandId: string): Promise<string | undefined> {
    return (await this.#options.repository.find(commandId))?.account_id;
  }

  /** What a worker was told to mine, each setting by the newest order that named it and was not lost. */
  async wantedConfig(workerId: string): Promise<MinerConfig> {
    return toConfig(await this.#options.repository.settingsOf(workerId, lookedAtForSettings));
  }

  /** The same of many. */
  async wantedConfigs(workerIds: readonly string[]): Promise<Map<string, MinerConfig>> {
    const configs = new Map<string, MinerConfig>();
    for (let start = 0; start < workerIds.length; start += workersPerQuery) {
      const portion = workerIds.slice(start, start + workersPerQuery);
      const orders = await this.#options.repository.settingsOfMany(portion, lookedAtForSettings);
      for (const [id, payloads] of orders) configs.set(id, toConfig(payloads));
    }
    return configs;
  }

  /** Commands of a caller, newest first: all of them for who acts for all. */
  async list(
    caller: Caller,
    filter: { workerId: string; batchId: string; state: CommandState | undefined },
    limit: number,
    offset: number,
  ): Promise<{ items: Command[]; total: number }> {
    const accountId = caller.actsForAll ? undefined : caller.accountId;
    const { rows, total } = await this.#options.repository.list({ accountId, ...filter }, limit, offset);
    return { items: rows.map(toCommand), total };
  }

  /** Stores the commands and publishes them. A listing is changed so that no rent slips in between. */
  async #sendAll(orders: readonly Sending[], issuedBy: string, batchId: string): Promise<CommandRow[]> {
    const { repository, clock, hasActiveLease } = this.#options;
    await this.#setListed(orders, false);
    const sendings = orders.map(({ worker, order }) => {
      const message = toMessage(order, hasActiveLease(worker.workerId));
      const row: CommandRow = {
        command_id: `command-${randomUUID()}`,
        batch_id: batchId,
        worker_id: worker.workerId,
        account_id: worker.accountId,
        action: order.action,
        payload: JSON.stringify(message),
        issued_by: issuedBy,
        state: 'sent',
        detail: '',
        created_at_ms: clock.nowMs(),
        delivered_at_ms: null,
        confirmed_at_ms: null,
      };
      return { row, message };
    });
    await repository.insert(sendings.map(({ row }) => row));
    for (const { row, message } of sendings) this.#follower.send(row, message);
    await this.#setListed(orders, true);
    return sendings.map(({ row }) => row);
  }

  async #setListed(orders: readonly Sending[], listed: boolean): Promise<void> {
    const about = orders.filter(({ order }) => listingOf(order) === listed);
    await Promise.all(about.map(({ worker }) => this.#options.fleet.setListed(worker.workerId, listed)));
  }

  /** Permission before effect: one worker of somebody else, and nobody gets anything. */
  #select(targets: Targets, order: Order, caller: Caller): { workers: LiveWorker[]; skipped: Skipped[] } {
    const { workerIds, includeLeased } = targets;
    const named = workerIds && [...new Set(workerIds)];
    const known = named?.flatMap((id) => this.#options.fleet.get(id) ?? []);
    const foreign = known?.filter((worker) => !mayCommand(caller, worker)) ?? [];
    if (foreign.length > 0) throw new AppError('forbidden', explainForeign(foreign));
    if (known?.length === 0)
      throw new AppError('not_found', 'None of these workers exists; see GET /api/workers.');
    const passing = new Set(this.#passing(targets, order));
    const isFree = ({ workerId }: LiveWorker) =>
      includeLeased || isAboutListing(order) || !this.#options.hasActiveLease(workerId);
    const workers = (known ?? [...passing])
      .filter((worker) => passing.has(worker) && mayCommand(caller, worker))
      .filter(isFree);
    const chosen = new Set(workers);
    const skipped = (named ?? []).flatMap((id): Skipped[] => {
      const worker = this.#options.fleet.get(id);
      if (!worker) return [{ worker_id: id, reason: 'unknown' }];
      if (chosen.has(worker)) return [];
      return [{ worker_id: id, reason: passing.has(worker) ? 'leased' : 'filtered' }];
    });
    return { workers, skipped };
  }

  #passing({ workerIds, filter }: Targets, order: Order): LiveWorker[] {
    // Who is named, or only put on or off the market, need not be online.
    const onlineOnly = workerIds === undefined && !isAboutListing(order) ? true : undefined;
    const { view, tagsOf } = this.#options;
    return selectTargets(view, { ...filter, online: filter.online ?? onlineOnly }, tagsOf);
  }

  #require(workerId: string): LiveWorker {
    const worker = this.#options.fleet.get(workerId);
    if (!worker) throw new AppError('not_found', `There is no worker ${workerId.slice(0, 128)}.`);
    return worker;
  }

  async #forget(): Promise<void> {
    try {
      await this.forgetOld();
    } catch (error) {
      this.#options.logger.error(`old commands not deleted: ${messageOf(error)}`);
    }
  }
}

function mayCommand(caller: Caller, worker: LiveWorker): boolean {
  return actsFor(caller, worker.accountId);
}

function explainForeign(foreign: readonly LiveWorker[]): string {
  const names = foreign.slice(0, 5).map(({ workerId }) => workerId.slice(0, 128));
  const more = foreign.length > names.length ? ` and ${foreign.length - names.length} more` : '';
  return `Nothing was sent: ${names.join(', ')}${more} belong to another account.`;
}

/** Each setting by the newest of these orders that names it; they come newest first. */
function toConfig(payloads: readonly string[]): MinerConfig {
  const configs = payloads.map((payload) => (JSON.parse(payload) as { config?: MinerConfig }).config);
  return Object.assign({}, ...configs.toReversed()) as MinerConfig;
}
