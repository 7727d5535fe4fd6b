/** What new settings would change: against what the chosen workers say they have. */
import type { MinerConfig } from '../../../src-main/contract/domain/miner-config.ts';

/** The settings in the order of the form. */
export const configFields = ['difficulty', 'address', 'prefix', 'block_pattern'] as const;
export type ConfigField = (typeof configFields)[number];

/** What a worker says it mines with. Older miners say nothing of some of it: these are absent. */
export type ReportedConfig = Readonly<Partial<Record<ConfigField, string>>>;

export interface FieldEffect {
  readonly field: ConfigField;
  readonly value: string;
  readonly changed: number;
  readonly same: number;
  /** Workers that do not say what they have. */
  readonly unknown: number;
}

/** For each setting of `config`, how many of the workers it changes. */
export function configEffect(
  config: MinerConfig,
  targets: readonly string[],
  reported: ReadonlyMap<string, ReportedConfig>,
): FieldEffect[] {
  return configFields
    .filter((field) => config[field] !== undefined)
    .map((field) => {
      const value = String(config[field]);
      const effect = { field, value, changed: 0, same: 0, unknown: 0 };
      for (const id of targets) {
        const now = reported.get(id)?.[field];
        if (now === undefined) effect.unknown += 1;
        else if (isSame(field, now, value)) effect.same += 1;
        else effect.changed += 1;
      }
      return effect;
    });
}

/** The values that the workers say they have, each once, the most common first. */
export function valuesNow(
  field: ConfigField,
  targets: readonly string[],
  reported: ReadonlyMap<string, ReportedConfig>,
): string[] {
  const counts = new Map<string, number>();
  for (const id of targets) {
    const now = reported.get(id)?.[field];
    if (now !== undefined) counts.set(now, (counts.get(now) ?? 0) + 1);
  }
  return [...counts].sort(([, left], [, right]) => right - left).map(([value]) => value);
}

/** Hex digits mean the same in any case; a pattern does not. */
export function isSame(field: ConfigField, left: string, right: string): boolean {
  return field === 'block_pattern' ? left === right : left.toLowerCase() === right.toLowerCase();
}
