import { expect, test } from 'vitest';
import { admin } from '../support/accounts.ts';
import { startTestPlatform } from '../support/test-platform.ts';
import { describeInBrowser } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll, openDashboard, phone } from './support/dashboard.ts';

describeInBrowser('the dashboard', (browser) => {
  test('is live, and says so; a platform that goes away is told, and its return, too', async () => {
    const platform = await startTestPlatform();
    const port = new URL(platform.apiUrl).port;
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/sign-in',
      expectedErrors: [/WebSocket connection/, /ERR_CONNECTION_REFUSED/],
    });
    await page.getByText('Live', { exact: true }).waitFor();
    await platform.stop();
    await page.getByText(/No connection to the platform/).waitFor();
    await startTestPlatform({ dataDir: platform.dataDir, args: ['--api-port', port] });
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText(/No connection to the platform/).waitFor({ state: 'detached' });
  });

  test('asks for credentials where they are needed; the key opens a session and is not kept', async () => {
    const platform = await startTestPlatform();
    const { page, context } = await openDashboard({
      browser: browser(),
      platform,
      path: '/system',
      expectedErrors: [/401/],
    });
    await page.getByText('For the operator only').waitFor();
    await page.locator('#content').getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('API key').fill('wrong');
    await page.locator('#content').getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('This key is not valid here').waitFor();
    const key = admin(platform).key!;
    await page.getByLabel('API key').fill(key);
    await page.locator('#content').getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/dashboard/system');
    await page.getByRole('button', { name: 'Operator' }).waitFor();
    const stored = await page.evaluate(() =>
      JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]),
    );
    expect(stored).not.toContain(key);
    expect(await page.evaluate(() => document.cookie)).toBe('');
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
  });

  test('an address from outside leads nowhere else after the sign-in', async () => {
    const platform = await startTestPlatform();
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/sign-in?to=//elsewhere.example/x',
    });
    await page.getByLabel('API key').fill(admin(platform).key!);
    await page.locator('#content').getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${platform.apiUrl}/dashboard/`);
  });

  test('goes anywhere by keyboard: the palette, letters, and the skip link', async () => {
    const platform = await startTestPlatform();
    const { page } = await openDashboard({ browser: browser(), platform, path: '/sign-in' });
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('chain');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/dashboard/chain');
    await page.keyboard.press('g');
    await page.keyboard.press('m');
    await page.waitForURL('**/dashboard/market');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  test('remembers the theme and speaks German', async () => {
    const platform = await startTestPlatform();
    const { page } = await openDashboard({ browser: browser(), platform, path: '/sign-in', theme: 'light' });
    const theme = () => page.evaluate(() => document.documentElement.dataset['theme']);
    expect(await theme()).toBe('light');
    await page.keyboard.press('t');
    expect(await theme()).toBe('dark');
    await page.getByRole('button', { name: 'Account' }).click();
    await page.getByRole('menuitem', { name: 'Deutsch' }).click();
    await page.getByRole('heading', { name: 'Anmelden', level: 1 }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Anmelden', level: 1 }).waitFor();
    expect(await theme()).toBe('dark');
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
  });

  test('an address that names no page says so', async () => {
    const platform = await startTestPlatform();
    const { page } = await openDashboard({ browser: browser(), platform, path: '/no/such/page' });
    await page.getByRole('link', { name: 'Go to the overview' }).click();
    await page.waitForURL(`${platform.apiUrl}/dashboard/`);
  });

  test('loads nothing from elsewhere, and its first view needs little', async () => {
    const platform = await startTestPlatform();
    const requests: string[] = [];
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/sign-in',
      prepare: (context) => context.on('request', (request) => requests.push(request.url())),
    });
    await page.getByText('Live', { exact: true }).waitFor();
    const foreign = requests.filter((url) => !url.startsWith(platform.apiUrl) && !url.startsWith('data:'));
    expect(foreign).toEqual([]);
    const scripts = await page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .filter((entry) => entry.name.endsWith('.js'))
        .reduce((sum, entry) => sum + (entry as PerformanceResourceTiming).encodedBodySize, 0),
    );
    expect(scripts).toBeGreaterThan(50_000);
    expect(scripts).toBeLessThan(250_000);
  });

  test.each(['light', 'dark'] as const)('is accessible in %s, on a phone, too', async (theme) => {
    const platform = await startTestPlatform();
    const { page } = await openDashboard({ browser: browser(), platform, path: '/sign-in', theme });
    await page.getByRole('heading', { level: 1 }).waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await page.setViewportSize(phone);
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Chain' }).waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
  });
});
