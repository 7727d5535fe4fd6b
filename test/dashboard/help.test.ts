import { expect, test } from 'vitest';
import { admin } from '../support/accounts.ts';
import { takenPort } from '../support/ports.ts';
import { TestMiner } from '../support/test-miner.ts';
import { startTestPlatform } from '../support/test-platform.ts';
import { describeInBrowser } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll, openDashboard, phone } from './support/dashboard.ts';

describeInBrowser('the help', (browser) => {
  test('says live why a worker does not appear, and follows what is mended', async () => {
    const platform = await startTestPlatform({ args: ['--mqtt-host=0.0.0.0', '--announce=off'] });
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/fleet',
      as: admin(platform),
    });
    await page.getByRole('link', { name: 'Help with this' }).click();
    await page.getByRole('heading', { level: 2, name: 'A worker does not appear' }).waitFor();
    await page.getByLabel('Name of the worker').fill('rig-1');
    await page.getByLabel('Name of the worker').press('Enter');
    await page.getByText('Most likely: Connection').waitFor();
    const rig = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl });
    await rig.client.publishAsync('miners/rig-1/register', '{}', { qos: 1 });
    await page.getByText('Most likely: Topics').waitFor();
    const cause = (name: string) => page.locator(`[data-cause="${name}"]`);
    expect(await cause('topic').innerText()).toContain('a miner registers at xenminer/rig-1/register');
    expect(await cause('connection').innerText()).toContain('xenminer_rig-1 is connected from');
    await rig.introduce();
    await page.getByText('rig-1 is seen: it is registered and online').waitFor();
    await cause('browser').getByText('This dashboard has it').waitFor();
    await page.reload();
    await page.getByText('rig-1 is seen').waitFor();
  });

  test('is searched by the words of an error message, also from the palette after a question mark', async () => {
    const platform = await startTestPlatform();
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/help',
      as: admin(platform),
    });
    await page.getByRole('searchbox').fill('EADDRINUSE');
    await page.getByRole('heading', { level: 2, name: 'Address already in use' }).waitFor();
    expect(await page.getByRole('navigation', { name: 'Topics' }).getByRole('link').count()).toBe(1);
    await page.getByRole('searchbox').fill('nothing like that');
    await page.getByText('No topic matches “nothing like that”').first().waitFor();
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('Page, worker, lease or action').fill('? database is locked');
    await page.getByRole('option', { name: 'The database is locked' }).click();
    await page.waitForURL('**/help/locked');
    await page.getByText('It takes writes').waitFor();
    await page.getByText('Only this platform has it open').waitFor();
  });

  test('tells who has a port, tests the feed from here, and shows tables and secret', async () => {
    const platform = await startTestPlatform();
    const { page, go } = await openDashboard({
      ...{ browser: browser(), platform, path: '/help/port', as: admin(platform) },
    });
    const port = await takenPort();
    await page.getByLabel('Port').fill(String(port));
    await page.getByRole('button', { name: 'Check' }).click();
    const row = page.locator('[data-port-state="taken"]');
    await row.waitFor();
    expect(await row.innerText()).toMatch(/Another program listens.*The next free port is \d+/s);
    await page.getByLabel('Port').fill(String(platform.mqttPort));
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('This platform itself listens there (broker)').waitFor();
    await go('/help/growing');
    await page.getByRole('meter', { name: 'audit_log' }).waitFor();
    await go('/help/tokens');
    await page.getByText('The secret is kept in the data folder').waitFor();
    await go('/help/feed');
    await page.getByRole('button', { name: 'Test the feed for 10 s' }).click();
    await page.getByText('The feed works from this browser').waitFor();
    await go('/help/no-such-topic');
    await page.getByText('There is no such topic').waitFor();
  });

  test('a worker that is not there leads to its own check', async () => {
    const platform = await startTestPlatform();
    const { page } = await openDashboard({
      ...{ browser: browser(), platform, path: '/fleet/rig-1', as: admin(platform) },
      expectedErrors: [/404/],
    });
    await page.getByRole('link', { name: 'Help with this' }).click();
    await page.getByText('Most likely: Broker').waitFor();
    expect(new URL(page.url()).searchParams.get('worker')).toBe('rig-1');
  });

  test('a warning of Health leads to the topic', async () => {
    const platform = await startTestPlatform();
    const rig = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl });
    for (let count = 0; count < 60; count += 1)
      await rig.client.publishAsync('miners/rig-1/register', '{}', { qos: 1 });
    const { page } = await openDashboard({
      ...{ browser: browser(), platform, path: '/system/health', as: admin(platform) },
    });
    await page.locator('[data-service="broker"]').getByRole('link', { name: 'Help with this' }).click();
    await page.waitForURL('**/help/workers');
    await page.getByRole('heading', { level: 2, name: 'A worker does not appear' }).waitFor();
  });

  test('without a session the causes are read, and the live checks say who may', async () => {
    const platform = await startTestPlatform();
    const { page } = await openDashboard({ browser: browser(), platform, path: '/help/workers' });
    await page.getByText('A firewall is in the way').waitFor();
    await page.getByText('Sign in as the operator to check this live').waitFor();
  });

  for (const theme of ['dark', 'light'] as const)
    test(`is accessible, also on a phone and in German (${theme})`, async () => {
      const platform = await startTestPlatform();
      const rig = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl });
      await rig.client.publishAsync('miners/rig-1/register', '{}', { qos: 1 });
      for (const viewport of [undefined, phone]) {
        const { page } = await openDashboard({
          ...{ browser: browser(), platform, theme, as: admin(platform) },
          ...(viewport ? { viewport } : {}),
          path: '/help/workers?worker=rig-1',
          prepare: (context) =>
            viewport && context.addInitScript("localStorage.setItem('xenblocks.locale', 'de')"),
        });
        await page.getByText(/Most likely: Topics|Am wahrscheinlichsten: Topics/).waitFor();
        await expectAccessible(page);
        await expectNoSidewaysScroll(page);
        if (process.env['SHOTS'])
          await page.screenshot({
            path: `${process.env['SHOTS']}/help-${theme}-${viewport ? 'phone' : 'desktop'}.png`,
            fullPage: viewport !== undefined,
          });
      }
    });
});
