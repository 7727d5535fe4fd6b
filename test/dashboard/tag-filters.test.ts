import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { ok } from '../support/accounts.ts';
import { waitFor } from '../support/wait-for.ts';
import { describeInBrowser } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll, openDashboard, phone } from './support/dashboard.ts';
import { rentSome, startShowcase } from './support/showcase.ts';

const shots = process.env['TAG_SHOTS'];
const shot = async (page: Page, name: string) => {
  if (shots !== undefined) await page.screenshot({ path: join(shots, `${name}.png`) });
};

/** A fleet of which the first two workers are tagged; the first three are rented. */
async function startTagged(workers = 6) {
  const showcase = await startShowcase({ days: 0, workers, blockIntervalSec: 2 });
  const { platform, operator, workerIds } = showcase;
  const tagged = workerIds.slice(0, 2);
  const body = { add: ['site:berlin'], worker_ids: tagged };
  await ok(platform, 'POST', '/api/tags/assign', { body, who: operator });
  await rentSome(showcase, 3);
  return { ...showcase, tagged };
}

/** The texts of a table's cells in one column. */
async function cellsOf(page: Page, table: string, column: string): Promise<string[]> {
  const grid = page.getByRole('grid', { name: table });
  const names = await grid.getByRole('columnheader').allInnerTexts();
  const place = names.findIndex((name) => name.includes(column));
  const cells = grid.locator(`[data-row-id] [role="gridcell"]:nth-child(${place + 1})`);
  return (await cells.allInnerTexts()).map((text) => text.trim());
}

async function chooseTag(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page.getByRole('option', { name: 'site:berlin' }).click();
  await page.keyboard.press('Escape');
}

describeInBrowser('filters by tag', (browser) => {
  test('stand in the lists of blocks and of leases, and in the address', async () => {
    const { platform, operator, tagged, workerIds } = await startTagged();
    await waitFor(async () => {
      const { items } = await platform.get<{ items: { worker_id: string }[] }>('/api/blocks?limit=100');
      return new Set(items.map(({ worker_id }) => worker_id)).size > 3;
    }, 'blocks of tagged workers and of others');
    const { page, go } = await openDashboard({ browser: browser(), platform, path: '/blocks', as: operator });
    await chooseTag(page);
    await page.waitForURL('**/blocks?tag=site:berlin');
    await page.getByText('Tag: site:berlin').waitFor();
    await waitFor(async () => {
      const workers = await cellsOf(page, 'Blocks', 'Worker');
      return workers.length > 0 && workers.every((worker) => tagged.includes(worker));
    }, 'blocks of tagged workers only');
    await shot(page, 'blocks');

    await go('/leases');
    await waitFor(async () => (await cellsOf(page, 'Leases', 'Worker')).length === 3, 'all leases');
    await chooseTag(page);
    await page.waitForURL('**/leases?tag=site:berlin');
    await waitFor(
      async () => (await cellsOf(page, 'Leases', 'Worker')).toSorted().join() === tagged.join(),
      'leases of tagged workers only',
    );
    await shot(page, 'leases');
    await page.reload();
    await page.getByText('Tag: site:berlin').waitFor();
    await page.getByRole('button', { name: 'Remove filter Tag: site:berlin' }).click();
    await waitFor(async () => (await cellsOf(page, 'Leases', 'Worker')).length === 3, 'all leases again');
    expect(workerIds.length).toBeGreaterThan(tagged.length);
  });

  test('stand on the market, also on a phone, where the page stays as wide as the screen', async () => {
    const { platform, operator, tagged, workerIds } = await startTagged();
    const { page } = await openDashboard({ browser: browser(), platform, path: '/market', as: operator });
    await page.getByLabel('Free now only').uncheck();
    const offers = page.getByRole('region', { name: 'Listings' }).locator(':scope > ul > li');
    await waitFor(async () => (await offers.count()) === workerIds.length, 'all listings');
    await page.getByLabel('Tag').selectOption('site:berlin');
    await page.waitForURL(/tag=site:berlin/);
    await waitFor(async () => (await offers.count()) === tagged.length, 'listings of tagged workers');
    await shot(page, 'market');
    await expectAccessible(page);

    await page.setViewportSize(phone);
    for (const path of [
      '/market?tag=site:berlin&all=1',
      '/blocks?tag=site:berlin',
      '/leases?tag=site:berlin',
    ]) {
      await page.goto(`${platform.apiUrl}/dashboard${path}`);
      if (path.startsWith('/market')) {
        await page.getByRole('button', { name: 'Filters' }).click();
        await page.getByLabel('Tag').waitFor();
      } else await page.getByText('Tag: site:berlin').waitFor();
      await expectNoSidewaysScroll(page);
      await shot(page, `phone-${path.slice(1, 5)}`);
    }
  });

  test('are not offered to those who see no tags', async () => {
    const { platform } = await startTagged(3);
    const { page, go } = await openDashboard({ browser: browser(), platform, path: '/market' });
    await page.getByLabel('Free now only').waitFor();
    expect(await page.getByLabel('Tag').count()).toBe(0);
    await go('/blocks');
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('option', { name: 'Unproven' }).waitFor();
    expect(await page.getByRole('option', { name: 'site:berlin' }).count()).toBe(0);
  });
});
