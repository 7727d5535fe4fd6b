import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { ok, type Who } from '../support/accounts.ts';
import type { TestPlatform } from '../support/test-platform.ts';
import { waitFor } from '../support/wait-for.ts';
import { describeInBrowser } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll, openDashboard, phone } from './support/dashboard.ts';
import { rentSome, startShowcase } from './support/showcase.ts';

const shots = process.env['GROUPS_SHOTS'];
const shot = async (page: Page, name: string) => {
  if (shots !== undefined) await page.screenshot({ path: join(shots, `${name}.png`) });
};
const dialog = (page: Page) => page.getByRole('dialog');
const grid = (page: Page, name: string) => page.getByRole('grid', { name });
const row = (page: Page, name: string, id: string) => grid(page, name).locator(`[data-row-id="${id}"]`);
const selection = (page: Page) => page.getByRole('region', { name: 'Selection' });

const assign = (platform: TestPlatform, who: Who, tags: readonly string[], workers: readonly string[]) =>
  ok(platform, 'POST', '/api/tags/assign', { body: { add: tags, worker_ids: workers }, who });

/** Two sites, three racks, a note. */
async function startGroups(workers = 24) {
  const showcase = await startShowcase({ days: 0, workers });
  const { platform, operator, workerIds } = showcase;
  const third = Math.floor(workers / 3);
  await assign(platform, operator, ['site:berlin', 'rack-1'], workerIds.slice(0, third));
  await assign(platform, operator, ['site:berlin', 'rack-2'], workerIds.slice(third, third * 2));
  await assign(platform, operator, ['site:reykjavik'], workerIds.slice(third * 2, workers - 2));
  for (const [tag, color, description] of [
    ['site:berlin', 1, 'Hall 4, Westhafen'],
    ['site:reykjavik', 2, 'Geothermal'],
  ])
    await ok(platform, 'PUT', `/api/tags/${tag}`, { body: { color, description }, who: operator });
  await ok(platform, 'PUT', `/api/workers/${workerIds[0]}/tags`, {
    body: { note: 'Fan 2 is loud.\nSpare part is ordered.' },
    who: operator,
  });
  return showcase;
}

describeInBrowser('tags and groups', (browser) => {
  test('are given to a selection, seen on rows, filtered by and searched for, and taken away again', async () => {
    const { platform, operator, workerIds } = await startShowcase({ days: 0, workers: 12 });
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/fleet?sort=worker',
      as: operator,
    });
    const box = (id: string) => page.getByRole('checkbox', { name: `Select ${id}` });
    await box(workerIds[0]!).click();
    await box(workerIds[2]!).click({ modifiers: ['Shift'] });
    await selection(page).getByRole('button', { name: 'Tags' }).click();
    await dialog(page).getByText('Tags of 3 workers').waitFor();
    await dialog(page).getByLabel('Add').fill('Site:Berlin');
    await page.keyboard.press('Enter');
    await dialog(page).getByLabel('Add').fill('köln');
    await page.keyboard.press('Enter');
    await dialog(page).getByText('“köln” is no tag').waitFor();
    await dialog(page).getByLabel('Add').fill('rack-1');
    await shot(page, 'assign');
    await dialog(page).getByRole('button', { name: 'Change 3 workers' }).click();
    await page.getByText('3 workers have other tags now').waitFor();
    await row(page, 'Workers', workerIds[1]!).getByText('site:berlin').waitFor();

    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('option', { name: /site:berlin/ }).click();
    await page.keyboard.press('Escape');
    await page.getByText('3 of 12 workers').waitFor();
    expect(new URL(page.url()).searchParams.get('tag')).toBe('site:berlin');
    await page.goto(`${platform.apiUrl}/dashboard/fleet?tag=-`);
    await page.getByText('9 of 12 workers').waitFor();
    await page.goto(`${platform.apiUrl}/dashboard/fleet?q=RACK`);
    await page.getByText('3 of 12 workers').waitFor();

    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: 'Tags …' }).click();
    await dialog(page).getByLabel('rack-1').check();
    await dialog(page).getByRole('button', { name: 'Change 3 workers' }).click();
    await page.getByText('Nothing matches these filters').waitFor();
    const { tags } = await ok<{ tags: string[] }>(platform, 'GET', `/api/workers/${workerIds[0]}/tags`, {
      who: operator,
    });
    expect(tags).toEqual(['site:berlin']);
  });

  test('add up to totals that are live, edited, renamed, removed and exported', async () => {
    const showcase = await startGroups();
    const { platform, operator } = showcase;
    await rentSome(showcase, 3);
    const { page } = await openDashboard({ browser: browser(), platform, path: '/groups', as: operator });
    const berlin = row(page, 'Groups', 'site:berlin');
    await berlin.getByText('16/16').waitFor();
    await berlin.getByText('Hall 4, Westhafen').waitFor();
    await row(page, 'Groups', '').getByText('2/2').waitFor();
    await expect.poll(() => berlin.innerText()).toMatch(/[MkG]?H\/s/);
    await expectAccessible(page);
    await shot(page, 'groups-dark');
    await page.getByRole('radio', { name: '7 days' }).click();
    await page.getByRole('columnheader', { name: 'Earned, 7 d' }).waitFor();
    expect(new URL(page.url()).searchParams.get('period')).toBe('7d');
    await page.getByRole('radio', { name: '24 h' }).click();
    await page.getByRole('columnheader', { name: 'Earned, 24 h' }).waitFor();

    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export CSV' }).click();
    const csv = await readFile(await (await download).path(), 'utf8');
    expect(csv).toMatch(/^.?Group,/);
    expect(csv).toContain('site:reykjavik');

    await page.getByRole('button', { name: 'Actions for rack-1' }).click();
    await page.getByRole('menuitem', { name: 'Edit …' }).click();
    await dialog(page).getByLabel('Tag').fill('row-1');
    await dialog(page).getByText('gets the tag row-1 instead').waitFor();
    await dialog(page).getByLabel('Colour 3').check({ force: true });
    await shot(page, 'edit');
    await expectAccessible(page);
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await row(page, 'Groups', 'row-1').getByText('8/8').waitFor();

    await page.getByRole('button', { name: 'Actions for rack-2' }).click();
    await page.getByRole('menuitem', { name: 'Remove …' }).click();
    await page.getByText('The tag is taken from 8 workers').waitFor();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await row(page, 'Groups', 'rack-2').waitFor({ state: 'detached' });

    await page.getByRole('link', { name: 'site:reykjavik' }).click();
    await page.waitForURL('**/fleet?tag=site:reykjavik');
    await page.getByText('6 of 24 workers').waitFor();
    await shot(page, 'fleet-dark');
  });

  test('stand on the page of a worker with its note, for its owner, too, and for nobody else', async () => {
    const { platform, walletToken, workerIds } = await startGroups(9);
    const path = `/fleet/${workerIds[0]}`;
    const { page } = await openDashboard({ browser: browser(), platform, path, as: walletToken });
    await page.getByText('Fan 2 is loud.').waitFor();
    await page.getByRole('button', { name: 'Edit tags and note' }).click();
    await dialog(page).getByLabel('Note').fill('Fan 2 is quiet again.');
    await dialog(page).getByRole('button', { name: 'Take rack-1 out' }).click();
    await shot(page, 'worker-dialog');
    await expectAccessible(page);
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await page.getByText('Fan 2 is quiet again.').waitFor();
    await page.getByRole('link', { name: 'rack-1' }).waitFor({ state: 'detached' });
    await expectAccessible(page);
    await shot(page, 'worker');

    const stranger = await openDashboard({ browser: browser(), platform, path });
    await stranger.page.getByRole('heading', { level: 1, name: workerIds[0]! }).waitFor();
    await stranger.page.getByRole('heading', { name: 'GPUs' }).first().waitFor();
    expect(await stranger.page.getByText('Fan 2').count()).toBe(0);
    await stranger.go('/fleet');
    await stranger.page.getByText('9 workers').waitFor();
    expect(await stranger.page.getByText('site:berlin').count()).toBe(0);
    expect(await stranger.page.getByRole('button', { name: 'Saved views' }).count()).toBe(0);
  });

  test('a view of the fleet is kept with its filters and columns, shared, and found in the palette', async () => {
    const { platform, operator, walletToken } = await startGroups(9);
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/fleet?tag=site:berlin&sort=worker',
      as: operator,
    });
    await page.getByText('6 of 9 workers').waitFor();
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('checkbox', { name: 'Price' }).click();
    const price = (on: Page) => grid(on, 'Workers').getByRole('columnheader', { name: 'Price' });
    await price(page).waitFor({ state: 'detached' });
    await waitFor(async () => {
      await page.keyboard.press('Escape');
      return (await page.getByRole('checkbox', { name: 'Price' }).count()) === 0;
    }, 'the menu of the columns to close');
    await page.getByRole('button', { name: 'Saved views' }).click();
    await shot(page, 'views');
    await page.getByRole('menuitem', { name: 'Save this view' }).click();
    await dialog(page).getByRole('textbox', { name: 'Name' }).fill('Berlin');
    await dialog(page).getByRole('switch').click();
    await expectAccessible(page);
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await page.getByText('Berlin is saved').waitFor();

    const other = await openDashboard({ browser: browser(), platform, path: '/market', as: walletToken });
    await other.page.keyboard.press('Control+k');
    await other.page.keyboard.type('Berl');
    await other.page.getByRole('option', { name: 'Berlin' }).click();
    await other.page.waitForURL(/\/fleet\?tag=site:berlin&sort=worker$/);
    await other.page.getByText('6 of 9 workers').waitFor();
    await price(other.page).waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'Saved views' }).click();
    await page.getByRole('menuitem', { name: 'Manage views' }).click();
    await page.getByRole('button', { name: 'Remove the view Berlin' }).click();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByText('Berlin is removed').waitFor();
    const { items } = await ok<{ items: unknown[] }>(platform, 'GET', '/api/views', { who: operator });
    expect(items).toEqual([]);
  });

  test.each(['dark', 'light'] as const)('are fit for a phone in the %s theme', async (theme) => {
    const { platform, operator, workerIds } = await startGroups(9);
    const { page, go } = await openDashboard({
      ...{ browser: browser(), platform, path: '/groups', as: operator, theme, viewport: phone },
    });
    await page.getByText('6 of 6 online').waitFor();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await shot(page, `phone-groups-${theme}`);
    await go('/fleet');
    await page.getByText('site:berlin').first().waitFor();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await shot(page, `phone-fleet-${theme}`);
    await go(`/fleet/${workerIds[0]}`);
    await page.getByRole('button', { name: 'Edit tags and note' }).click();
    await dialog(page).getByLabel('Note').waitFor();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await shot(page, `phone-dialog-${theme}`);
  });

  test('without a tag the page says what to do, in the light theme, too', async () => {
    const { platform, operator } = await startShowcase({ days: 0, workers: 3 });
    const { page } = await openDashboard({
      ...{ browser: browser(), platform, path: '/groups', as: operator, theme: 'light' },
    });
    await page.getByText('No group yet').waitFor();
    await expectAccessible(page);
    await shot(page, 'empty-light');
  });
});
