/** Watchdogs: commands that the platform sends by itself to workers that trip a rule. Limited, audited, dry at first. */
import { randomUUID } from 'node:crypto';
import {
  watchdogInputSchema,
  type Watchdog,
  type WatchdogInput,
  type WatchdogOutcome,
} from '../../../contract/domain/watchdog.ts';
import type { AlertKind } from '../../../contract/domain/alert.ts';
import { AppError, messageOf } from '../../kernel/app-error.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { PlanRepository, WatchdogRunRow } from './plan.repository.ts';

export interface WatchdogsOptions {
  readonly repository: PlanRepository;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tagsOf: (workerId: string) => readonly string[];
  readonly hasActiveLease: (workerId: string) => boolean;
  /** Sends the command. Returns its id. */
  readonly command: (workerId: string, watchdog: WatchdogInput) => Promise<string>;
  /** Writes the audit log. */
  readonly record: (run: Omit<WatchdogRunRow, 'run_id'>) => Promise<void>;
}

/** A worker that trips a rule now. */
export interface Sufferer {
  readonly workerId: string;
  readonly incidentId: number;
  readonly sinceMs: number;
}

interface Known {
  readonly watchdogId: string;
  readonly createdAtMs: number;
  input: WatchdogInput;
  /** When something was last done, or noted, about a worker. */
  readonly lastMs: Map<string, number>;
}

const maxWatchdogs = 50;
const dayMs = 86_400_000;

/** So many commands go out in one look: a whole fleet is not restarted in one second. */
const perLook = 20;

const refusedForMs = 3_600_000;

interface Run {
  readonly watchdogId: string;
  readonly workerId: string;
  readonly atMs: number;
}

export class Watchdogs {
  readonly #options: WatchdogsOptions;
  readonly #watchdogs = new Map<string, Known>();
  /** Of the last day, also those of dry runs, oldest first. */
  #runs: Run[] = [];
  #acting: Promise<void> | undefined;

  constructor(options: WatchdogsOptions) {
    this.#options = options;
  }

  async load(): Promise<void> {
    const { repository, clock } = this.#options;
    this.#watchdogs.clear();
    for (const { watchdog_id, settings, created_at_ms } of await repository.loadWatchdogs()) {
      const parsed = watchdogInputSchema.safeParse(JSON.parse(settings));
      if (parsed.success) this.#keep(watchdog_id, created_at_ms, parsed.data);
    }
    const rows = await repository.runsSince(clock.nowMs() - dayMs);
    this.#runs = rows.filter(({ outcome }) => isCounted(outcome as WatchdogOutcome)).map(toRun);
    for (const { watchdog_id, worker_id, at_ms, outcome } of rows)
      this.#watchdogs
        .get(watchdog_id)
        ?.lastMs.set(worker_id, at_ms + (isRefused(outcome as WatchdogOutcome) ? refusedForMs : 0));
  }

  async stop(): Promise<void> {
    await this.#acting;
  }

  /** Does what is due. One look at a time: who is still at it is not disturbed. */
  look(sufferers: (kind: AlertKind) => Iterable<Sufferer>): void {
    const active = [...this.#watchdogs.values()].filter(({ input }) => input.enabled);
    if (this.#acting || active.length === 0) return;
    const due = active.flatMap((known) => this.#due(known, sufferers(known.input.kind)));
    if (due.length === 0) return;
    this.#acting = this.#act(due.slice(0, perLook)).finally(() => (this.#acting = undefined));
  }

  list(): Watchdog[] {
    return [...this.#watchdogs.values()].map((known) => this.#view(known));
  }

  /** @throws AppError `conflict` when there are too many */
  async add(input: WatchdogInput): Promise<Watchdog> {
    if (this.#watchdogs.size >= maxWatchdogs)
      throw new AppError('conflict', `There are ${maxWatchdogs} watchdogs already; remove one.`);
    const known = this.#keep(`watchdog-${randomUUID()}`, this.#options.clock.nowMs(), input);
    await this.#save(known);
    return this.#view(known);
  }

  /** @throws AppError `not_found` */
  async change(watchdogId: string, input: WatchdogInput): Promise<Watchdog> {
    const known = this.#require(watchdogId);
    await this.#save({ ...known, input });
    known.input = input;
    return this.#view(known);
  }

  /** @throws AppError `not_found` */
  async remove(watchdogId: string): Promise<void> {
    this.#require(watchdogId);
    await this.#options.repository.removeWatchdog(watchdogId);
    this.#watchdogs.delete(watchdogId);
  }

  #due(known: Known, sufferers: Iterable<Sufferer>): { known: Known; sufferer: Sufferer }[] {
    const { clock, tagsOf } = this.#options;
    const { after_sec: afterSec, tag } = known.input;
    const nowMs = clock.nowMs();
    const due = [];
    for (const sufferer of sufferers) {
      const fromMs = Math.max(sufferer.sinceMs, known.lastMs.get(sufferer.workerId) ?? 0);
      // Without a pause of its own it would act again with every look.
      if (nowMs - fromMs < Math.max(afterSec, fromMs === sufferer.sinceMs ? 0 : 60) * 1000) continue;
      if (tag !== '' && !tagsOf(sufferer.workerId).includes(tag)) continue;
      due.push({ known, sufferer });
    }
    return due;
  }

  async #act(due: readonly { known: Known; sufferer: Sufferer }[]): Promise<void> {
    for (const { known, sufferer } of due) {
      try {
        await this.#actOn(known, sufferer);
      } catch (error) {
        this.#options.logger.error({ worker: sufferer.workerId }, `watchdog: ${messageOf(error)}`);
      }
    }
  }

  async #actOn(known: Known, { workerId, incidentId }: Sufferer): Promise<void> {
    const { repository, clock, logger, record } = this.#options;
    const { input, watchdogId, lastMs } = known;
    const nowMs = clock.nowMs();
    lastMs.set(workerId, nowMs);
    const refusal = this.#refusal(known, workerId, nowMs);
    // What was refused once is looked at again later, and does not fill the record meanwhile.
    if (refusal) lastMs.set(workerId, nowMs + refusedForMs);
    let outcome: WatchdogOutcome = refusal?.outcome ?? (input.dry_run ? 'dry_run' : 'sent');
    let detail = refusal?.detail ?? '';
    let commandId = '';
    if (outcome === 'sent') {
      try {
        commandId = await this.#options.command(workerId, input);
      } catch (error) {
        outcome = 'failed';
        detail = messageOf(error);
      }
    }
    const run = {
      ...{ watchdog_id: watchdogId, name: input.name, incident_id: incidentId, worker_id: workerId },
      ...{ action: input.action, outcome, command_id: commandId, detail, at_ms: nowMs },
    };
    if (isCounted(outcome)) this.#runs.push(toRun(run));
    await repository.addRun(run);
    logger.info({ worker: workerId, watchdog: input.name, outcome }, `watchdog: ${input.action}`);
    if (outcome === 'sent' || outcome === 'failed') await record(run);
  }

  #refusal(
    { input, watchdogId }: Known,
    workerId: string,
    nowMs: number,
  ): { outcome: WatchdogOutcome; detail: string } | undefined {
    if (!input.allow_leased && this.#options.hasActiveLease(workerId))
      return { outcome: 'leased', detail: 'It is rented out.' };
    this.#runs = this.#runs.filter(({ atMs }) => nowMs - atMs < dayMs);
    const own = this.#runs.filter((run) => run.watchdogId === watchdogId);
    if (own.length >= input.max_per_day)
      return { outcome: 'limited', detail: `${input.max_per_day} commands of this watchdog in 24 h.` };
    if (own.filter((run) => run.workerId === workerId).length >= input.max_per_worker_per_day)
      return {
        outcome: 'limited',
        detail: `${input.max_per_worker_per_day} commands to this worker in 24 h.`,
      };
    return undefined;
  }

  #keep(watchdogId: string, createdAtMs: number, input: WatchdogInput): Known {
    const known = { watchdogId, createdAtMs, input, lastMs: new Map<string, number>() };
    this.#watchdogs.set(watchdogId, known);
    return known;
  }

  async #save({ watchdogId, createdAtMs, input }: Known): Promise<void> {
    await this.#options.repository.saveWatchdog({
      ...{ watchdog_id: watchdogId, settings: JSON.stringify(input), created_at_ms: createdAtMs },
    });
  }

  #require(watchdogId: string): Known {
    const known = this.#watchdogs.get(watchdogId);
    if (!known) throw new AppError('not_found', `There is no watchdog ${watchdogId.slice(0, 64)}.`);
    return known;
  }

  #view({ watchdogId, input }: Known): Watchdog {
    const nowMs = this.#options.clock.nowMs();
    const runs = this.#runs.filter((run) => run.watchdogId === watchdogId && nowMs - run.atMs < dayMs);
    return { watchdog_id: watchdogId, ...input, runs_today: runs.length };
  }
}

/** A dry run shows what the limits would have let through. */
function isCounted(outcome: WatchdogOutcome): boolean {
  return outcome === 'sent' || outcome === 'dry_run';
}

function isRefused(outcome: WatchdogOutcome): boolean {
  return outcome === 'leased' || outcome === 'limited';
}

function toRun(row: Pick<WatchdogRunRow, 'watchdog_id' | 'worker_id' | 'at_ms'>): Run {
  return { watchdogId: row.watchdog_id, workerId: row.worker_id, atMs: row.at_ms };
}

/** As callers see what was done. */
export function toRunView(row: WatchdogRunRow) {
  const { at_ms: atMs, action, outcome, ...rest } = row;
  return {
    ...rest,
    action: action as WatchdogInput['action'],
    outcome: outcome as WatchdogOutcome,
    at: toUnixSeconds(atMs),
  };
}
