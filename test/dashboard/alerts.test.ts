import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { listenForMessages } from '../support/alert-receiver.ts';
import { admin, ok } from '../support/accounts.ts';
import { addWebhook, changeRule, connectAll, incidents, send } from '../support/alerts.ts';
import { TestMiner } from '../support/test-miner.ts';
import { believing, startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { waitFor } from '../support/wait-for.ts';
import { describeInBrowser } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll, openDashboard, phone } from './support/dashboard.ts';

/** Where pictures are put for people to look at; nowhere unless given. */
const pictures = process.env['ALERT_PICTURES'];

async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: `${pictures}/${name}.png` });
}

/** A fleet of which two workers went dark, one is in error and one lost a GPU, and channels good and bad. */
async function startTroubled(): Promise<{ platform: TestPlatform; miners: TestMiner[]; url: string }> {
  const platform = await startTestPlatform({ args: believing });
  const receiver = await listenForMessages('thanks');
  await changeRule(platform, 'worker_error', { min_duration_sec: 0 });
  await changeRule(platform, 'gpu_lost', { min_duration_sec: 0 });
  await addWebhook(platform, receiver.url, { name: 'Own system', secret: 'hook-secret' });
  await addWebhook(platform, 'http://127.0.0.1:1/hook', { name: 'Broken' });
  const miners = await connectAll(platform, 6);
  await Promise.all(miners.slice(0, 2).map((miner) => miner.pullPlug()));
  await miners[2]!.status('ERROR', { detail: 'CUDA error 700 on GPU 1' });
  await miners[3]!.heartbeat({ active_gpus: 1 });
  await waitFor(async () => (await incidents(platform, 'state=open')).length === 3, 'three incidents');
  await receiver.next(3);
  return { platform, miners, url: receiver.url };
}

describeInBrowser('the alerts of the operator', (browser) => {
  test('appear as they happen, are acknowledged, muted and closed, and are over by themselves', async () => {
    const platform = await startTestPlatform({ args: believing });
    const miners = await connectAll(platform, 4);
    const { page, go } = await openDashboard({
      browser: browser(),
      platform,
      path: '/alerts',
      as: admin(platform),
    });
    await page.getByText('No incidents yet').waitFor();
    await page.getByText('Nothing is wrong now.').waitFor();
    await Promise.all(miners.slice(0, 3).map((miner) => miner.pullPlug()));
    const grid = page.getByRole('grid', { name: 'Incidents' });
    await grid.getByText('3 workers are offline').waitFor();
    await page.locator('[data-sonner-toast]').getByText('3 workers are offline').waitFor();
    await page.getByRole('navigation', { name: 'Main navigation' }).getByTitle('1 open alert').waitFor();

    await go('');
    await page
      .locator('main')
      .getByRole('link', { name: /3 workers are offline/ })
      .click();
    await page.getByRole('heading', { level: 1, name: '3 workers are offline' }).waitFor();
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    const dialog = page.getByRole('dialog', { name: 'Acknowledge' });
    await dialog.getByRole('textbox', { name: 'Note' }).fill('fuse of rack 2');
    await dialog.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByText('fuse of rack 2').waitFor();
    await page.getByRole('button', { name: 'Mute' }).click();
    await page.getByRole('menuitem', { name: 'For 8 h' }).click();
    await page.getByText('Muted until', { exact: true }).waitFor();
    expect(await incidents(platform)).toMatchObject([
      { state: 'acknowledged', acknowledged_by: 'admin', note: 'fuse of rack 2' },
    ]);
    await page.getByRole('button', { name: 'Unmute' }).click();
    await page.getByRole('button', { name: 'Mute', exact: true }).waitFor();

    await page.getByRole('grid', { name: 'Workers' }).getByText('rig-01').click();
    await page.getByRole('tab', { name: 'Alerts' }).click();
    await page.getByRole('tabpanel').getByText('3 workers are offline').click();
    const back = await Promise.all(
      miners.slice(0, 3).map(({ workerId }) => TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl })),
    );
    await Promise.all(back.map((miner) => miner.heartbeat()));
    await page.getByText('by itself').waitFor();
    await page.locator('header').getByText('Over', { exact: true }).first().waitFor();
  });

  test('rules are changed for all and for a tag, and a refusal is told in the dialog', async () => {
    const platform = await startTestPlatform({ args: believing });
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/alerts/rules',
      as: admin(platform),
      expectedErrors: [/400/],
    });
    const rule = page.locator('[data-rule="hashrate_drop"]');
    await rule.getByText('at 30 %').waitFor();
    await rule.getByRole('button', { name: 'Change Hashrate drop' }).click();
    const dialog = page.getByRole('dialog', { name: 'Rule: Hashrate drop' });
    await dialog.getByLabel('Threshold').fill('10');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog
      .getByRole('alert')
      .getByText(/clear_threshold/)
      .waitFor();
    await dialog.getByLabel('Over again at').fill('5');
    await dialog.getByRole('button', { name: 'Add a tag' }).click();
    await dialog.getByLabel('Tag').fill('old');
    await dialog.getByLabel('Threshold').nth(1).fill('40');
    await picture(page, 'rule-dialog');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await rule.getByText('at 10 %').waitFor();
    await rule.getByText('1 tag').waitFor();
    await rule.getByRole('switch', { name: 'Rule Hashrate drop on' }).click();
    await expect.poll(() => rule.getByRole('switch').getAttribute('aria-checked')).toBe('false');
  });

  test('channels are added, tested and show what their server said; secrets never come back', async () => {
    const { platform, url } = await startTroubled();
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/alerts/channels',
      as: admin(platform),
      expectedErrors: [/400/],
    });
    await page.getByRole('button', { name: 'Add a channel' }).click();
    const dialog = page.getByRole('dialog', { name: 'New channel' });
    await dialog.getByLabel('Name').fill('Second hook');
    await dialog.getByLabel('Address').fill('ftp://example.org');
    await dialog.getByLabel('Secret for the signature').fill('top-secret');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog
      .getByRole('alert')
      .getByText(/https:/)
      .waitFor();
    await dialog.getByLabel('Address').fill(url);
    await dialog.getByLabel('Title').fill('{{severity}}: {{title}}');
    await dialog.getByText('critical: 3 workers are offline').waitFor();
    await dialog.getByLabel('Text', { exact: true }).fill('{{nonsense}}');
    await dialog.getByText(/unknown field/).waitFor();
    await dialog.getByLabel('Text', { exact: true }).fill('');
    await picture(page, 'channel-dialog');
    await dialog.getByRole('button', { name: 'Save' }).click();
    const card = page.getByRole('listitem').filter({ hasText: 'Second hook' });
    await card.getByRole('button', { name: 'Test' }).click();
    await page
      .locator('[data-sonner-toast]')
      .getByText(/200 OK: thanks/)
      .waitFor();
    const broken = page.getByRole('listitem').filter({ hasText: 'Broken' }).first();
    await broken.getByText(/Last error/).waitFor();
    await broken.getByRole('button', { name: 'Test' }).click();
    await page
      .locator('[data-sonner-toast]')
      .getByText(/Broken: not sent/)
      .waitFor();
    expect(await page.content()).not.toContain('top-secret');
    await card.getByRole('button', { name: 'Remove Second hook' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove the channel' }).click();
    await page.getByText('Channel Second hook is removed').waitFor();
  });

  test('a maintenance window and a watchdog are planned, changed and removed', async () => {
    const platform = await startTestPlatform({ args: believing });
    const { page, go } = await openDashboard({
      browser: browser(),
      platform,
      path: '/alerts/maintenance',
      as: admin(platform),
      expectedErrors: [/400/],
    });
    await page.getByText('No maintenance windows').waitFor();
    await page.getByRole('button', { name: 'Add a window' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Sunday night');
    await dialog.getByRole('radio', { name: 'Again and again' }).click();
    await dialog.getByLabel('Begins (cron expression)').fill('sometimes');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByRole('alert').getByText(/cron/).waitFor();
    await dialog.getByLabel('Begins (cron expression)').fill('0 2 * * 0');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('0 2 * * 0, for 1 h').waitFor();
    await page.getByRole('button', { name: 'Remove Sunday night' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove the window' }).click();
    await page.getByText('No maintenance windows').waitFor();

    await go('/alerts/watchdogs');
    await page.getByRole('button', { name: 'Add a watchdog' }).click();
    await dialog.getByLabel('Name').fill('Restart the stuck');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/Worker in error · Restart after 5 min/).waitFor();
    await page.locator('main').getByText('Dry run').waitFor();
    await page.getByRole('button', { name: 'Change Restart the stuck' }).click();
    await dialog.getByRole('switch', { name: 'Dry run' }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => page.locator('main').getByText('Dry run').count()).toBe(0);
  });

  test('every part is accessible in both themes and fits a phone', async () => {
    const { platform, miners } = await startTroubled();
    await send(platform, 'POST', '/windows', {
      ...{ name: 'Rack 2', scope: 'workers', worker_ids: ['rig-04', 'rig-05'], schedule: 'cron' },
      ...{ cron: '* * * * *', duration_min: 5 },
    });
    await send(platform, 'POST', '/watchdogs', {
      ...{ name: 'Restart the stuck', kind: 'worker_error', action: 'restart', after_sec: 0 },
    });
    await waitFor(async () => {
      const runs = await ok<{ total: number }>(platform, 'GET', '/api/admin/alerts/watchdog-runs', {
        who: admin(platform),
      });
      return runs.total > 0;
    }, 'a dry run');
    await miners[3]!.heartbeat();
    const places = {
      incidents: '/alerts',
      incident: '/alerts/1',
      rules: '/alerts/rules',
      channels: '/alerts/channels',
      maintenance: '/alerts/maintenance',
      watchdogs: '/alerts/watchdogs',
      overview: '',
    };
    for (const theme of ['light', 'dark'] as const) {
      for (const viewport of [undefined, phone]) {
        const { page, go } = await openDashboard({
          ...{ browser: browser(), platform, theme, as: admin(platform), path: '/alerts' },
          ...(viewport ? { viewport } : {}),
        });
        for (const [name, place] of Object.entries(places)) {
          await go(place);
          await page.getByRole('heading', { level: 1 }).waitFor();
          await page.waitForLoadState('networkidle');
          await expectAccessible(page);
          await expectNoSidewaysScroll(page);
          await picture(page, `${name}-${theme}-${viewport ? 'phone' : 'desktop'}`);
        }
      }
    }
  }, 120_000);
});
