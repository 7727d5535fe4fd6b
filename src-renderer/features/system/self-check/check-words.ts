/** What came of each try, in the language of who looks; what a newer platform says in its own words. */
import type { SelfCheckItem } from '../../../../src-main/contract/domain/self-check.ts';
import { en } from '../../../i18n/en/index.ts';
import type { Text, TextKey } from '../../../i18n/use-text.ts';
import type { Formatter } from '../../../ui/format.ts';

type Known = Readonly<Record<string, Readonly<Record<string, string>>>>;

const sentences: Known = en.selfCheck.says;
const advices: Known = en.selfCheck.advice;

export function checkSentence(
  { name, code, facts, detail }: SelfCheckItem,
  text: Text,
  format: Formatter,
): string {
  return sentences[name]?.[code] === undefined
    ? detail
    : text(`selfCheck.says.${name}.${code}` as TextKey, shown(facts, format));
}

export function checkAdvice(
  { name, code, facts, advice }: SelfCheckItem,
  text: Text,
  format: Formatter,
): string {
  return advices[name]?.[code] === undefined
    ? advice
    : text(`selfCheck.advice.${name}.${code}` as TextKey, shown(facts, format));
}

/** Numbers as people of the language write them; a port is a name. */
function shown(facts: SelfCheckItem['facts'], format: Formatter): Record<string, string> {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      name,
      typeof value === 'number' && name !== 'port' ? format.decimal(value, 1) : String(value),
    ]),
  );
}

/** The figure with its unit; empty when there is none. */
export function checkFigure({ value, unit }: SelfCheckItem, format: Formatter): string {
  if (value === null) return '';
  if (unit === 'bytes') return format.bytes(value);
  if (unit === 'sec') return Math.abs(value) < 60 ? `${format.decimal(value, 1)} s` : format.duration(value);
  return `${format.decimal(value, 1)} ${unit}`;
}
