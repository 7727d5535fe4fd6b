/** The rules as they are now: the program's own, and what somebody changed of them. */
import {
  alertKinds,
  alertRuleSettingsSchema,
  defaultAlertRules,
  findRuleProblem,
  type AlertKind,
  type AlertRule,
  type AlertRuleSettings,
  type AlertSeverity,
} from '../../../contract/domain/alert.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { PlanRepository } from './plan.repository.ts';

/** What holds for one worker. */
export interface RuleLevel {
  readonly isOn: boolean;
  readonly severity: AlertSeverity;
  readonly threshold: number;
  readonly clearThreshold: number;
  readonly minDurationMs: number;
  readonly clearAfterMs: number;
}

/** A rule with its levels worked out, so that a look at a worker computes nothing. */
interface ReadyRule {
  readonly rule: AlertRule;
  readonly base: RuleLevel;
  readonly byTag: readonly { readonly tag: string; readonly level: RuleLevel }[];
}

function toLevel(rule: AlertRuleSettings): RuleLevel {
  const threshold = rule.threshold ?? 1;
  return {
    isOn: rule.enabled,
    severity: rule.severity,
    threshold,
    clearThreshold: rule.clear_threshold ?? threshold,
    minDurationMs: rule.min_duration_sec * 1000,
    clearAfterMs: rule.clear_after_sec * 1000,
  };
}

function toReady(kind: AlertKind, settings: AlertRuleSettings): ReadyRule {
  return {
    rule: { kind, ...settings },
    base: toLevel(settings),
    byTag: settings.overrides.map((entry) => ({
      tag: entry.tag,
      level: toLevel({
        ...settings,
        enabled: settings.enabled && entry.enabled,
        severity: entry.severity ?? settings.severity,
        threshold: entry.threshold ?? settings.threshold,
        clear_threshold:
          entry.clear_threshold ?? (entry.threshold === null ? settings.clear_threshold : null),
        min_duration_sec: entry.min_duration_sec ?? settings.min_duration_sec,
      }),
    })),
  };
}

export class AlertRules {
  readonly #repository: PlanRepository;
  readonly #logger: Logger;
  readonly #ready = new Map<AlertKind, ReadyRule>();

  constructor(repository: PlanRepository, logger: Logger) {
    this.#repository = repository;
    this.#logger = logger;
    for (const kind of alertKinds) this.#ready.set(kind, toReady(kind, defaultAlertRules[kind]));
  }

  async load(): Promise<void> {
    for (const { kind, settings } of await this.#repository.loadRules()) {
      const known = alertKinds.find((name) => name === kind);
      const parsed = alertRuleSettingsSchema.safeParse(JSON.parse(settings));
      if (known && parsed.success) this.#ready.set(known, toReady(known, parsed.data));
      else
        this.#logger.warn({ kind }, 'the settings of this rule can not be read: it is as the program has it');
    }
  }

  all(): AlertRule[] {
    return alertKinds.map((kind) => this.get(kind));
  }

  get(kind: AlertKind): AlertRule {
    return this.#require(kind).rule;
  }

  /** Stores and uses other settings. @throws AppError `bad_request` */
  async change(kind: AlertKind, settings: AlertRuleSettings): Promise<AlertRule> {
    const problem = findRuleProblem(kind, settings);
    if (problem !== undefined) throw new AppError('bad_request', `Body: ${problem}.`);
    await this.#repository.saveRule(kind, JSON.stringify(settings));
    this.#ready.set(kind, toReady(kind, settings));
    return this.get(kind);
  }

  /** What holds for the platform itself, and for workers without a tag that is named. */
  levelOf(kind: AlertKind): RuleLevel {
    return this.#require(kind).base;
  }

  /** Whether anything of a rule depends on tags. */
  hasOverrides(kind: AlertKind): boolean {
    return this.#require(kind).byTag.length > 0;
  }

  /** The first override that fits, or the rule itself. */
  levelFor(kind: AlertKind, tags: readonly string[]): RuleLevel {
    const { byTag, base } = this.#require(kind);
    return byTag.find(({ tag }) => tags.includes(tag))?.level ?? base;
  }

  #require(kind: AlertKind): ReadyRule {
    return this.#ready.get(kind) as ReadyRule;
  }
}
