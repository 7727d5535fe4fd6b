/** The watch: looks at every worker and at the platform itself each second, and hands on what begins and ends. */
import {
  alertKinds,
  alertTraits,
  workerAlertKinds,
  type AlertKind,
  type AlertRuleSettings,
} from '../../../contract/domain/alert.ts';
import { messageOf } from '../../kernel/app-error.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import type { Subscribable } from '../../kernel/event-bus.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { BlockEvents } from '../blocks/index.ts';
import type { Fleet, FleetEvents, LiveWorker } from '../fleet/index.ts';
import type { AlertChannels } from './channels.service.ts';
import type { Incidents, Trip } from './incidents.service.ts';
import type { PlatformSign, PlatformSigns } from './platform-signs.ts';
import type { AlertRules, RuleLevel } from './rules.ts';
import { Tracker } from './tracker.ts';
import type { Sufferer, Watchdogs } from './watchdogs.service.ts';
import { recallBaselines } from './recall-baselines.ts';
import type { UsualRepository } from './usual.repository.ts';
import type { MaintenanceWindows } from './windows.ts';
import type { WorkerSigns } from './worker-signs.ts';

export interface AlertsOptions {
  readonly rules: AlertRules;
  readonly incidents: Incidents;
  readonly channels: AlertChannels;
  readonly windows: MaintenanceWindows;
  readonly watchdogs: Watchdogs;
  readonly workerSigns: WorkerSigns;
  readonly usual: UsualRepository;
  readonly platformSigns: PlatformSigns;
  readonly fleet: Pick<Fleet, 'all' | 'get'>;
  readonly bus: Subscribable<FleetEvents & BlockEvents>;
  readonly tagsOf: (workerId: string) => readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
}

const lookEveryMs = 1000;
const platformEveryMs = 10_000;

/** After a start miners need a moment to come back: until then who was not heard yet is not missed. */
const graceMs = 90_000;

const platformKinds = alertKinds.filter((kind) => alertTraits[kind].about === 'platform');

export class Alerts implements Component {
  readonly name = 'alerts';
  readonly #options: AlertsOptions;
  readonly #trackers = new Map<AlertKind, Tracker>(alertKinds.map((kind) => [kind, new Tracker()]));
  readonly #platform = new Map<AlertKind, PlatformSign>();
  #cancels: (() => void)[] = [];
  #startedAtMs = 0;
  #lookedAtMs = 0;
  #measuring: Promise<void> | undefined;

  constructor(options: AlertsOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { rules, incidents, channels, windows, watchdogs, workerSigns, bus, clock } = this.#options;
    this.#startedAtMs = this.#lookedAtMs = clock.nowMs();
    await Promise.all([rules.load(), windows.load(), watchdogs.load(), channels.load()]);
    for (const { kind, members } of await incidents.load())
      for (const { subject, sinceMs, untilMs, reference } of members.values())
        if (untilMs === null) this.#tracker(kind).resume(subject, sinceMs, reference);
    await this.#recall();
    await this.#measurePlatform();
    this.#cancels = [
      bus.on('heartbeat', ({ worker }) => workerSigns.baselines.heard(worker)),
      bus.on('worker.registered', ({ worker }) => workerSigns.baselines.registered(worker)),
      bus.on('block.recorded', ({ block }) => {
        if (block.lease_id !== '' && block.counted) workerSigns.found(block.worker_id);
      }),
      clock.every(lookEveryMs, () => this.#look()),
      clock.every(platformEveryMs, () => {
        this.#measuring ??= this.#measurePlatform().finally(() => (this.#measuring = undefined));
      }),
    ];
  }

  async stop(): Promise<void> {
    for (const cancel of this.#cancels.splice(0)) cancel();
    const { incidents, channels, watchdogs } = this.#options;
    await this.#measuring;
    await watchdogs.stop();
    await incidents.stop();
    await channels.stop();
  }

  /** Without it the baselines begin anew, which is no reason not to watch. */
  async #recall(): Promise<void> {
    const { usual: repository, workerSigns, fleet, clock, logger } = this.#options;
    const { baselines } = workerSigns;
    try {
      await recallBaselines({ repository, baselines, fleet, nowMs: clock.nowMs() });
    } catch (error) {
      logger.warn(`what was usual before the start is not known: ${messageOf(error)}`);
    }
  }

  /** A rule was changed by somebody: stored, and in force with the next look. */
  async changeRule(kind: AlertKind, settings: AlertRuleSettings) {
    const rule = await this.#options.rules.change(kind, settings);
    if (kind === 'certificate') await this.#measurePlatform();
    return rule;
  }

  /** Somebody closed an incident by hand. */
  dismiss(kind: AlertKind, subjects: readonly string[]): void {
    for (const subject of subjects) this.#tracker(kind).dismiss(subject);
  }

  #look(): void {
    const { incidents, channels, windows, watchdogs, logger } = this.#options;
    try {
      windows.look();
      const trips: Trip[] = [];
      this.#lookAtWorkers(trips);
      this.#lookAtPlatform(trips);
      incidents.join(trips);
      incidents.look();
      channels.look();
      watchdogs.look((kind) => this.#sufferers(kind));
    } catch (error) {
      logger.error({ err: error }, `the look at the fleet failed: ${messageOf(error)}`);
    }
  }

  #lookAtWorkers(trips: Trip[]): void {
    const { fleet, rules, workerSigns, clock } = this.#options;
    const nowMs = clock.nowMs();
    const sinceLastMs = Math.max(0, nowMs - this.#lookedAtMs);
    this.#lookedAtMs = nowMs;
    const inGrace = nowMs - this.#startedAtMs < graceMs;
    // What a tag changes is looked up for a worker only where a rule asks for it.
    const looks = workerAlertKinds.map((kind) => ({
      ...{ kind, tracker: this.#tracker(kind), level: rules.levelOf(kind) },
      hasOverrides: rules.hasOverrides(kind),
    }));
    for (const worker of fleet.all()) {
      workerSigns.observe(worker, nowMs, sinceLastMs);
      if (inGrace && worker.lastOnlineAtMs < this.#startedAtMs) continue;
      for (const { kind, tracker, level, hasOverrides } of looks)
        this.#lookAtWorker(
          worker,
          kind,
          tracker,
          hasOverrides ? this.#levelOf(kind, worker) : level,
          nowMs,
          trips,
        );
    }
  }

  #levelOf(kind: AlertKind, { workerId }: LiveWorker): RuleLevel {
    return this.#options.rules.levelFor(kind, this.#options.tagsOf(workerId));
  }

  #lookAtWorker(
    worker: LiveWorker,
    kind: AlertKind,
    tracker: Tracker,
    level: RuleLevel,
    nowMs: number,
    trips: Trip[],
  ): void {
    const { workerSigns } = this.#options;
    const { workerId } = worker;
    if (!level.isOn)
      return tracker.size === 0 ? undefined : this.#over(kind, tracker.clear(workerId), workerId);
    const held = tracker.size === 0 ? null : tracker.referenceOf(workerId);
    const value = workerSigns.measure(kind, worker, nowMs, held);
    const isBad = value !== undefined && isBeyond(kind, value, level.threshold);
    if (!isBad && tracker.size === 0) return;
    // Who was given up long before the watch began is no news, however long it stays away.
    if (
      isBad &&
      kind === 'worker_offline' &&
      !tracker.isTripped(workerId) &&
      !workerSigns.isMissed(worker, nowMs)
    )
      return;
    const isGood = value === undefined || isClear(kind, value, level);
    const change = tracker.look(workerId, { isBad, isGood }, level, nowMs, () =>
      workerSigns.reference(kind, worker),
    );
    if (change !== 'trip') return this.#over(kind, change, workerId);
    trips.push({
      ...{ kind, subject: workerId, severity: level.severity, reference: tracker.referenceOf(workerId) },
      value: alertTraits[kind].unit === 'none' ? null : rounded(value),
      detail: workerSigns.detail(kind, worker),
    });
  }

  #lookAtPlatform(trips: Trip[]): void {
    const { rules, clock } = this.#options;
    const nowMs = clock.nowMs();
    for (const kind of platformKinds) {
      const sign = this.#platform.get(kind);
      if (!sign) continue;
      const level = rules.levelOf(kind);
      const tracker = this.#tracker(kind);
      const { value, detail } = sign;
      if (!level.isOn) {
        this.#over(kind, tracker.clear(kind), kind);
        continue;
      }
      const isBad = value !== undefined && isBeyond(kind, value, level.threshold);
      const isGood = value === undefined || isClear(kind, value, level);
      const change = tracker.look(kind, { isBad, isGood }, level, nowMs, () => null);
      if (change === 'trip')
        trips.push({
          ...{ kind, subject: kind, severity: level.severity, reference: null, detail },
          value: alertTraits[kind].unit === 'none' ? null : rounded(value),
        });
      else this.#over(kind, change, kind);
    }
  }

  #over(kind: AlertKind, change: 'trip' | 'clear' | undefined, subject: string): void {
    if (change === 'clear') this.#options.incidents.leave(kind, subject);
  }

  async #measurePlatform(): Promise<void> {
    const { platformSigns, rules, logger } = this.#options;
    for (const kind of platformKinds) {
      try {
        const { certificate_file: file } = rules.get(kind);
        this.#platform.set(kind, await platformSigns.measure(kind, file));
      } catch (error) {
        logger.warn({ kind }, `not measured: ${messageOf(error)}`);
      }
    }
  }

  /** Maintenance is no time for commands. */
  *#sufferers(kind: AlertKind): Generator<Sufferer> {
    const { incidents } = this.#options;
    for (const incident of incidents.unresolved()) {
      if (incident.kind !== kind || incident.maintenance !== '') continue;
      for (const { subject, untilMs, joinedAtMs } of incident.members.values())
        if (untilMs === null)
          yield { workerId: subject, incidentId: incident.incidentId, sinceMs: joinedAtMs };
    }
  }

  #tracker(kind: AlertKind): Tracker {
    return this.#trackers.get(kind) as Tracker;
  }
}

function isBeyond(kind: AlertKind, value: number, threshold: number): boolean {
  return alertTraits[kind].worseIs === 'more' ? value >= threshold : value < threshold;
}

/** With a clear threshold equal to the threshold there is no band between the two. */
function isClear(kind: AlertKind, value: number, { clearThreshold, threshold }: RuleLevel): boolean {
  if (isBeyond(kind, value, threshold)) return false;
  return alertTraits[kind].worseIs === 'more'
    ? value < clearThreshold || clearThreshold === threshold
    : value >= clearThreshold;
}

function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Number(value.toPrecision(4));
}
