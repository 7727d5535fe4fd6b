/** Follows commands from their publish until it is known what became of them, also across a restart. */
import {
  confirmationTimeoutMs,
  deliveryTimeoutMs,
  type Command,
  type CommandAction,
  type CommandState,
} from '../../../contract/domain/command.ts';
import type { ControlMessage } from '../../../contract/mqtt/platform-messages.ts';
import { platformTopic } from '../../../contract/mqtt/topics.ts';
import { messageOf } from '../../kernel/app-error.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import type { Announcer } from '../../kernel/event-bus.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { CommandRow } from '../../storage/schema.ts';
import { isOnline, type Fleet, type LiveWorker } from '../fleet/index.ts';
import type { CommandRepository } from './command.repository.ts';
import { canBeConfirmed, confirmationOf, explainUnconfirmed, type Evidence } from './confirmation.ts';
import type { ControlEvents } from './control.events.ts';
import { resumeMessage } from './order.ts';

export interface CommandFollowerOptions {
  readonly repository: CommandRepository;
  readonly fleet: Fleet;
  readonly bus: Announcer<ControlEvents>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Publishes to a worker's control topic; tells whether its connection listens, and when it acknowledged. */
  readonly publish: (
    workerId: string,
    message: ControlMessage,
    acknowledged?: () => void,
  ) => Promise<boolean>;
}

/** A command whose outcome is open. */
interface OpenCommand {
  readonly row: CommandRow;
  readonly message: ControlMessage;
  wasResumed: boolean;
  /** What showed its effect before it was acknowledged. */
  shown?: string;
}

/** Who does these may be gone before the acknowledgement is. */
const endsConnection: ReadonlySet<CommandAction> = new Set(['shutdown', 'restart']);

/** Rows in one transaction, so that none holds the event loop for long. */
const rowsPerTransaction = 100;

export function toCommand(row: CommandRow): Command {
  return {
    command_id: row.command_id,
    batch_id: row.batch_id,
    worker_id: row.worker_id,
    action: row.action,
    payload: JSON.parse(row.payload) as ControlMessage,
    issued_by: row.issued_by,
    state: row.state,
    detail: row.detail,
    created_at: toUnixSeconds(row.created_at_ms),
    delivered_at: row.delivered_at_ms === null ? null : toUnixSeconds(row.delivered_at_ms),
    confirmed_at: row.confirmed_at_ms === null ? null : toUnixSeconds(row.confirmed_at_ms),
  };
}

export class CommandFollower {
  readonly #options: CommandFollowerOptions;
  readonly #open = new Map<string, OpenCommand>();
  readonly #byWorker = new Map<string, Set<OpenCommand>>();
  #changed = new Set<CommandRow>();
  #saving: Promise<void> | undefined;

  constructor(options: CommandFollowerOptions) {
    this.#options = options;
  }

  /** Takes up the commands that were open when the platform stopped. */
  async load(): Promise<void> {
    this.#open.clear();
    this.#byWorker.clear();
    for (const row of await this.#options.repository.loadOpen())
      this.#add({ row, message: JSON.parse(row.payload) as ControlMessage, wasResumed: false });
  }

  /** Publishes a stored command and follows it. */
  send(row: CommandRow, message: ControlMessage): void {
    const command: OpenCommand = { row, message, wasResumed: false };
    this.#add(command);
    this.#announce(row);
    this.#options
      .publish(row.worker_id, message, () => this.#onDelivered(command))
      .then(
        (isTaken) => {
          if (!isTaken)
            this.#settle(
              command,
              'undelivered',
              `No subscribers for topic ${platformTopic(row.worker_id, 'control')}: the miner is not connected.`,
            );
        },
        (error: unknown) => {
          this.#options.logger.error({ worker: row.worker_id }, `command not sent: ${messageOf(error)}`);
          this.#settle(command, 'undelivered', 'The broker could not send it; the log says why.');
        },
      );
  }

  /** A sign of what a worker does. */
  observe(worker: LiveWorker, evidence: Exclude<Evidence, 'delivery'>): void {
    for (const command of this.#byWorker.get(worker.workerId) ?? []) {
      if (command.row.action === 'restart') this.#resume(command, worker);
      this.#confirm(command, worker, evidence);
    }
  }

  /** Gives up on commands whose time is over, and stores what could not be stored before. */
  tick(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const command of this.#open.values()) {
      const { row } = command;
      const ageMs = nowMs - row.created_at_ms;
      if (row.state === 'sent' && ageMs >= deliveryTimeoutMs)
        this.#settle(command, 'undelivered', `Not acknowledged within ${deliveryTimeoutMs / 1000} s.`);
      else if (row.state === 'delivered' && ageMs >= confirmationTimeoutMs)
        this.#settle(
          command,
          'unconfirmed',
          explainUnconfirmed(row.action, this.#options.fleet.get(row.worker_id)),
        );
    }
    this.#save();
  }

  /** Commands whose outcome is open. */
  get openCount(): number {
    return this.#open.size;
  }

  /** Settles when everything that is known is stored. */
  async flush(): Promise<void> {
    this.#save();
    await this.#saving;
  }

  #add(command: OpenCommand): void {
    const { command_id: commandId, worker_id: workerId } = command.row;
    this.#open.set(commandId, command);
    const commands = this.#byWorker.get(workerId) ?? new Set();
    this.#byWorker.set(workerId, commands.add(command));
  }

  #onDelivered(command: OpenCommand): void {
    const { row, message } = command;
    if (row.state !== 'sent' || !this.#open.has(row.command_id)) return;
    row.state = 'delivered';
    row.delivered_at_ms = this.#options.clock.nowMs();
    if (!canBeConfirmed(row.action, message)) this.#close(command);
    else if (command.shown !== undefined) return this.#settleConfirmed(command, command.shown);
    else if (this.#isShownAlready(command)) return;
    this.#changedState(row);
  }

  /** Whether the worker is already what a command that just arrived asks for. */
  #isShownAlready(command: OpenCommand): boolean {
    const { row, message } = command;
    const worker = this.#options.fleet.get(row.worker_id);
    if (!worker) return false;
    if (row.action === 'restart') this.#resume(command, worker);
    // With another command under way, what the worker is now may be that one's doing.
    const isAlone = this.#byWorker.get(row.worker_id)?.size === 1;
    return (isAlone || message.state !== undefined) && this.#confirm(command, worker, 'delivery');
  }

  /** The second half of a restart for a miner that took its first half for a pause. */
  #resume(command: OpenCommand, worker: LiveWorker): void {
    if (command.wasResumed || worker.reportedState !== 'IDLE') return;
    command.wasResumed = true;
    this.#options.publish(worker.workerId, resumeMessage).catch((error: unknown) => {
      this.#options.logger.error({ worker: worker.workerId }, `restart not finished: ${messageOf(error)}`);
    });
  }

  #confirm(command: OpenCommand, worker: LiveWorker, evidence: Evidence): boolean {
    const { row, message, wasResumed } = command;
    const asked = { action: row.action, message, wasResumed, isDelivered: row.state === 'delivered' };
    const detail = confirmationOf(asked, worker, evidence, isOnline(worker, this.#options.clock.nowMs()));
    if (detail === undefined) return false;
    if (row.state === 'sent' && !endsConnection.has(row.action)) {
      // What it shows may be older than the command; together with the acknowledgement it is an answer.
      command.shown = detail;
      return false;
    }
    this.#settleConfirmed(command, detail);
    return true;
  }

  #settleConfirmed(command: OpenCommand, detail: string): void {
    const nowMs = this.#options.clock.nowMs();
    command.row.confirmed_at_ms = nowMs;
    // What it did shows that it was told.
    command.row.delivered_at_ms ??= nowMs;
    this.#settle(command, 'confirmed', detail);
  }

  #settle(command: OpenCommand, state: CommandState, detail: string): void {
    if (!this.#open.has(command.row.command_id)) return;
    command.row.state = state;
    command.row.detail = detail;
    this.#close(command);
    this.#changedState(command.row);
    if (state !== 'undelivered') return;
    const { worker_id: worker, command_id: id, batch_id: batchId } = command.row;
    // Of a thousand commands the answer and the list tell; the log need not.
    this.#options.logger[batchId === '' ? 'warn' : 'debug']({ worker, command: id }, detail);
  }

  #close({ row }: OpenCommand): void {
    const commands = this.#byWorker.get(row.worker_id);
    const command = this.#open.get(row.command_id);
    this.#open.delete(row.command_id);
    if (command) commands?.delete(command);
    if (commands?.size === 0) this.#byWorker.delete(row.worker_id);
  }

  #changedState(row: CommandRow): void {
    this.#changed.add(row);
    this.#announce(row);
    this.#save();
  }

  #announce(row: CommandRow): void {
    this.#options.bus.emit('command.changed', { command: toCommand(row) });
  }

  #save(): void {
    if (this.#changed.size > 0) this.#saving ??= this.#saveAll().finally(() => (this.#saving = undefined));
  }

  async #saveAll(): Promise<void> {
    while (this.#changed.size > 0) {
      const rows = [...this.#changed].slice(0, rowsPerTransaction);
      for (const row of rows) this.#changed.delete(row);
      try {
        await this.#options.repository.saveStates(rows);
      } catch (error) {
        // They are kept and tried again with the next tick.
        for (const row of rows) this.#changed.add(row);
        this.#options.logger.error(
          { commands: rows.length },
          `what became of commands is not stored: ${messageOf(error)}`,
        );
        return;
      }
    }
  }
}
