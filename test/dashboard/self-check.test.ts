import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { admin } from '../support/accounts.ts';
import { startTestPlatform } from '../support/test-platform.ts';
import { describeInBrowser } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll, openDashboard, phone } from './support/dashboard.ts';

const path = '/system/self-check';

describeInBrowser('the self-check', (browser) => {
  test('shows what was tried, with figures and what to do, and saves the bundle', async () => {
    const platform = await startTestPlatform();
    const { page } = await openDashboard({ browser: browser(), platform, path, as: admin(platform) });
    await page.getByText('Not checked since the start').waitFor();
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByText('Something needs a look').waitFor();
    const check = (name: string) => page.locator(`[data-check="${name}"]`);
    expect(await page.locator('[data-check]').count()).toBe(11);
    expect(await check('broker').innerText()).toMatch(/went to the broker and back.*\s+[\d.,]+ ms/);
    expect(await check('mqtt_port').innerText()).toContain(
      `Port ${platform.mqttPort} listens on this machine only`,
    );
    expect(await check('mqtt_port').innerText()).toContain('--mqtt-host 0.0.0.0');
    expect(await check('database').innerText()).toMatch(/Every page of \d+ tables is sound/);
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Save diagnostics' }).click();
    const saved = await download;
    expect(saved.suggestedFilename()).toMatch(/^xenblocks-diagnostics-[\d-]+\.zip$/);
    expect(
      readFileSync(await saved.path())
        .subarray(0, 2)
        .toString(),
    ).toBe('PK');
    await page.reload();
    await page.getByText('Something needs a look').waitFor();
  });

  for (const theme of ['dark', 'light'] as const)
    test(`is accessible, also on a phone and in German (${theme})`, async () => {
      const platform = await startTestPlatform({
        args: ['--api-host=0.0.0.0', '--mqtt-host=0.0.0.0', '--announce=off'],
      });
      for (const viewport of [undefined, phone]) {
        const { page } = await openDashboard({
          ...{ browser: browser(), platform, theme, path, as: admin(platform) },
          ...(viewport ? { viewport } : {}),
          prepare: (context) =>
            viewport && context.addInitScript("localStorage.setItem('xenblocks.locale', 'de')"),
        });
        await page.getByRole('button', { name: /Check now|Jetzt prüfen/ }).click();
        await page.getByText(/Something needs a look|Etwas sollte angesehen werden/).waitFor();
        await expectAccessible(page);
        await expectNoSidewaysScroll(page);
        if (process.env['SHOTS'])
          await page.screenshot({
            path: `${process.env['SHOTS']}/self-check-${theme}-${viewport ? 'phone' : 'desktop'}.png`,
            fullPage: viewport !== undefined,
          });
      }
    });
});
