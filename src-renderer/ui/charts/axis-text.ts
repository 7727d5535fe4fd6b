/**
 * Takes the zeros at the end of decimals away: `5.00 MH/s` becomes `5 MH/s`, `1.50` becomes `1.5`.
 *
 * @param decimalSign of the language in which the text is
 */
export function trimZeros(text: string, decimalSign: string): string {
  const sign = decimalSign.replace('.', '\\.');
  return text.replace(new RegExp(`(\\d)${sign}(\\d+)(?!\\d)`), (_whole, digit: string, decimals: string) => {
    const kept = decimals.replace(/0+$/, '');
    return kept === '' ? digit : `${digit}${decimalSign}${kept}`;
  });
}
