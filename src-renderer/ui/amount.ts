/** Amounts of credits as people type them, with the decimal sign of their language. */
import { maxAmountCredits } from '../../src-main/contract/domain/money.ts';

/** Reading and writing of amounts in a language. */
export interface AmountText {
  /**
   * Reads a number of credits with a point or a comma and at most six decimals. What could be thousands as well
   * (`1,000` in English, `1.000` in German) is refused, not guessed.
   *
   * @returns undefined for what is no such number, or is too large
   */
  parse(typed: string): number | undefined;
  /** All digits, with the decimal sign, without separators: what `parse` reads back. */
  type(amount: number): string;
}

/** @param locale a BCP 47 tag */
export function amountText(locale: string): AmountText {
  const decimal = new Intl.NumberFormat(locale)
    .formatToParts(1.5)
    .find(({ type }) => type === 'decimal')?.value;
  const own = decimal === ',' ? ',' : '.';
  const ambiguous = own === ',' ? /^[1-9]\d{0,2}\.\d{3}$/ : /^[1-9]\d{0,2},\d{3}$/;
  return {
    parse(typed) {
      const text = typed.trim();
      if (!/^\d{1,10}([.,]\d{1,6})?$/.test(text) || ambiguous.test(text)) return undefined;
      const amount = Number(text.replace(',', '.'));
      return amount <= maxAmountCredits ? amount : undefined;
    },
    type: (amount) =>
      amount
        .toFixed(6)
        .replace(/\.?0+$/, '')
        .replace('.', own),
  };
}
