import { expect, test } from 'vitest';
import { createI18n } from 'vue-i18n';
import { de } from '../../src-renderer/i18n/de/index.ts';
import { en } from '../../src-renderer/i18n/en/index.ts';

/** Texts by their key. */
function textsOf(catalogue: object, prefix = ''): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [name, value] of Object.entries(catalogue) as [string, string | object][]) {
    if (typeof value === 'string') texts.set(prefix + name, value);
    else for (const [key, text] of textsOf(value, `${prefix}${name}.`)) texts.set(key, text);
  }
  return texts;
}

const english = textsOf(en);
const german = textsOf(de);
const placeholder = /\{(\w+)\}/g;
const placeholdersOf = (text: string) => [...new Set(text.match(placeholder) ?? [])].sort();

const formsOf = (text: string) => text.split(' | ').length;

test('each text takes the same values in German as in English, and has as many forms or one', () => {
  expect([...german.keys()].sort()).toEqual([...english.keys()].sort());
  const differing = [...english].filter(([key, text]) => {
    const other = german.get(key) ?? '';
    const hasSameValues = String(placeholdersOf(text)) === String(placeholdersOf(other));
    return !hasSameValues || ![1, formsOf(text)].includes(formsOf(other));
  });
  expect(differing).toEqual([]);
});

test.each([
  ['en', english],
  ['de', german],
] as const)('each text can be shown in %s as it is written', (locale, texts) => {
  const i18n = createI18n({ legacy: false, locale, messages: { en, de }, warnHtmlMessage: false });
  const changed = [...texts].flatMap(([key, text]) => {
    const values = Object.fromEntries(
      [...text.matchAll(placeholder)].map(([, name = '']) => [name, `<${name}>`]),
    );
    const forms = text.split(' | ').map((form) => form.replaceAll(placeholder, '<$1>'));
    const shown = i18n.global.t(key, values, formsOf(text) === 3 ? 2 : 1);
    return forms.includes(shown) ? [] : [{ key, text, shown }];
  });
  expect(changed).toEqual([]);
});
