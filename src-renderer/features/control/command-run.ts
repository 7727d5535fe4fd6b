/** An order to many workers on its way: what became of it, worker by worker. Nothing in here is watched by Vue. */
import type { Command, CommandState } from '../../../src-main/contract/domain/command.ts';
import type { MinerConfig } from '../../../src-main/contract/domain/miner-config.ts';
import type { CommandData } from '../../../src-main/contract/ws/feed.ts';
import type { OfferedAction } from './command-action.ts';

/** `waiting`: not handed over yet; `skipped`: the platform left it out; `failed`: the call itself was refused. */
export const outcomeStates = [
  'waiting',
  'sent',
  'delivered',
  'confirmed',
  'unconfirmed',
  'undelivered',
  'skipped',
  'failed',
] as const;
export type OutcomeState = (typeof outcomeStates)[number];

/** How outcomes are looked at. */
export const outcomeGroups = ['all', 'open', 'failed', 'confirmed', 'skipped'] as const;
export type OutcomeGroup = (typeof outcomeGroups)[number];

export interface Outcome {
  readonly workerId: string;
  commandId: string;
  state: OutcomeState;
  /** In the platform's words; of `skipped` its reason code. */
  detail: string;
}

/** What the platform answers to a part of the order. */
export interface BatchAnswer {
  readonly batch_id: string;
  readonly commands: readonly { readonly worker_id: string; readonly command_id: string }[];
  readonly skipped: readonly { readonly worker_id: string; readonly reason: string }[];
}

const openStates: ReadonlySet<OutcomeState> = new Set(['waiting', 'sent', 'delivered']);
const failedStates: ReadonlySet<OutcomeState> = new Set(['undelivered', 'unconfirmed', 'failed']);

function isIn(group: OutcomeGroup, state: OutcomeState): boolean {
  if (group === 'open') return openStates.has(state);
  return group === 'failed' ? failedStates.has(state) : group === 'all' || group === state;
}

/** How far a command is: what is known never goes back. */
const ranks: Readonly<Record<CommandState, number>> = {
  sent: 0,
  delivered: 1,
  confirmed: 2,
  undelivered: 2,
  unconfirmed: 2,
};

/** What was asked of whom. */
export interface CommandOrder {
  readonly action: OfferedAction;
  /** Of `set_config`; empty otherwise. */
  readonly config: MinerConfig;
  /** Also of those that are rented out. */
  readonly includeLeased: boolean;
  readonly workerIds: readonly string[];
}

export class CommandRun {
  readonly order: CommandOrder;
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly batchIds: string[] = [];
  /** While parts of it are still handed over. */
  isSending = true;
  readonly #byCommand = new Map<string, Outcome>();
  /** Told by the feed before the call was answered. */
  readonly #early = new Map<string, CommandState>();
  readonly #counts = Object.fromEntries(outcomeStates.map((state) => [state, 0])) as Record<
    OutcomeState,
    number
  >;

  constructor(order: CommandOrder) {
    this.order = order;
    this.outcomes = new Map(
      order.workerIds.map((workerId) => [
        workerId,
        { workerId, commandId: '', state: 'waiting', detail: '' },
      ]),
    );
    this.#counts.waiting = this.outcomes.size;
  }

  get counts(): Readonly<Record<OutcomeState, number>> {
    return this.#counts;
  }

  /** How many are not known to the end. */
  get openCount(): number {
    return this.#counts.waiting + this.#counts.sent + this.#counts.delivered;
  }

  get failedCount(): number {
    return this.#counts.undelivered + this.#counts.unconfirmed + this.#counts.failed;
  }

  /** Whether nothing will change any more. */
  get isSettled(): boolean {
    return !this.isSending && this.openCount === 0;
  }

  /** Ids of those that did not do it, or did not show it. */
  failedIds(): string[] {
    return this.outcomesIn('failed').map(({ workerId }) => workerId);
  }

  outcomesIn(group: OutcomeGroup): readonly Outcome[] {
    return [...this.outcomes.values()].filter(({ state }) => isIn(group, state));
  }

  countIn(group: OutcomeGroup): number {
    return outcomeStates.reduce((sum, state) => sum + (isIn(group, state) ? this.#counts[state] : 0), 0);
  }

  /** The answer to one part of the order. */
  take({ batch_id, commands, skipped }: BatchAnswer): void {
    this.batchIds.push(batch_id);
    for (const { worker_id: workerId, command_id: commandId } of commands) {
      const outcome = this.outcomes.get(workerId);
      if (!outcome) continue;
      outcome.commandId = commandId;
      this.#byCommand.set(commandId, outcome);
      this.#move(outcome, this.#early.get(commandId) ?? 'sent');
    }
    for (const { worker_id: workerId, reason } of skipped) {
      const outcome = this.outcomes.get(workerId);
      if (outcome) this.#move(outcome, 'skipped', reason);
    }
  }

  /** One part was refused, or got no answer. */
  fail(workerIds: readonly string[], detail: string): void {
    for (const workerId of workerIds) {
      const outcome = this.outcomes.get(workerId);
      if (outcome) this.#move(outcome, 'failed', detail);
    }
  }

  /** All parts were handed over. Who is in no answer did not get it. */
  endSending(): void {
    this.isSending = false;
    this.#early.clear();
    for (const outcome of this.outcomes.values())
      if (outcome.state === 'waiting') this.#move(outcome, 'skipped', 'filtered');
  }

  /** A frame of the feed. Returns whether any of it was about this order. */
  observe(data: readonly CommandData[]): boolean {
    let isAny = false;
    for (const { command_id: commandId, action, state } of data) {
      const outcome = this.#byCommand.get(commandId);
      if (outcome) isAny = this.#advance(outcome, state, '') || isAny;
      else if (this.isSending && action === this.order.action) this.#early.set(commandId, state);
    }
    return isAny;
  }

  /** What the platform has stored of some of its commands. Returns whether anything was new. */
  sync(commands: readonly Command[]): boolean {
    let isAny = false;
    for (const { command_id: commandId, state, detail } of commands) {
      const outcome = this.#byCommand.get(commandId);
      if (outcome) isAny = this.#advance(outcome, state, detail) || isAny;
    }
    return isAny;
  }

  #advance(outcome: Outcome, state: CommandState, detail: string): boolean {
    const before = ranks[outcome.state as CommandState];
    const after = ranks[state];
    if (after < before || (after === before && (detail === '' || detail === outcome.detail))) return false;
    this.#move(outcome, state, detail === '' ? outcome.detail : detail);
    return true;
  }

  #move(outcome: Outcome, state: OutcomeState, detail = outcome.detail): void {
    this.#counts[outcome.state] -= 1;
    this.#counts[state] += 1;
    outcome.state = state;
    outcome.detail = detail;
  }
}
