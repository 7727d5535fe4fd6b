import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Settlement } from '../../src-main/contract/domain/lease.ts';
import type { Pricing } from '../../src-main/contract/domain/market.ts';
import { admin, deposit, newWallet, ok, register, signIn } from '../support/accounts.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { waitFor } from '../support/wait-for.ts';
import { exact, savedBy } from './support/amounts.ts';
import { describeInBrowser } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll, openDashboard, phone } from './support/dashboard.ts';
import { rentSome, startShowcase } from './support/showcase.ts';

const table = (page: Page) => page.getByRole('grid', { name: 'Your workers' });
const rowOf = (page: Page, id: string) => table(page).getByRole('row').filter({ hasText: id });
const dialog = (page: Page) => page.getByRole('dialog');

const pricingOf = (platform: TestPlatform, id: string) =>
  platform.get<Pricing>(`/api/workers/${encodeURIComponent(id)}/pricing`);
const stateOf = async (platform: TestPlatform, id: string) =>
  (await platform.get<{ worker_id: string; state: string }[]>('/api/workers')).find(
    ({ worker_id }) => worker_id === id,
  )?.state;

describeInBrowser('the provider', (browser) => {
  test('offers workers and takes them off the market; of a leased one it says why not', async () => {
    const showcase = await startShowcase({ days: 0, workers: 4 });
    const { platform, walletToken, workerIds } = showcase;
    await rentSome(showcase, 1);
    const { items } = await ok<{ items: { worker_id: string }[] }>(
      platform,
      'GET',
      '/api/leases?state=active',
      {
        who: walletToken,
      },
    );
    const leased = items[0]!.worker_id;
    const free = workerIds.find((id) => id !== leased)!;
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/provider',
      as: walletToken,
    });
    await rowOf(page, leased).getByText('Leased').waitFor();
    await page.getByRole('button', { name: `Actions of ${leased}` }).click();
    await page.getByText('Rented out: this can be changed when the lease has ended').waitFor();
    expect(await page.getByRole('menuitem', { name: 'Take off the market' }).isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });

    await page.getByRole('button', { name: `Actions of ${free}` }).click();
    await page.getByRole('menuitem', { name: 'Take off the market' }).click();
    await dialog(page).getByRole('button', { name: /Take/ }).click();
    await waitFor(async () => (await stateOf(platform, free)) === 'SELF_MINING', 'the end of the offer');
    await rowOf(page, free).getByText('Mining').waitFor();
    await page.getByRole('button', { name: `Actions of ${free}` }).click();
    await page.getByRole('menuitem', { name: 'Offer for rent' }).click();
    await dialog(page).getByRole('button', { name: /Offer/ }).click();
    await rowOf(page, free).getByText('Available').waitFor();
    expect(await stateOf(platform, free)).toBe('AVAILABLE');

    await page.getByRole('tab', { name: 'Active leases' }).click();
    await page.getByRole('grid', { name: 'Active leases' }).getByText(leased).waitFor();
  });

  test('changes one price, and many at once: old and new first, then what became of each', async () => {
    const { platform, walletToken, workerIds } = await startShowcase({ days: 0, workers: 12 });
    const [first = '', second = '', third = ''] = workerIds;
    let isCut = false;
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/provider',
      as: walletToken,
      expectedErrors: [/ERR_FAILED/],
      // The network drops one of the calls.
      prepare: (context) =>
        context.route(`**/api/workers/${second}/pricing`, (route) =>
          isCut ? route.abort() : route.continue(),
        ),
    });
    await page.getByRole('button', { name: `Edit the price of ${first}` }).click();
    await dialog(page).getByText('Nothing would change.').waitFor();
    await dialog(page).getByLabel('Price per minute').fill('1,000');
    await dialog(page).getByText('0, or 0.000001 to 10,000 credits').waitFor();
    await dialog(page).getByLabel('Price per minute').fill('0.123456');
    await dialog(page).getByRole('button', { name: 'Change 1 worker' }).click();
    await dialog(page).getByText('The worker is changed').first().waitFor();
    await dialog(page).getByRole('button', { name: 'Close', exact: true }).last().click();
    await rowOf(page, first).getByText('0.123456').waitFor();
    expect((await pricingOf(platform, first)).price_per_min).toBe(0.123456);

    for (const id of [first, second, third])
      await page.getByRole('checkbox', { name: `Select ${id}` }).click();
    await page
      .getByRole('region', { name: 'Selection' })
      .getByRole('button', { name: 'Change prices' })
      .click();
    await dialog(page).getByRole('radio', { name: 'By percent' }).click();
    await dialog(page).getByLabel('Change', { exact: true }).fill('-50');
    await dialog(page).getByText('3 change', { exact: true }).waitFor();
    await dialog(page).getByText('0.061728').waitFor();
    await dialog(page).getByRole('switch', { name: 'Also change how long they can be rented' }).click();
    await dialog(page).getByLabel('Shortest').fill('30');
    await dialog(page).getByLabel('Longest').fill('20');
    await dialog(page).getByText('At least as long as the shortest').waitFor();
    await dialog(page).getByLabel('Longest').fill('600');
    isCut = true;
    await dialog(page).getByRole('button', { name: 'Change 3 workers' }).click();
    await dialog(page).getByText('1 failed, 2 are changed').first().waitFor();
    await dialog(page).getByText('The platform does not answer.').waitFor();
    isCut = false;
    await dialog(page).getByRole('button', { name: 'Try 1 again' }).click();
    await dialog(page).getByText('All 3 are changed').first().waitFor();
    const limits = { min_duration_sec: 1800, max_duration_sec: 36_000 };
    expect(await pricingOf(platform, first)).toEqual({
      worker_id: first,
      price_per_min: 0.061728,
      ...limits,
    });
    expect(await pricingOf(platform, second)).toEqual({ worker_id: second, price_per_min: 0.3, ...limits });
    expect(await pricingOf(platform, third)).toEqual({ worker_id: third, price_per_min: 0.3, ...limits });
  });

  test('adopts the suggested price for all that match the search', async () => {
    const { platform, walletToken, workerIds } = await startShowcase({ days: 0, workers: 6 });
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/provider',
      as: walletToken,
    });
    await page.getByText('6 entries').waitFor();
    await page.getByRole('button', { name: 'Change prices' }).click();
    await dialog(page).getByRole('radio', { name: 'Adopt suggestion' }).click();
    await dialog(page)
      .getByRole('button', { name: /^Change \d+ workers?$/ })
      .click();
    await dialog(page)
      .getByText(/^All \d+ are changed$/)
      .first()
      .waitFor();
    for (const id of workerIds) {
      const suggestion = await platform.get<{
        suggested_price_per_min: number;
        current_price_per_min: number;
      }>(`/api/workers/${id}/pricing/suggest`);
      expect(suggestion.current_price_per_min).toBe(suggestion.suggested_price_per_min);
    }
  });

  test('shows earnings and payouts as the platform has them, and pays out after a second look', async () => {
    const { platform, operator } = await startShowcase({ workers: 0, days: 6 });
    const accounts = await ok<Record<string, { account_id: string; eth_address: string; balance: number }>>(
      platform,
      'GET',
      '/api/accounts',
      { who: operator },
    );
    const rich = Object.values(accounts)
      .filter(({ eth_address, account_id }) => eth_address !== '' && account_id.startsWith('0x'))
      .sort((left, right) => right.balance - left.balance)[0]!;
    const { api_key: key } = await ok<{ api_key: string }>(
      platform,
      'POST',
      `/api/accounts/${rich.account_id}/keys`,
      {
        who: operator,
        body: {},
      },
    );
    const who = { key };
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/provider?part=earnings',
      as: who,
    });
    const { total_earned } = await ok<{ total_earned: number }>(platform, 'GET', '/api/provider/dashboard', {
      who,
    });
    await page.getByText(exact(total_earned), { exact: true }).first().waitFor();
    await page.getByText(`${exact(total_earned)} credits in 30 days`).waitFor();
    const { earnings } = await ok<{ earnings: Settlement[] }>(platform, 'GET', '/api/provider/earnings', {
      who,
    });
    const payouts = page.getByRole('grid', { name: 'Payouts' });
    for (const { lease_id, total_cost, platform_fee, provider_payout } of earnings.slice(0, 5)) {
      const row = payouts.getByRole('row').filter({ hasText: lease_id.slice(6, 14) });
      for (const amount of [total_cost, platform_fee, provider_payout])
        await row.getByText(exact(amount), { exact: true }).first().waitFor();
    }
    const { bytes } = await savedBy(page, () =>
      page.getByRole('link', { name: 'Export all as CSV' }).click(),
    );
    expect(bytes.toString()).toBe(await ok<string>(platform, 'GET', '/api/provider/earnings.csv', { who }));

    await page.getByRole('button', { name: 'Withdraw' }).click();
    await dialog(page).getByLabel('Amount').fill('999999999');
    await dialog(page).getByRole('button', { name: 'Continue' }).click();
    await dialog(page)
      .getByText(`Only ${exact(rich.balance)} credits are free.`)
      .waitFor();
    await dialog(page).getByLabel('Amount').fill('1.000001');
    await dialog(page).getByLabel('Address to pay to').fill('0x12');
    await dialog(page).getByText('0x and 40 hex digits').waitFor();
    await dialog(page).getByLabel('Address to pay to').fill('');
    await dialog(page).getByRole('button', { name: 'Continue' }).click();
    await dialog(page).getByText('The operator pays them out').waitFor();
    await dialog(page).getByText(rich.eth_address).waitFor();
    await dialog(page).getByRole('button', { name: 'Withdraw 1.000001' }).click();
    await page.getByText('1.000001 credits are withdrawn').waitFor();
    const { balance } = await ok<{ balance: number }>(platform, 'GET', '/api/auth/me', { who });
    expect(Math.round((rich.balance - balance) * 1e6)).toBe(1_000_001);
    await page.getByText(exact(balance), { exact: true }).first().waitFor();
  });

  test('without workers says how one becomes mine', async () => {
    const platform = await startTestPlatform();
    const wallet = newWallet();
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/provider',
      as: await signIn(platform, wallet),
    });
    await page.getByText(new RegExp(`give ${wallet.address} to the miner`)).waitFor();
    await page.getByRole('link', { name: 'Connect a miner' }).click();
    await page.waitForURL('**/dashboard/welcome');
  });

  test('is looked at by the operator, whoever it is', async () => {
    const { platform, operator, wallet, workerIds } = await startShowcase({ days: 0, workers: 2 });
    await register(platform, 'nobody-yet', 'provider');
    await deposit(platform, wallet.address.toLowerCase(), 3);
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/provider',
      as: operator,
      expectedErrors: [/404/],
    });
    await page.getByText('Name a provider above').waitFor();
    await page.getByLabel('Provider').fill(workerIds[0]!);
    await page.getByRole('button', { name: 'Show' }).click();
    await page.waitForURL(`**/provider?provider=${workerIds[0]}`);
    for (const id of workerIds)
      await page.getByRole('grid', { name: 'Workers' }).getByText(id).first().waitFor();
    await page.getByLabel('Provider').fill('no-such-provider');
    await page.keyboard.press('Enter');
    await page.getByText('There is no provider no-such-provider').waitFor();
    await page.getByRole('button', { name: 'Operator’s own account' }).click();
    await page.getByText('Name a provider above').waitFor();
    expect(admin(platform)).toEqual(operator);
  });

  test.each(['light', 'dark'] as const)('is accessible in %s, on a phone, too', async (theme) => {
    const showcase = await startShowcase({ days: 0, workers: 4 });
    const { platform, walletToken, workerIds } = showcase;
    await rentSome(showcase, 1);
    const { page, go } = await openDashboard({
      browser: browser(),
      platform,
      path: '/provider',
      theme,
      as: walletToken,
    });
    await rowOf(page, workerIds[0]!).waitFor();
    await page.getByRole('checkbox', { name: `Select ${workerIds[0]}` }).click();
    await expectAccessible(page);
    await page
      .getByRole('region', { name: 'Selection' })
      .getByRole('button', { name: 'Change prices' })
      .click();
    await dialog(page).getByRole('radio', { name: 'Adopt suggestion' }).click();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await go('/provider?part=earnings');
    await page.getByText('No payouts yet').waitFor();
    await expectAccessible(page);
    await page.setViewportSize(phone);
    // The chart is drawn again for the new width.
    await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth);
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Withdraw' }).click();
    await dialog(page).getByLabel('Amount').fill('1');
    await dialog(page).getByRole('button', { name: 'Continue' }).click();
    await dialog(page).getByText('The operator pays them out').waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await go('/provider');
    await page.getByRole('list', { name: 'Your workers' }).waitFor();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await go('/provider?part=leases');
    await page.getByRole('list', { name: 'Active leases' }).waitFor();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });
});
