import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { admin, call, register } from '../support/accounts.ts';
import { startTestPlatform } from '../support/test-platform.ts';
import { describeInBrowser } from './support/browser.ts';
import { openDashboard } from './support/dashboard.ts';

/** Answers the question that is open. */
async function agree(page: Page, title: RegExp | string, button: string): Promise<void> {
  await page.getByRole('dialog', { name: title }).getByRole('button', { name: button }).click();
}

describeInBrowser('accounts, for the operator', (browser) => {
  test('are opened with a key that is shown once, get money, move it, and are closed', async () => {
    const platform = await startTestPlatform();
    const operator = admin(platform);
    await register(platform, 'bob', 'consumer', operator);
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/system/access',
      as: operator,
      expectedErrors: [/400/],
    });
    await page.getByRole('button', { name: 'Open account' }).click();
    const form = page.getByRole('dialog', { name: 'Open an account' });
    await form.getByLabel('Account').fill('alice');
    await form.getByLabel('Address').fill('0x12');
    expect(await form.getByRole('button', { name: 'Open account' }).isDisabled()).toBe(true);
    await form.getByLabel('Address').fill('');
    await form.getByRole('button', { name: 'Open account' }).click();
    const secret = page.getByRole('dialog', { name: 'Key of alice' });
    const key = (await secret.locator('pre').innerText()).trim();
    await secret.getByRole('button', { name: 'I have kept it' }).click();
    const me = await call<{ account_id: string }>(platform, 'GET', '/api/auth/me', { who: { key } });
    expect(me.body.account_id).toBe('alice');

    await page.getByRole('link', { name: 'alice' }).click();
    await page.waitForURL('**/system/access?account=alice');
    const account = page.getByRole('dialog', { name: 'alice', exact: true });
    const balance = account.locator('dt:text-is("Balance") + dd');
    await account.getByLabel('Amount').fill('12,5');
    await account.getByRole('button', { name: 'Deposit' }).click();
    await agree(page, 'Deposit 12.50 credits to alice', 'Deposit');
    await page.getByText('12.50 credits are deposited to alice').waitFor();
    await expect.poll(() => balance.innerText()).toBe('12.50');

    await account.getByRole('radio', { name: 'Transfer' }).click();
    await account.getByLabel('Amount').fill('2.25');
    await account.getByLabel('To account').fill('bob');
    await account.getByRole('button', { name: 'Transfer' }).click();
    await agree(page, 'Transfer 2.25 credits from alice to bob', 'Transfer');
    await expect.poll(() => balance.innerText()).toBe('10.25');
    const bob = await call<{ balance: number }>(platform, 'GET', '/api/accounts/bob/balance', {
      who: operator,
    });
    expect(bob.body.balance).toBe(2.25);

    // An account with money stays open, and the platform says why.
    await account.getByRole('button', { name: 'Close account' }).click();
    await agree(page, 'Close alice', 'Close account');
    await page.getByText('That did not work').waitFor();
    expect((await call(platform, 'GET', '/api/auth/me', { who: { key } })).status).toBe(200);

    await account.getByRole('button', { name: /^End key/ }).click();
    await agree(page, /^End the key/, 'End key');
    await account.getByText('ended', { exact: true }).waitFor();
    expect((await call(platform, 'GET', '/api/auth/me', { who: { key } })).status).toBe(401);
    await page.keyboard.press('Escape');
    await page.waitForURL('**/system/access');
  });

  test('are found by name and by role', async () => {
    const platform = await startTestPlatform();
    const operator = admin(platform);
    await register(platform, 'prudence', 'provider', operator);
    await register(platform, 'connie', 'consumer', operator);
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/system/access?role=provider',
      as: operator,
    });
    const table = page.getByRole('grid', { name: 'Accounts' });
    await table.getByText('prudence').waitFor();
    expect(await table.getByText('connie').count()).toBe(0);
    await page.getByRole('button', { name: /Remove filter Role/ }).click();
    await page.getByRole('searchbox').fill('conn');
    await table.getByText('connie').waitFor();
    await expect.poll(() => table.getByRole('row').count()).toBe(2);
  });

  test('the key of the operator is replaced, shown once, and this browser goes on', async () => {
    const platform = await startTestPlatform();
    const before = admin(platform);
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/system/access',
      as: before,
      // What is asked just then is asked with the session that ended.
      expectedErrors: [/401/],
    });
    await page.getByRole('button', { name: 'Replace key' }).click();
    await agree(page, 'Replace the operator’s key', 'Replace the key');
    const secret = page.getByRole('dialog', { name: 'Key of admin' });
    const key = (await secret.locator('pre').innerText()).trim();
    expect(key).toBe(readFileSync(join(platform.dataDir, 'admin-key'), 'utf8').trim());
    await secret.getByRole('button', { name: 'I have kept it' }).click();
    const status = async (who: { key?: string }) =>
      (await call(platform, 'GET', '/api/admin/health', { who })).status;
    expect(await status({ key })).toBe(200);
    expect(await status(before)).toBe(401);
    await page.getByRole('link', { name: 'Storage' }).click();
    await page.getByRole('grid', { name: 'Tables' }).getByText('accounts', { exact: true }).waitFor();
  });
});
