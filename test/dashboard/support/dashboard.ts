/** The dashboard of a platform in a browser's page, watched for errors. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import type { Who } from '../../support/accounts.ts';
import type { TestPlatform } from '../../support/test-platform.ts';

export const desktop = { width: 1440, height: 900 };
export const phone = { width: 390, height: 844 };

export interface DashboardOptions {
  readonly browser: Browser;
  readonly platform: Pick<TestPlatform, 'apiUrl'>;
  /** Below `/dashboard`; the overview unless given. */
  readonly path?: string;
  readonly theme?: 'light' | 'dark';
  readonly viewport?: { width: number; height: number };
  /** Whose session the page has; nobody's unless given. */
  readonly as?: Who;
  /** Prepares the context, before the page is opened. */
  readonly prepare?: (context: BrowserContext) => unknown;
  /** Texts of errors that the test provokes; others let it fail. */
  readonly expectedErrors?: readonly RegExp[];
}

export interface Dashboard {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Goes to a place below `/dashboard` without loading the page again. */
  readonly go: (path: string) => Promise<void>;
}

/** Opens the dashboard; closed when the test ends, which fails when the page reported an error. */
export async function openDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { browser, platform, path = '', theme = 'dark', viewport = desktop, as } = options;
  const context = await browser.newContext({
    viewport,
    colorScheme: theme,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
    hasTouch: viewport.width < 600,
  });
  const errors: string[] = [];
  onTestFinished(async () => {
    await context.close();
    const unexpected = errors.filter(
      (text) => !options.expectedErrors?.some((pattern) => pattern.test(text)),
    );
    expect(unexpected, 'errors in the browser').toEqual([]);
  });
  if (as) await signIn(context, platform.apiUrl, as);
  await options.prepare?.(context);
  const page = await context.newPage();
  page.on('pageerror', (error) => errors.push(`${error.message}\n${error.stack ?? ''}`));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.goto(`${platform.apiUrl}/dashboard${path}`);
  await page.locator('#content').waitFor();
  return {
    page,
    context,
    async go(to) {
      await page.evaluate((url) => {
        history.pushState({}, '', url);
        dispatchEvent(new PopStateEvent('popstate', { state: {} }));
      }, `/dashboard${to}`);
    },
  };
}

/** Gives a browser the session of a key or a token. */
export async function signIn(context: BrowserContext, apiUrl: string, who: Who): Promise<void> {
  const response = await context.request.post(`${apiUrl}/api/auth/session`, {
    headers: {
      ...(who.key === undefined ? {} : { 'X-API-Key': who.key }),
      ...(who.token === undefined ? {} : { Authorization: `Bearer ${who.token}` }),
    },
  });
  if (!response.ok()) throw new Error(`no session: ${response.status()} ${await response.text()}`);
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** No serious or critical issue of accessibility in what is seen now. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate<AxeResults>(
    `axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] })`,
  );
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const summary = grave.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n${nodes
        .slice(0, 4)
        .map(({ html, failureSummary }) => `  ${html.slice(0, 200)}\n  ${failureSummary ?? ''}`)
        .join('\n')}`,
  );
  expect(summary, `accessibility of ${page.url()}`).toEqual([]);
}

/** Nothing reaches over the side of a phone's screen. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const [content, seen] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(content, `width of ${page.url()}`).toBeLessThanOrEqual(seen);
}
