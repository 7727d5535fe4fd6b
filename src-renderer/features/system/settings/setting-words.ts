/** Values of settings as people read and type them. */
import type { SettingValue, SettingView } from '../../../../src-main/contract/domain/setting.ts';
import type { Text } from '../../../i18n/use-text.ts';

/** A value in words. */
export function valueText(value: SettingValue | null, text: Text): string {
  if (value === null) return text('system.settings.notSet');
  if (typeof value === 'boolean') return text(value ? 'system.settings.on' : 'system.settings.off');
  if (Array.isArray(value)) return value.length === 0 ? text('system.settings.empty') : value.join(', ');
  return value === '' ? text('system.settings.empty') : String(value);
}

/** The value in force; of a secret only whether there is one. */
export function inForceText(setting: SettingView, text: Text): string {
  if (setting.secret) return text(setting.is_set ? 'system.settings.set' : 'system.settings.notSet');
  return valueText(setting.value, text);
}

export function differsFromDefault({
  value,
  default: fallback,
  secret,
  is_set,
  source,
}: SettingView): boolean {
  if (secret) return is_set && source !== 'default';
  return JSON.stringify(value) !== JSON.stringify(fallback);
}

/** What a form's field holds at first: what the next start would use. */
export function toField({ kind, next_value: value }: SettingView): string {
  if (kind === 'list') return Array.isArray(value) ? value.join('\n') : '';
  return value === null ? '' : String(value);
}

/** A field's text as the settings file holds it. */
export function fromField({ kind }: SettingView, typed: string): SettingValue {
  const value = typed.trim();
  switch (kind) {
    case 'number':
      return /^-?\d+$/.test(value) ? Number(value) : value;
    case 'switch':
      return value === 'true';
    case 'list':
      return value
        .split(/[\n,]/)
        .map((line) => line.trim())
        .filter((line) => line !== '');
    default:
      return value;
  }
}
