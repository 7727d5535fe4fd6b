/** Amounts as the dashboard shows them in English, to the last unit. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const digits = { minimumFractionDigits: 2, maximumFractionDigits: 6 };
const plain = new Intl.NumberFormat('en-GB', digits);
const signed = new Intl.NumberFormat('en-GB', { ...digits, signDisplay: 'exceptZero' });

/** `8,227.67728` */
export const exact = (amount: number) => plain.format(amount);

/** `+3.00`, `-0.042` */
export const signedExact = (amount: number) => signed.format(amount);

/** What stands beside a name of a list of names and values. */
export async function valueOf(page: Page, name: string): Promise<string> {
  const value = page.locator('dt', { hasText: new RegExp(`^\\s*${name}\\s*$`) }).locator('+ dd');
  return (await value.innerText()).trim();
}

/** The bytes of the file that a page saves while something is done. */
export async function savedBy(
  page: Page,
  act: () => Promise<unknown>,
): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), act()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}
