/** One setting as calls show it. */
import { z } from 'zod';
import type { Config, ConfigOption, SettingOrigin } from '../../../contract/config.ts';
import type { SettingValue, SettingView } from '../../../contract/domain/setting.ts';

interface JsonSchema {
  readonly enum?: readonly string[];
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What a form needs to know of a setting, from the schema that validates it. */
function shapeOf({ schema, value, repeatable }: ConfigOption) {
  const {
    enum: choices,
    type,
    minimum,
    maximum,
  } = z.toJSONSchema(schema, {
    io: 'output',
    unrepresentable: 'any',
  }) as JsonSchema;
  const shape = { choices: [...(choices ?? [])], min: minimum ?? null, max: maximum ?? null };
  if (value === undefined) return { kind: 'switch', ...shape } as const;
  if (repeatable) return { kind: 'list', ...shape } as const;
  if (choices) return { kind: 'choice', ...shape } as const;
  return { kind: type === 'integer' ? 'number' : 'text', ...shape } as const;
}

export interface ShownSetting {
  readonly option: ConfigOption;
  readonly inForce: Config;
  readonly next: Config;
  readonly source: SettingOrigin;
  /** Why it can't be changed; empty: it can. */
  readonly locked: string;
}

/** A setting; the value of a secret is never in it. */
export function toSetting({ option, inForce, next, source, locked }: ShownSetting): SettingView {
  const { key, flag, environmentName, schema, description, secret = false, value: placeholder = '' } = option;
  const shown = (value: unknown) => (secret || value === undefined ? null : (value as SettingValue));
  return {
    name: key,
    flag,
    environment: environmentName,
    file_key: key,
    ...shapeOf(option),
    placeholder,
    value: shown(inForce[key]),
    next_value: shown(next[key]),
    default: shown(schema.safeParse(undefined).data),
    is_set: inForce[key] !== undefined,
    source,
    description,
    needs_restart: true,
    secret,
    locked,
  };
}
