/** Texts by their key, checked by the compiler. */
import { useI18n } from 'vue-i18n';
import type { en } from './en/index.ts';

type Join<Prefix extends string, Key extends string> = Prefix extends '' ? Key : `${Prefix}.${Key}`;

/** Keys of the catalogue as `fleet.columns.worker`. */
type KeysOf<Texts, Prefix extends string = ''> = {
  [Key in keyof Texts & string]: Texts[Key] extends string
    ? Join<Prefix, Key>
    : KeysOf<Texts[Key], Join<Prefix, Key>>;
}[keyof Texts & string];

export type TextKey = KeysOf<typeof en>;

export type Text = (
  key: TextKey,
  values?: Readonly<Record<string, string | number>>,
  /** Chooses between the forms of a text that has `one | many`. */
  count?: number,
) => string;

/** The texts in the language in force; re-renders when that changes. */
export function useText(): Text {
  const { t } = useI18n();
  return (key, values = {}, count) =>
    count === undefined ? t(key, values) : t(key, { n: count, ...values }, count);
}
