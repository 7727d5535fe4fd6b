/** Maintenance windows: when, and for whom, alerts are kept silent. */
import { randomUUID } from 'node:crypto';
import { Cron } from 'croner';
import {
  maintenanceWindowInputSchema,
  type MaintenanceWindow,
  type MaintenanceWindowInput,
} from '../../../contract/domain/alert-window.ts';
import { AppError, messageOf } from '../../kernel/app-error.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import type { PlanRepository } from './plan.repository.ts';

/** So many are looked through every second. */
const maxWindows = 100;

interface Known {
  readonly windowId: string;
  readonly createdAtMs: number;
  readonly input: MaintenanceWindowInput;
  readonly workerIds: ReadonlySet<string>;
  readonly cron: Cron | undefined;
}

export interface WindowsOptions {
  readonly repository: PlanRepository;
  readonly clock: Clock;
  readonly tagsOf: (workerId: string) => readonly string[];
}

export class MaintenanceWindows {
  readonly #options: WindowsOptions;
  readonly #windows = new Map<string, Known>();
  /** Those that are under way at the last look. */
  #active: readonly Known[] = [];

  constructor(options: WindowsOptions) {
    this.#options = options;
  }

  async load(): Promise<void> {
    this.#windows.clear();
    for (const { window_id, settings, created_at_ms } of await this.#options.repository.loadWindows()) {
      const parsed = maintenanceWindowInputSchema.safeParse(JSON.parse(settings));
      if (parsed.success) this.#keep(window_id, created_at_ms, parsed.data);
    }
    this.look();
  }

  /** Sees which are under way now; once a second. */
  look(): void {
    const nowMs = this.#options.clock.nowMs();
    this.#active = [...this.#windows.values()].filter((window) => isActive(window, nowMs));
  }

  /** Name of the window that covers a worker now; empty: none. @param workerId undefined: the platform itself */
  covering(workerId: string | undefined): string {
    if (this.#active.length === 0) return '';
    const tags = workerId === undefined ? [] : this.#options.tagsOf(workerId);
    const covering = this.#active.find(({ input, workerIds }) => {
      if (input.scope === 'all') return true;
      if (workerId === undefined) return false;
      return input.scope === 'tag' ? tags.includes(input.tag) : workerIds.has(workerId);
    });
    return covering?.input.name ?? '';
  }

  list(): MaintenanceWindow[] {
    return [...this.#windows.values()].map((window) => this.#view(window));
  }

  /** @throws AppError `bad_request`, `conflict` when there are too many */
  async add(input: MaintenanceWindowInput): Promise<MaintenanceWindow> {
    if (this.#windows.size >= maxWindows)
      throw new AppError('conflict', `There are ${maxWindows} windows already; remove one that is over.`);
    return this.#save(`window-${randomUUID()}`, this.#options.clock.nowMs(), input);
  }

  /** @throws AppError `not_found`, `bad_request` */
  async change(windowId: string, input: MaintenanceWindowInput): Promise<MaintenanceWindow> {
    return this.#save(windowId, this.#require(windowId).createdAtMs, input);
  }

  /** @throws AppError `not_found` */
  async remove(windowId: string): Promise<void> {
    this.#require(windowId);
    await this.#options.repository.removeWindow(windowId);
    this.#windows.delete(windowId);
    this.look();
  }

  async #save(windowId: string, createdAtMs: number, input: MaintenanceWindowInput) {
    const known = toKnown(windowId, createdAtMs, input);
    const row = { window_id: windowId, settings: JSON.stringify(input), created_at_ms: createdAtMs };
    await this.#options.repository.saveWindow(row);
    this.#windows.set(windowId, known);
    this.look();
    return this.#view(known);
  }

  #keep(windowId: string, createdAtMs: number, input: MaintenanceWindowInput): void {
    this.#windows.set(windowId, toKnown(windowId, createdAtMs, input));
  }

  #require(windowId: string): Known {
    const known = this.#windows.get(windowId);
    if (!known) throw new AppError('not_found', `There is no maintenance window ${windowId.slice(0, 64)}.`);
    return known;
  }

  #view(window: Known): MaintenanceWindow {
    const nowMs = this.#options.clock.nowMs();
    const { input, cron, windowId } = window;
    const startMs = (input.starts_at ?? 0) * 1000;
    const next = cron ? cron.nextRun(new Date(nowMs))?.getTime() : startMs > nowMs ? startMs : undefined;
    return {
      window_id: windowId,
      ...input,
      is_active: isActive(window, nowMs),
      next_start: next === undefined || !input.enabled ? null : toUnixSeconds(next),
    };
  }
}

function toKnown(windowId: string, createdAtMs: number, input: MaintenanceWindowInput): Known {
  let cron: Cron | undefined;
  if (input.schedule === 'cron') {
    try {
      cron = new Cron(input.cron, { paused: true });
      cron.nextRun();
    } catch (error) {
      throw new AppError(
        'bad_request',
        `Body: cron can't be read: ${messageOf(error)}. An example is "0 2 * * 0", Sundays at two.`,
        { cause: error },
      );
    }
  }
  return { windowId, createdAtMs, input, workerIds: new Set(input.worker_ids), cron };
}

/** One with a cron expression lasts from each of its times on. */
function isActive({ input, cron }: Known, nowMs: number): boolean {
  if (!input.enabled) return false;
  if (!cron) return (input.starts_at ?? 0) * 1000 <= nowMs && nowMs < (input.ends_at ?? 0) * 1000;
  const durationMs = input.duration_min * 60_000;
  const begun = cron.nextRun(new Date(nowMs - durationMs));
  return begun !== null && begun.getTime() <= nowMs;
}
