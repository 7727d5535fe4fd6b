import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { admin, ok } from '../support/accounts.ts';
import { ConfigurableMiner } from '../support/configurable-miner.ts';
import { createTemplate } from '../support/templates.ts';
import { startTestPlatform } from '../support/test-platform.ts';
import { waitFor } from '../support/wait-for.ts';
import { describeInBrowser } from './support/browser.ts';
import {
  desktop,
  expectAccessible,
  expectNoSidewaysScroll,
  openDashboard,
  phone,
} from './support/dashboard.ts';

const dialog = (page: Page) => page.getByRole('dialog');

/** A picture for who asks for them. */
const picture = (page: Page, name: string) =>
  process.env['SHOTS'] ? page.screenshot({ path: `${process.env['SHOTS']}/${name}.png` }) : undefined;

async function startFleet() {
  const platform = await startTestPlatform();
  const connect = (workerId: string, obedience: 'obeys' | 'ignores' = 'obeys') =>
    ConfigurableMiner.connect({
      ...{ workerId, mqttUrl: platform.mqttUrl, obedience },
      config: { difficulty: 1500, prefix: 'aa', address: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed' },
    });
  const miners = [await connect('rig-1'), await connect('rig-2'), await connect('rig-3')];
  const away = await connect('rig-4');
  await away.miner.status('offline');
  return { platform, miners, operator: admin(platform) };
}

describeInBrowser('the templates page', (browser) => {
  test('a template is made, previewed and applied to a selection, followed to its end and undone', async () => {
    const { platform, miners, operator } = await startFleet();
    const { page, go } = await openDashboard({
      browser: browser(),
      platform,
      path: '/templates',
      as: operator,
    });
    await page.getByText('No templates yet').waitFor();
    await page.getByRole('button', { name: 'New template' }).click();
    await dialog(page).getByLabel('Name', { exact: true }).fill('Night');
    expect(await dialog(page).getByRole('button', { name: 'Save template' }).isDisabled()).toBe(true);
    await dialog(page).getByLabel('Difficulty', { exact: true }).fill('2000');
    await dialog(page).getByLabel('Key prefix', { exact: true }).fill('bb');
    await dialog(page).getByRole('button', { name: 'Save template' }).click();
    await page.getByRole('heading', { name: 'Night' }).waitFor();
    await page.getByRole('button', { name: 'Edit' }).click();
    await dialog(page).getByLabel('Note').fill('cheap power');
    await dialog(page).getByRole('button', { name: 'Save template' }).click();
    await page.getByText('cheap power').waitFor();

    await go('/fleet?sort=worker');
    for (const id of ['rig-1', 'rig-2', 'rig-4'])
      await page.getByRole('checkbox', { name: `Select ${id}` }).click();
    await page.getByRole('region', { name: 'Selection' }).getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Apply template' }).click();
    await dialog(page).getByText('2 workers change').waitFor();
    await dialog(page).getByText('1 left out: offline').waitFor();
    const effect = dialog(page).getByRole('listitem').filter({ hasText: 'rig-1' });
    expect((await effect.innerText()).replaceAll(/\s+/g, ' ')).toBe(
      'rig-1 Difficulty 1500 → 2000 Prefix aa → bb',
    );
    await picture(page, 'apply');
    await expectAccessible(page);
    await dialog(page).getByRole('button', { name: 'Apply to 2 workers' }).click();
    await page.waitForURL('**/templates/jobs/**');
    await page.getByText('3 of 3 are done').waitFor();
    await page.getByText('Finished').first().waitFor();
    expect(miners.map(({ config }) => config.difficulty)).toEqual([2000, 2000, 1500]);
    await page.getByRole('combobox', { name: 'State' }).selectOption('failed');
    await page.getByText('Offline', { exact: true }).waitFor();
    await picture(page, 'job');

    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('alertdialog').or(dialog(page)).getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('heading', { name: 'Undo Night' }).waitFor();
    await page.getByText('2 of 2 are done').waitFor();
    await waitFor(() => miners[0]?.config.prefix === 'aa', 'the settings from before');
    await page.getByRole('link', { name: 'Show that job' }).click();
    await page.getByText('It was undone').waitFor();
    await page.getByRole('button', { name: 'Retry the failed one' }).click();
    await page.getByText('Attempt 2').waitFor();

    await go('/templates');
    await page.getByRole('grid', { name: 'Jobs' }).getByText('Undo Night').waitFor();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('alertdialog').or(dialog(page)).getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No templates yet').waitFor();
  });

  test('finds its workers as the fleet does, by tag, GPU, state and text, by keyboard alone', async () => {
    const { platform, operator, miners } = await startFleet();
    await createTemplate(platform, 'Night', { difficulty: 2000 });
    const tags = { add: ['site:berlin'], worker_ids: ['rig-1', 'rig-4'] };
    await ok(platform, 'POST', '/api/tags/assign', { body: tags, who: operator });
    const { page } = await openDashboard({ browser: browser(), platform, path: '/templates', as: operator });
    const { keyboard } = page;
    await page.getByRole('button', { name: 'Apply', exact: true }).focus();
    await keyboard.press('Enter');
    await dialog(page).getByText('3 workers change').waitFor();
    const focused = () => page.evaluate(() => document.activeElement?.textContent.trim() ?? '');
    const tabTo = async (name: string) => {
      for (let count = 0; count < 20 && (await focused()) !== name; count += 1) await keyboard.press('Tab');
      expect(await focused()).toBe(name);
    };
    const choose = async (name: string) => {
      await tabTo('Filter');
      await keyboard.press('Enter');
      const option = page.getByRole('listbox').getByRole('option', { name }).first();
      await option.waitFor();
      await keyboard.press('Home');
      const isReached = () => option.evaluate((element) => element.hasAttribute('data-highlighted'));
      for (let count = 0; count < 20 && !(await isReached()); count += 1) await keyboard.press('ArrowDown');
      await keyboard.press('Enter');
      await keyboard.press('Escape');
      await page.getByRole('listbox').waitFor({ state: 'detached' });
    };
    await choose('site:berlin');
    await dialog(page).getByText('1 worker changes').waitFor();
    await dialog(page).getByText('1 left out: offline').waitFor();
    await dialog(page).getByText('Tag: site:berlin').waitFor();
    await choose('Offline');
    await dialog(page).getByText('Nobody changes').waitFor();
    await picture(page, 'apply-filtered');
    await expectAccessible(page);
    await tabTo('Clear all');
    await keyboard.press('Enter');
    await dialog(page).getByText('3 workers change').waitFor();

    const search = dialog(page).getByRole('searchbox');
    await search.focus();
    await keyboard.type('nobody');
    await dialog(page).getByText('Nothing matches these filters').waitFor();
    // Empties the search, and leaves the dialog open.
    await keyboard.press('Escape');
    await dialog(page).getByText('3 workers change').waitFor();
    await keyboard.type('rig-2');
    await keyboard.press('Enter');
    await dialog(page).getByText('1 worker changes').waitFor();
    await tabTo('Apply to 1 worker');
    await keyboard.press('Enter');
    await page.getByText('1 of 1 are done').waitFor();
    expect(miners.map(({ config }) => config.difficulty)).toEqual([1500, 2000, 1500]);
  });

  test.each([
    ['dark', desktop],
    ['light', desktop],
    ['dark', phone],
    ['light', phone],
  ] as const)('is accessible and fits: %s, %o', async (theme, viewport) => {
    const { platform, operator } = await startFleet();
    await createTemplate(platform, 'Night', { difficulty: 2000, prefix: 'bb' });
    const address = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
    await createTemplate(platform, 'All to the cold wallet', { address, block_pattern: 'XEN11' });
    const options = { browser: browser(), platform, path: '/templates', as: operator, theme, viewport };
    const { page } = await openDashboard(options);
    await page.getByRole('heading', { name: 'Night' }).waitFor();
    const card = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Night' }) });
    await card.getByRole('button', { name: 'Apply' }).click();
    await dialog(page).getByText('3 workers change').waitFor();
    await expectAccessible(page);
    await picture(page, `dialog-${theme}-${viewport.width}`);
    await dialog(page).getByRole('button', { name: 'Apply to 3 workers' }).click();
    await page.getByText('3 of 3 are done').waitFor();
    await page.getByText('Finished').first().waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await picture(page, `job-${theme}-${viewport.width}`);
    await page.goto(`${platform.apiUrl}/dashboard/templates`);
    await page.getByText('Apply Night').first().waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
    await picture(page, `page-${theme}-${viewport.width}`);
  });
});
