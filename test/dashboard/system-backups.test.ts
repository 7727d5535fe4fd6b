import { expect, test } from 'vitest';
import { admin, call, deposit, register } from '../support/accounts.ts';
import { startTestPlatform } from '../support/test-platform.ts';
import { waitFor } from '../support/wait-for.ts';
import { describeInBrowser } from './support/browser.ts';
import { openDashboard } from './support/dashboard.ts';

/** Blocks that a CPU mines in milliseconds. */
const cheapBlocks = ['--block-marker', 'X1', '--difficulty', '8'];
const workers = 4;

describeInBrowser('the backups of the operator', (browser) => {
  test('are made, verified, downloaded, restored beside a mining fleet, and deleted', async () => {
    const platform = await startTestPlatform({ args: [...cheapBlocks, '--simulate', String(workers)] });
    const operator = admin(platform);
    const online = () =>
      platform.get<{ online: number }>('/api/monitoring/stats').then(({ online: count }) => count);
    await waitFor(async () => (await online()) === workers, 'the simulated fleet');
    await register(platform, 'early', 'consumer', operator);
    await deposit(platform, 'early', 7);
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/system/backups',
      as: operator,
      // While the platform restarts nothing answers.
      expectedErrors: [/WebSocket/, /ERR_CONNECTION/, /ERR_EMPTY_RESPONSE/, /503/],
    });
    await page.getByText('There is no backup yet').waitFor();
    await page.getByRole('button', { name: 'Back up now' }).click();
    await page.getByText(/^xenblocks-.*\.db is made and verified$/).waitFor();
    const table = page.getByRole('grid', { name: 'Backups' });
    const row = table.getByRole('row').nth(1);
    await row.getByText('Good').waitFor();
    const name = await row.getByRole('button').first().innerText();
    const choose = async (item: string) => {
      await page.getByRole('button', { name: `Actions for ${name}` }).click();
      await page.getByRole('menuitem', { name: item }).click();
    };

    await choose('Verify again');
    await page.getByText(`${name} is as it was made`).waitFor();

    const download = page.waitForEvent('download');
    await choose('Download');
    expect((await download).suggestedFilename()).toBe(name);

    await choose('Details');
    await page.getByRole('dialog').getByText('SHA-256').waitFor();
    expect(await page.getByRole('dialog').innerText()).toMatch(/[0-9a-f]{64}/);
    await page.keyboard.press('Escape');

    await register(platform, 'late', 'consumer', operator);
    await choose('Restore …');
    const question = page.getByRole('dialog', { name: `Restore ${name}` });
    const sure = question.getByRole('button', { name: 'Restore this backup' });
    expect(await sure.isDisabled()).toBe(true);
    await question.getByRole('textbox').fill('xenblocks');
    expect(await sure.isDisabled()).toBe(true);
    await question.getByRole('textbox').fill(name);
    await sure.click();
    await page.locator('[data-job="restore"]').waitFor();
    await page.getByText(`${name} is restored`).waitFor({ timeout: 60_000 });
    await page.locator('[data-restore="ok"]').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await row.getByText('Before a restore').waitFor();

    const balanceOf = (id: string) =>
      call<{ balance: number }>(platform, 'GET', `/api/accounts/${id}/balance`, { who: operator });
    expect((await balanceOf('early')).body.balance).toBe(7);
    expect((await balanceOf('late')).status).toBe(404);
    await waitFor(async () => (await online()) === workers, 'the simulated fleet after the restore');

    await choose('Delete …');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText(`${name} is deleted`).waitFor();
    await expect.poll(() => table.getByText(name, { exact: true }).count()).toBe(0);
  });

  test('a backup that does not fit says why', async () => {
    const platform = await startTestPlatform();
    const operator = admin(platform);
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/system/backups',
      as: operator,
      expectedErrors: [/507/],
    });
    // Whatever the machine's disk: the platform's refusal is shown as it is.
    await page.route('**/api/admin/backups', (route, request) =>
      request.method() === 'POST'
        ? route.fulfill({ status: 507, json: { detail: 'The disk has too little room for a backup.' } })
        : route.fallback(),
    );
    await page.getByRole('button', { name: 'Back up now' }).click();
    await page.getByText('The disk has too little room for a backup.').waitFor();
    expect(await page.getByRole('button', { name: 'Back up now' }).isEnabled()).toBe(true);
  });
});
