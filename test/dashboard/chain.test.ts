import { expect, test } from 'vitest';
import { ok } from '../support/accounts.ts';
import { believing, startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { describeInBrowser } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll, openDashboard, phone } from './support/dashboard.ts';

const account = '0x00000000000000000000000000000000000000aa';
const other = '0x00000000000000000000000000000000000000bb';

/** Submits a block, as a miner does; without proofs the text after the last `$` says what kind it is. */
async function submit(platform: TestPlatform, key: string, owner: string, tag = 'XEN11'): Promise<void> {
  await ok(platform, 'POST', '/verify', {
    body: {
      hash_to_verify: `$argon2id$${tag}`,
      key: key.padEnd(64, '0'),
      account: owner,
      worker: 'rig-7',
    },
  });
}

describeInBrowser('the chain page', (browser) => {
  test('shows the totals by type, counts and lists the blocks, and finds those of an address or a key', async () => {
    const platform = await startTestPlatform({ args: believing });
    await submit(platform, 'a1', account);
    await submit(platform, 'a2', account, `XEN11${'A'.repeat(50)}`);
    await submit(platform, 'b3', other, 'XUNI7');
    const { page } = await openDashboard({ browser: browser(), platform, path: '/chain' });
    const table = page.getByRole('grid', { name: 'Recent blocks' });
    await table.getByRole('row').nth(3).waitFor();
    const tile = (name: string) =>
      page.locator('section', { has: page.getByRole('heading', { name, exact: true }) });
    expect(await tile('Blocks').innerText()).toContain('3');
    expect(await tile('Miners').innerText()).toContain('2');
    expect(await tile('Next block').innerText()).toContain('4');
    expect(await tile('Xuni window').innerText()).toMatch(/(Open|Closed)\s+(closes|opens) in \d+/);
    await page.getByRole('img', { name: /Blocks by type: Normal: 1, .*Super: 1, .*Xuni: 1,/ }).waitFor();
    // The one bar that is not empty is the newest.
    await page.getByRole('slider', { name: /Blocks an hour.*highest 3, latest 3/ }).waitFor();

    await page.getByRole('searchbox').fill('b3');
    await expect.poll(() => table.getByRole('row').count()).toBe(2);
    await page.waitForURL('**/chain?q=b3');
    expect(await table.getByRole('row').nth(1).innerText()).toContain('Xuni');
    await page.getByRole('searchbox').fill('zz?');
    await page.getByText('No block matches').waitFor();
  });

  test('looks up the rewards of an address, and shows its blocks', async () => {
    const platform = await startTestPlatform({ args: believing });
    await submit(platform, 'a1', account);
    await submit(platform, 'a2', account);
    await submit(platform, 'b3', other);
    const { page } = await openDashboard({ browser: browser(), platform, path: '/chain' });
    const address = page.getByLabel('Address', { exact: true });
    await address.fill('0x12');
    await page.getByRole('button', { name: 'Look up' }).click();
    await page.getByText('Must be 0x and 40 hex digits').waitFor();
    await address.fill(account);
    await page.getByRole('button', { name: 'Look up' }).click();
    await page.getByText('20 coins').waitFor();
    await page.getByRole('button', { name: 'Show its blocks' }).click();
    await page.waitForURL(`**/chain?q=${account}`);
    await expect
      .poll(() => page.getByRole('grid', { name: 'Recent blocks' }).getByRole('row').count())
      .toBe(3);
  });

  test('a block that arrives is there by itself', async () => {
    const platform = await startTestPlatform({ args: [...believing, '--simulate', '2'] });
    const { page } = await openDashboard({ browser: browser(), platform, path: '/chain' });
    await page.getByText('The chain has no blocks yet').waitFor();
    await submit(platform, 'c1', account);
    await page.getByRole('grid', { name: 'Recent blocks' }).getByText('rig-7').waitFor();
  });

  test('says so where there is no chain simulator', async () => {
    const platform = await startTestPlatform({ args: ['--no-chain'] });
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/chain',
      expectedErrors: [/404/],
    });
    await page.getByText('There is no chain simulator here').waitFor();
  });

  test.each(['light', 'dark'] as const)('is accessible in %s, on a phone, too', async (theme) => {
    const platform = await startTestPlatform({ args: believing });
    await submit(platform, 'a1', account);
    const { page } = await openDashboard({ browser: browser(), platform, path: '/chain', theme });
    await page.getByRole('grid', { name: 'Recent blocks' }).getByText('rig-7').waitFor();
    await expectAccessible(page);
    await page.setViewportSize(phone);
    await page.getByRole('list', { name: 'Recent blocks' }).waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
  });
});
