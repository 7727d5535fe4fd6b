/** A real Chromium, headless, for tests of the dashboard; and how they say that there is none. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { browserArguments, browserPath } from './browser-path.ts';

const page = join(import.meta.dirname, '../../../out/renderer/index.html');

/** Starts the browser; end it with `close()`. */
export function launchBrowser(): Promise<Browser> {
  if (!existsSync(page)) throw new Error('The dashboard is not built: run "npm run build" first.');
  return chromium.launch({
    executablePath: browserPath as string,
    args: browserArguments,
  });
}

/**
 * Tests with one browser for all of them. Where none is installed they are skipped, and their name says so.
 *
 * @param tests takes a function that gives the browser, inside of tests only
 */
export function describeInBrowser(name: string, tests: (browser: () => Browser) => void): void {
  if (browserPath === undefined) {
    describe.skip(`${name} (SKIPPED: no Chromium is installed here; CHROMIUM_PATH names one)`, () =>
      tests(() => {
        throw new Error('There is no browser.');
      }));
    return;
  }
  describe(name, () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      browser = await launchBrowser();
    });
    afterAll(() => browser?.close());
    tests(() => browser as Browser);
  });
}
