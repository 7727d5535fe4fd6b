import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { EarningRates } from '../../src-main/contract/domain/earnings.ts';
import type { EarningFigures, EarningRow } from '../../src-main/contract/rest/earnings.routes.ts';
import { ok, type Who } from '../support/accounts.ts';
import type { TestPlatform } from '../support/test-platform.ts';
import { waitFor } from '../support/wait-for.ts';
import { describeInBrowser } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll, openDashboard, phone } from './support/dashboard.ts';
import { startShowcase } from './support/showcase.ts';

interface Answer {
  totals: EarningFigures;
  items: EarningRow[];
  total: number;
}

const table = (page: Page) => page.getByRole('grid', { name: 'Earnings' });
const dialog = (page: Page) => page.getByRole('dialog');
const ask = (platform: TestPlatform, who: Who, query = '') =>
  ok<Answer>(platform, 'GET', `/api/earnings${query}`, { who });

/** With the earnings of its history taken over. */
async function startWithHistory() {
  const showcase = await startShowcase({ workers: 2 });
  const { platform, operator } = showcase;
  await waitFor(async () => (await ask(platform, operator)).totals.leases > 0, 'the earnings of the history');
  return showcase;
}

describeInBrowser('earnings', (browser) => {
  test('are summed by day and by worker, sorted by the platform, and saved as CSV', async () => {
    const { platform, operator } = await startWithHistory();
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/earnings',
      as: operator,
    });
    const { totals } = await ask(platform, operator);
    await page.getByText(`credits from ${totals.leases} settled leases`).waitFor();
    await page.getByRole('radio', { name: 'Worker', exact: true }).click();
    await table(page).getByRole('button', { name: 'Lease income' }).click();
    const { items } = await ask(platform, operator, '?by=worker&sort=lease_income&order=desc');
    await waitFor(async () => {
      const first = await table(page).getByRole('row').nth(1).textContent();
      return first?.includes(items[0]!.key);
    }, 'the best worker at the top');
    expect(page.url()).toContain('by=worker');
    await page.getByRole('radio', { name: 'Group', exact: true }).click();
    await table(page).getByText('Without a group').waitFor();

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export CSV' }).click(),
    ]);
    const csv = readFileSync(await download.path(), 'utf8');
    expect(csv).toMatch(/^date,worker_id,account_id,tags,/);
    expect(csv.trimEnd().split('\n').length).toBeGreaterThan(5);
  });

  test('have a net once somebody said what things are worth', async () => {
    const { platform, operator } = await startWithHistory();
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/earnings',
      as: operator,
    });
    await page.getByText('set the rates to see it').waitFor();
    await page.getByRole('button', { name: 'Rates' }).click();
    await dialog(page).getByLabel('Currency').fill('CHF');
    await dialog(page).getByLabel('A credit').fill('0.5');
    await dialog(page).getByLabel('A self-mined block').fill('much');
    await dialog(page).getByRole('button', { name: 'Save rates' }).click();
    await dialog(page).getByText('Must be a number, 0 or more').waitFor();
    await dialog(page).getByLabel('A self-mined block').fill('0.02');
    await dialog(page).getByLabel('Electricity per kWh').fill('0.3');
    await dialog(page)
      .getByLabel(/^RTX|^A100|^L40S|^H100/)
      .first()
      .fill('111');
    await dialog(page).getByRole('button', { name: 'Save rates' }).click();
    await page.getByText('Rates saved').waitFor();
    const { rates } = await ok<{ rates: EarningRates }>(platform, 'GET', '/api/earnings/rates', {
      who: operator,
    });
    expect(rates).toMatchObject({
      currency: 'CHF',
      credit_value: 0.5,
      block_value: 0.02,
      price_per_kwh: 0.3,
    });
    expect(rates.watts).toEqual([{ model: expect.any(String) as string, watts: 111 }]);
    const { totals } = await ask(platform, operator);
    expect(totals.lease_value).toBeCloseTo(totals.lease_income * 0.5, 5);
    // For how long the history was mined nobody noted: its electricity, and so the net, is not known.
    expect(totals).toMatchObject({ is_time_known: false, net: null });
    await page.getByText('energy is not known for all of it').waitFor();
  });

  test.each(['light', 'dark'] as const)('are accessible in %s, on a phone, too', async (theme) => {
    const { platform, operator, walletToken } = await startWithHistory();
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      theme,
      path: '/earnings?by=worker',
      as: operator,
    });
    await table(page).getByRole('row').nth(2).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Rates' }).click();
    await dialog(page).getByLabel('Currency').waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await page.setViewportSize(phone);
    await page.getByRole('list', { name: 'Earnings' }).waitFor();
    await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth);
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);

    // Somebody who has earned nothing yet.
    const own = await openDashboard({
      browser: browser(),
      platform,
      theme,
      path: '/earnings',
      as: walletToken,
    });
    await own.page.getByText('What your workers bring').waitFor();
    await expectAccessible(own.page);
  });
});
