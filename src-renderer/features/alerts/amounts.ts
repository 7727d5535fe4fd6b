/** Numbers of a form: text while they are typed. */

/** Empty: null. What is no number becomes NaN, which travels as null and is refused with a reason. */
export function toNumber(text: string | number): number | null {
  const typed = String(text).trim().replace(',', '.');
  return typed === '' ? null : Number(typed);
}

export function toText(value: number | null): string {
  return value === null ? '' : String(value);
}

/** Ids that somebody typed or pasted. */
export function toList(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter((part) => part !== ''))];
}
