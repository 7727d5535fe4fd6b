import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { AccountPosting } from '../../src-main/contract/domain/account.ts';
import { admin, call, deposit, newWallet, ok, register, signIn, type Who } from '../support/accounts.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { waitFor } from '../support/wait-for.ts';
import { exact, savedBy, signedExact } from './support/amounts.ts';
import { installWallet } from './support/browser-wallet.ts';
import { describeInBrowser } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll, openDashboard, phone } from './support/dashboard.ts';
import { startShowcase } from './support/showcase.ts';

const ledger = (page: Page) => page.getByRole('grid', { name: 'Ledger' });
const dialog = (page: Page) => page.getByRole('dialog');

const postingsOf = (platform: TestPlatform, accountId: string, query = 'limit=50') =>
  ok<{ items: AccountPosting[]; total: number }>(
    platform,
    'GET',
    `/api/accounts/${encodeURIComponent(accountId)}/transactions?${query}`,
    { who: admin(platform) },
  );

/** Movements of the account `saver`: more than a page of them. */
async function startLedger(): Promise<{ platform: TestPlatform; saver: Who }> {
  const platform = await startTestPlatform();
  const saver = await register(platform, 'saver');
  for (let count = 1; count <= 52; count += 1) await deposit(platform, 'saver', count + 0.000001);
  await ok(platform, 'POST', '/api/accounts/saver/withdraw', { who: saver, body: { amount: 10.5 } });
  return { platform, saver };
}

describeInBrowser('the account', (browser) => {
  test('is told to a wallet that signed in: who it is, and its money', async () => {
    const platform = await startTestPlatform();
    const wallet = newWallet();
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/account',
      prepare: (context) => installWallet(context, wallet),
    });
    await page.locator('#content').getByRole('link', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Sign in with Test wallet' }).click();
    await page.waitForURL('**/dashboard/account');
    await page.getByText('a wallet', { exact: true }).waitFor();
    await page.getByText(/^in 23 h 59 min/).waitFor();
    await page.getByText(wallet.address, { exact: true }).waitFor();
    await page.getByText('credits free').waitFor();
    await deposit(platform, wallet.address.toLowerCase(), 12.345678);
    await page.reload();
    await page.getByText('12.345678').first().waitFor();
    await page.locator('#content').getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('Sign in to see this').waitFor();
  });

  test('says to a key why there is no wallet part, in German, too', async () => {
    const platform = await startTestPlatform();
    const renter = await register(platform, 'renter');
    const { page } = await openDashboard({ browser: browser(), platform, path: '/account', as: renter });
    await page.getByText('Wallet figures need a wallet').waitFor();
    expect(await page.getByRole('button', { name: 'Share card' }).count()).toBe(0);
    await page
      .locator('header')
      .getByRole('button', { name: 'Account' })
      .or(page.getByRole('button', { name: 'renter' }))
      .first()
      .click();
    await page.getByRole('menuitem', { name: 'Deutsch' }).click();
    await page.getByText('Zahlen einer Wallet brauchen eine Wallet').waitFor();
    await page.getByRole('tab', { name: 'API-Schlüssel' }).waitFor();
  });

  test('makes keys that work, shows each once, and ends them', async () => {
    const platform = await startTestPlatform();
    const wallet = newWallet();
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/account?part=keys',
      as: await signIn(platform, wallet),
    });
    await page.getByText('No keys').waitFor();
    await page.getByRole('button', { name: 'Create key' }).click();
    await dialog(page).getByLabel('Label').fill('x'.repeat(65));
    await dialog(page).getByText('At most 64 characters').waitFor();
    await dialog(page).getByLabel('Label').fill('night script');
    await dialog(page).getByLabel('Expires').selectOption({ label: 'In 7 days' });
    await dialog(page).getByRole('button', { name: 'Create key' }).click();
    await dialog(page).getByText('it is shown only once').waitFor();
    const key = (await dialog(page).locator('pre').innerText()).trim();
    const me = () => call<{ account_id: string }>(platform, 'GET', '/api/auth/me', { who: { key } });
    expect((await me()).body.account_id).toBe(wallet.address.toLowerCase());
    await dialog(page).getByRole('button', { name: 'I have stored it' }).click();
    await dialog(page).waitFor({ state: 'detached' });
    expect(await page.content()).not.toContain(key);
    const row = page
      .getByRole('grid', { name: 'API keys' })
      .getByRole('row')
      .filter({ hasText: 'night script' });
    await row.getByText('Active').waitFor();
    await row.getByRole('button', { name: 'Revoke night script' }).click();
    await dialog(page).getByText('Revoke key “night script”?').waitFor();
    await dialog(page).getByRole('button', { name: 'Revoke' }).click();
    await row.getByText('Revoked').waitFor();
    expect((await me()).status).toBe(401);
  });

  test('lists every movement to the last digit, page by page; all of them as CSV', async () => {
    const { platform, saver } = await startLedger();
    const { items, total } = await postingsOf(platform, 'saver');
    expect(total).toBe(53);
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/account?part=ledger',
      as: saver,
    });
    await page.getByText('53 entries').waitFor();
    for (const posting of items.slice(0, 8)) {
      const row = ledger(page)
        .getByRole('row')
        .filter({ hasText: `#${posting.transaction_id}` });
      await row.getByText(signedExact(posting.amount), { exact: true }).waitFor();
      await row.getByText(exact(posting.balance_after), { exact: true }).waitFor();
    }
    await page.getByRole('button', { name: 'Next page' }).click();
    await page.getByText('51–53 of 53').waitFor();

    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('option', { name: 'Withdrawal' }).click();
    await page.keyboard.press('Escape');
    await page.getByText('Among the newest 53 of 53').waitFor();
    await waitFor(async () => (await ledger(page).getByText('-10.50').count()) === 1, 'the withdrawal');
    expect(await ledger(page).getByRole('row').count()).toBe(2);

    const { bytes } = await savedBy(page, () =>
      page.getByRole('link', { name: 'Export all as CSV' }).click(),
    );
    const csv = await ok<string>(platform, 'GET', '/api/accounts/saver/transactions.csv', { who: saver });
    expect(bytes.toString()).toBe(csv);
    expect(csv.trim().split('\n')).toHaveLength(54);
  });

  test('shows what a wallet reached, and draws a card of it to share', async () => {
    const { platform, walletToken } = await startShowcase({ days: 0, workers: 6, blockIntervalSec: 5 });
    const achieved = await waitFor(async () => {
      const answer = await ok<{ total_blocks: number; total_workers: number }>(
        platform,
        'GET',
        '/api/wallet/achievements',
        { who: walletToken },
      );
      return answer.total_blocks > 0 && answer;
    }, 'a block of the wallet');
    expect(achieved.total_workers).toBe(6);
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/account',
      as: walletToken,
    });
    await page.getByRole('meter', { name: 'Workers: on the way to 10' }).waitFor();
    await page.getByText('5 reached').waitFor();
    await page.getByRole('button', { name: 'Share card' }).click();
    const card = page.getByRole('img', { name: /XenBlocks card of 0x.*credits earned/ });
    await card.and(page.locator('[data-drawn="whole"]')).waitFor();
    // Something is drawn: many colours, not one.
    const colors = await card.evaluate((element) => {
      const { data } = (element as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, 1200, 630);
      return new Set(new Uint32Array(data.buffer)).size;
    });
    expect(colors).toBeGreaterThan(50);
    const whole = await savedBy(page, () => page.getByRole('button', { name: 'Download PNG' }).click());
    expect(whole.name).toBe('xenblocks.png');
    expect(whole.bytes.subarray(1, 4).toString()).toBe('PNG');
    expect([whole.bytes.readUInt32BE(16), whole.bytes.readUInt32BE(20)]).toEqual([1200, 630]);
    await page.getByRole('switch', { name: 'Leave out the earnings' }).click();
    await page.locator('canvas[data-drawn="without-earnings"]').waitFor();
    expect(await page.locator('canvas[data-drawn]').getAttribute('aria-label')).not.toContain('credits');
    const bare = await savedBy(page, () => page.getByRole('button', { name: 'Download PNG' }).click());
    expect(bare.bytes.equals(whole.bytes)).toBe(false);
  });

  test.each(['light', 'dark'] as const)('is accessible in %s, on a phone, too', async (theme) => {
    const { platform, walletToken } = await startShowcase({ days: 0, workers: 3 });
    const { account_id } = await ok<{ account_id: string }>(platform, 'GET', '/api/auth/me', {
      who: walletToken,
    });
    await deposit(platform, account_id, 5);
    await ok(platform, 'POST', `/api/accounts/${account_id}/keys`, {
      who: walletToken,
      body: { label: 'one' },
    });
    const { page, go } = await openDashboard({
      browser: browser(),
      platform,
      path: '/account',
      theme,
      as: walletToken,
    });
    const look = async () => {
      await page.getByRole('heading', { name: 'Achievements' }).waitFor();
      await expectAccessible(page);
      await go('/account?part=ledger');
      await page.getByText('+5.00').waitFor();
      await expectAccessible(page);
      await go('/account?part=keys');
      await page.getByText('Active').waitFor();
      await expectAccessible(page);
    };
    await look();
    await page.setViewportSize(phone);
    await go('/account');
    await look();
    await expectNoSidewaysScroll(page);
    await go('/account');
    await page.getByRole('button', { name: 'Share card' }).click();
    await page.locator('canvas[data-drawn]').waitFor();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });
});
