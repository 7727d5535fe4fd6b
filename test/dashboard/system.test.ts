import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { createLogger } from '../../src-main/platform/kernel/logger.ts';
import { admin, call, ok } from '../support/accounts.ts';
import { takenPort } from '../support/ports.ts';
import { importSec, newEarlierFile, takeOver } from '../support/take-over.ts';
import { TestMiner } from '../support/test-miner.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { describeInBrowser } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll, openDashboard, phone } from './support/dashboard.ts';

const sections = [
  ['health', 'Services'],
  ['clients', 'Live feed'],
  ['storage', 'Ledger check'],
  ['backups', 'Schedule'],
  ['simulator', 'Simulated fleet'],
  ['access', 'Access mode'],
  ['settings', 'Network'],
] as const;

/** Loggers whose lines are in memory only. */
const quietLoggers = () => createLogger({ level: 'info', format: 'text', write: () => undefined });

async function agree(page: Page, title: string, button: string): Promise<void> {
  await page.getByRole('dialog', { name: title }).getByRole('button', { name: button }).click();
}
const openSystem = (
  browser: Parameters<typeof openDashboard>[0]['browser'],
  platform: TestPlatform,
  section: string,
  expectedErrors: readonly RegExp[] = [],
) => openDashboard({ browser, platform, path: `/system/${section}`, as: admin(platform), expectedErrors });

describeInBrowser('the operator’s pages', (browser) => {
  test('health tells of each part, and follows what changes', async () => {
    const platform = await startTestPlatform();
    const { page } = await openSystem(browser(), platform, '');
    await page.getByText('Everything works').waitFor();
    const says = (name: string) => page.locator(`[data-service="${name}"]`).innerText();
    expect(await says('broker')).toContain(`Port ${platform.mqttPort} holds 0 connections`);
    expect(await says('ledger')).toContain('Not checked yet');
    await TestMiner.connect({ workerId: 'rig', mqttUrl: platform.mqttUrl });
    await ok(platform, 'GET', '/api/admin/ledger/check', { who: admin(platform) });
    await expect.poll(() => says('broker'), { timeout: 15_000 }).toContain('holds 1 connections');
    expect(await says('ledger')).toContain('Every sum and every entry was right');
  });

  test('connected clients are found and disconnected', async () => {
    const platform = await startTestPlatform();
    const { client } = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl });
    await TestMiner.connect({ workerId: 'rig-2', mqttUrl: platform.mqttUrl });
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    const { page } = await openSystem(browser(), platform, 'clients?q=rig-1');
    const table = page.getByRole('grid', { name: 'Connected MQTT clients' });
    await table.getByText('xenminer_rig-1').waitFor();
    expect(await table.getByText('xenminer_rig-2').count()).toBe(0);
    await page.getByText('1 client listens').waitFor();
    await page.getByRole('button', { name: 'Disconnect xenminer_rig-1' }).click();
    await agree(page, 'Disconnect xenminer_rig-1', 'Disconnect');
    await closed;
    await page.getByText('No connected client matches').waitFor();
  });

  test('storage shows its tables, checks the ledger and cleans up', async () => {
    const platform = await startTestPlatform();
    const { page } = await openSystem(browser(), platform, 'storage');
    await page.getByRole('meter', { name: 'audit_log' }).waitFor();
    await page.getByRole('button', { name: 'Check the ledger' }).click();
    await page.getByText('Everything is right').waitFor();
    await page.getByRole('button', { name: 'Clean up now' }).click();
    await agree(page, 'Clean up the database', 'Clean up now');
    await page.getByText(/^Cleaned up in .* s: nothing was old enough to delete/).waitFor();
  });

  test('the simulator is started and stopped; the audit log shows by whom, and is filtered by its address', async () => {
    const platform = await startTestPlatform({ args: ['--block-marker', 'X1', '--difficulty', '8'] });
    const { page, go } = await openSystem(browser(), platform, 'simulator');
    await page.getByLabel('Workers').fill('0');
    await page.getByText('Must be a whole number from 1 to 20,000').waitFor();
    expect(await page.getByRole('button', { name: 'Start simulation' }).isDisabled()).toBe(true);
    await page.getByLabel('Workers').fill('3');
    await page.getByLabel('Seconds between blocks').fill('1');
    await page.getByRole('radio', { name: /Bad lines/ }).click();
    await page.getByRole('button', { name: 'Start simulation' }).click();
    await page.getByText('3 simulated workers start').waitFor();
    await page.getByText(/^flaky, seed 1, a block each 1 s/).waitFor();
    const blocks = page.locator('section', {
      has: page.getByRole('heading', { name: 'Blocks', exact: true }),
    });
    await expect.poll(() => blocks.innerText(), { timeout: 30_000 }).toMatch(/Blocks\s+[1-9]/);
    await page.getByRole('button', { name: 'Stop simulation' }).click();
    await agree(page, 'Stop the simulated fleet', 'Stop simulation');
    await page.getByText('The simulated fleet has stopped').waitFor();

    await go('/system/audit');
    const table = page.getByRole('grid', { name: 'Audit log' });
    await table.getByText('simulator.stop').waitFor();
    await page.getByLabel('Action').fill('simulator.start');
    await page.getByLabel('Action').press('Enter');
    await page.waitForURL('**/system/audit?action=simulator.start');
    await expect.poll(() => table.getByRole('row').count()).toBe(2);
    await table.getByRole('button', { name: /^Entry/ }).click();
    const entry = page.getByRole('dialog', { name: /^Entry/ });
    expect(await entry.innerText()).toContain('"scenario": "flaky"');
    await page.keyboard.press('Escape');
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Export CSV' }).click();
    expect((await download).url()).toContain('/api/admin/audit.csv?action=simulator.start');
  });

  test('lines of the log arrive by themselves, unless it is paused; only what is seen is in the page', async () => {
    const loggers = quietLoggers();
    const platform = await startTestPlatform({ loggers });
    const { page } = await openSystem(browser(), platform, 'logs');
    const log = page.getByRole('log');
    await log.getByText('database created').waitFor();
    loggers.module('broker').warn({ client: 'rig-9' }, 'a first line');
    await log.getByText('client=rig-9').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    const asked = page.waitForRequest(/\/api\/admin\/health/);
    loggers.module('broker').warn('a second line');
    // Something else was asked meanwhile: the log was not.
    await asked;
    expect(await log.getByText('a second line').count()).toBe(0);
    await page.getByRole('button', { name: 'Go on' }).click();
    await log.getByText('a second line').waitFor();

    for (let index = 0; index < 2500; index += 1) loggers.module('fleet').info(`line ${index}`);
    await log.getByText('line 2499').waitFor();
    expect(await log.locator('[data-level]').count()).toBeLessThan(150);
    await page.getByText(/^2,000 lines/).waitFor();
    await log.evaluate((element) => element.scrollTo(0, 0));
    loggers.module('fleet').error('one more');
    await page.getByRole('button', { name: '1 new line' }).click();
    await log.getByText('one more').waitFor();

    loggers.module('broker').warn({ client: 'rig-10' }, 'a third line');
    await page.getByLabel('Component').selectOption('broker');
    await page.waitForURL('**/system/logs?component=broker');
    await page.getByText('1 line', { exact: true }).waitFor();
    await log.getByText('a third line').click();
    await log.getByText('"client": "rig-10"').waitFor();
    await page.getByLabel('Level').selectOption('error');
    await page.getByText('No line matches').waitFor();
  });

  test('settings are searched, refused, saved, and in force after a restart that the page survives', async () => {
    const platform = await startTestPlatform({ settings: { adminKey: 'a-key-of-the-operator' } });
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/system/settings?q=sign-in',
      as: { key: 'a-key-of-the-operator' },
      expectedErrors: [/400/, /WebSocket/, /ERR_CONNECTION/, /ERR_EMPTY_RESPONSE/, /503/],
    });
    const row = page.locator('[data-setting="signInMaxPerMin"]');
    await row.getByRole('button', { name: 'Change signInMaxPerMin' }).click();
    const form = page.getByRole('dialog', { name: 'Change signInMaxPerMin' });
    await form.getByLabel('New value').fill('none');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText(/must be a whole number from 1/).waitFor();
    await form.getByLabel('New value').fill('45');
    await form.getByRole('button', { name: 'Save' }).click();
    await row.getByText('After the restart: 45').waitFor();
    await page.getByRole('button', { name: 'Restart now' }).click();
    await agree(page, 'Restart the platform', 'Restart now');
    await page.getByText('The platform runs with the new settings').waitFor({ timeout: 30_000 });
    await page.locator('[data-restart-bar]').waitFor({ state: 'detached' });
    await expect.poll(() => row.innerText()).toContain('45\nFile');
    await page.getByText('Live', { exact: true }).waitFor();

    await page.getByRole('searchbox').fill('adminKey');
    const secret = page.locator('[data-setting="adminKey"]');
    await secret.getByText('set', { exact: true }).waitFor();
    expect(await page.content()).not.toContain('a-key-of-the-operator');
  });

  test('a restart that can not work ends where it began, with the reason', async () => {
    const port = await takenPort();
    const platform = await startTestPlatform({ settings: { mqttPort: 0 } });
    const { page } = await openSystem(browser(), platform, 'settings?q=mqttPort', [
      /WebSocket/,
      /ERR_CONNECTION/,
      /ERR_EMPTY_RESPONSE/,
      /503/,
    ]);
    await page.getByRole('button', { name: 'Change mqttPort' }).click();
    const form = page.getByRole('dialog', { name: 'Change mqttPort' });
    await form.getByLabel('New value').fill(String(port));
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Restart now' }).click();
    await agree(page, 'Restart the platform', 'Restart now');
    await page.getByText('The platform runs with the old settings').waitFor({ timeout: 60_000 });
    const told = page.getByRole('alert').filter({ hasText: 'The last restart with other settings failed' });
    await told.getByText(String(port)).waitFor();
    await page.getByText('1 change waits for a restart').waitFor();
  });

  test('a setting that a flag gives is locked, with the reason', async () => {
    const platform = await startTestPlatform();
    const { page } = await openSystem(browser(), platform, 'settings?q=apiPort');
    const row = page.locator('[data-setting="apiPort"]');
    await row.getByText(/--api-port was given at the start and wins/).waitFor();
    expect(await row.getByRole('button').count()).toBe(0);
  });

  test('what was taken over from the earlier platform is reported', async () => {
    const file = newEarlierFile();
    file.account('renter', 'consumer', 100);
    file.account('w1', 'provider', 1);
    file.worker('w1', { last_heartbeat: importSec - 600, registered_at: importSec - 3600 });
    const { platform } = await takeOver(file);
    const { page } = await openSystem(browser(), platform, 'import');
    const row = page.getByRole('grid', { name: 'Rows' }).getByRole('row', { name: /^workers/ });
    expect((await row.innerText()).split(/\s+/)).toEqual(['workers', '1', '1', '0', '0']);
    await page.getByText('101.00').first().waitFor();
  });

  test('an unknown section says so; without a taken over database the import says that', async () => {
    const platform = await startTestPlatform();
    const { page, go } = await openSystem(browser(), platform, 'nowhere', [/404/]);
    await page.getByText('There is no such section').waitFor();
    await go('/system/import');
    await page.getByText('No database was taken over').waitFor();
  });

  test('speaks German, settings and scenarios, too', async () => {
    const platform = await startTestPlatform();
    const { page, go } = await openDashboard({
      browser: browser(),
      platform,
      path: '/system/settings?q=logLevel',
      as: admin(platform),
      prepare: (context) => context.addInitScript(() => localStorage.setItem('xenblocks.locale', 'de')),
    });
    await page.getByText('Stufe des Logs, und Stufen einzelner Teile').waitFor();
    await go('/system/simulator');
    await page.getByText(/eine Farm an einem guten Tag/).waitFor();
    await go('/system/health');
    await page.getByText('Alles funktioniert').waitFor();
  });

  test.each(['light', 'dark'] as const)('are accessible in %s, on a phone, too', async (theme) => {
    const platform = await startTestPlatform({ args: ['--simulate', '2'], loggers: quietLoggers() });
    await call(platform, 'POST', '/api/admin/backups', { who: admin(platform) });
    const { page, go } = await openDashboard({
      browser: browser(),
      platform,
      path: '/system',
      theme,
      as: admin(platform),
    });
    for (const [section, heading] of sections) {
      await page.setViewportSize({ width: 1440, height: 900 });
      await go(`/system/${section}`);
      await page.getByRole('heading', { name: heading, level: 2 }).waitFor();
      await expectAccessible(page);
      await page.setViewportSize(phone);
      await expectNoSidewaysScroll(page);
      await expectAccessible(page);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    await go('/system/audit');
    await page.getByRole('grid', { name: 'Audit log' }).getByText('backup.create').waitFor();
    await expectAccessible(page);
    await go('/system/logs');
    await page.getByRole('log').getByText('database created').waitFor();
    await expectAccessible(page);
    await page.setViewportSize(phone);
    await expectNoSidewaysScroll(page);
  });
});
