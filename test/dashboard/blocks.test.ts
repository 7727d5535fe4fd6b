import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Block } from '../../src-main/contract/domain/block.ts';
import { admin, newWallet, ok, signIn } from '../support/accounts.ts';
import { MiningMiner } from '../support/mining-miner.ts';
import { accountBlock, leaseBlock, leasePrefix, networkBlock, xuniBlock } from '../support/proof-vectors.ts';
import { TestMiner } from '../support/test-miner.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { waitFor } from '../support/wait-for.ts';
import { describeInBrowser } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll, openDashboard, phone } from './support/dashboard.ts';
import { startShowcase } from './support/showcase.ts';

const goal = { marker: 'X1', memory: 8 };
const proofFlags = ['--block-marker', goal.marker, '--difficulty', String(goal.memory)];

const table = (page: Page) => page.getByRole('grid', { name: 'Blocks' });
const rows = (page: Page) => table(page).locator('[data-row-id]');
const steps = (page: Page) => page.getByRole('listitem').filter({ has: page.locator('svg') });
const step = (page: Page, name: string) => steps(page).filter({ hasText: name });

async function newest(platform: TestPlatform, query = ''): Promise<Block[]> {
  return (await platform.get<{ items: Block[] }>(`/api/blocks?${query}`)).items;
}

/** Waits until so many blocks are recorded, and gives them, newest first. */
const recorded = (platform: TestPlatform, count: number) =>
  waitFor(async () => {
    const blocks = await newest(platform);
    return blocks.length === count && blocks;
  }, `${count} blocks`);

describeInBrowser('the blocks pages', (browser) => {
  test('a new block comes to the top by itself; filters and search stand in the address', async () => {
    const platform = await startTestPlatform({ args: proofFlags });
    const owner = newWallet();
    const rig = await MiningMiner.connect(
      { workerId: 'rig-1', mqttUrl: platform.mqttUrl, ethAddress: owner.address },
      goal,
    );
    await rig.miner.introduce();
    const { page } = await openDashboard({ browser: browser(), platform, path: '/blocks' });
    await page.getByText('No block has been reported yet').waitFor();

    const { key } = await rig.mineBlock();
    await rows(page).first().getByText('Proven').waitFor();
    await rig.miner.block({ hash: '0000abcd' });
    await rows(page).first().getByText('Unproven').waitFor();
    expect(await rows(page).count()).toBe(2);

    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('option', { name: 'Unproven' }).click();
    await page.keyboard.press('Escape');
    await page.waitForURL('**/blocks?verdict=unproven');
    await waitFor(async () => (await rows(page).count()) === 1, 'the unproven one');
    await page.getByRole('button', { name: 'Remove filter Proof: Unproven' }).click();
    await page.waitForURL('**/blocks');
    await waitFor(async () => (await rows(page).count()) === 2, 'both');

    await page.keyboard.press('/');
    await page.keyboard.type(key.slice(0, 10));
    await page.waitForURL(`**/blocks?q=${key.slice(0, 10)}`);
    await waitFor(async () => (await rows(page).count()) === 1, 'the one with this key');
    await page.reload();
    await waitFor(async () => (await rows(page).count()) === 1, 'the same view');
    const [, first] = await newest(platform);
    await rows(page).first().click();
    await page.waitForURL(`**/blocks/${first!.block_id}`);
    await page.getByRole('heading', { level: 1, name: `Block ${first!.block_id}` }).waitFor();

    await page.goBack();
    await page.getByRole('searchbox').fill('zz');
    await page.getByText('Give at least four characters').waitFor();
    await page.getByRole('searchbox').fill('zzzz');
    await page.getByText('No block fits these filters').waitFor();
  });

  test('goes through pages of the platform', async () => {
    const { platform } = await startShowcase({ days: 1, workers: 0 });
    const { total } = await platform.get<{ total: number }>('/api/blocks?limit=1');
    expect(total).toBeGreaterThan(100);
    const { page } = await openDashboard({ browser: browser(), platform, path: '/blocks?page=2' });
    const [first] = await newest(platform, 'limit=1&offset=50');
    await table(page).locator(`[data-row-id="${first!.block_id}"]`).waitFor();
    await page.getByRole('button', { name: 'Next page' }).click();
    await page.waitForURL('**/blocks?page=3');
    const [third] = await newest(platform, 'limit=1&offset=100');
    await table(page).locator(`[data-row-id="${third!.block_id}"]`).waitFor();
  });

  test('a block is taken apart, and the browser proves it by itself', async () => {
    const platform = await startTestPlatform({ args: ['--difficulty', '8'] });
    const miner = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl });
    await miner.introduce();
    await miner.block(accountBlock);
    await miner.block({ ...leaseBlock, account: `0x${'1'.repeat(40)}` });
    const [foreign, own] = await recorded(platform, 2);
    const { page, go } = await openDashboard({
      browser: browser(),
      platform,
      path: `/blocks/${own!.block_id}`,
      expectedErrors: [/404/],
    });
    await page.getByText('It counts for rig-1.').waitFor();
    expect(await page.locator('mark').allInnerTexts()).toEqual(['XEN11']);
    await page.getByText('the bytes of account').waitFor();
    await page.getByRole('button', { name: 'Check the proof' }).click();
    await page.getByText('The proof is right').waitFor();
    await page.getByText(/^Argon2id took [\d.]+ ms and 8 KiB here\. The platform says the same\.$/).waitFor();
    expect(await step(page, 'Argon2id of the key gives the tag').innerText()).toContain('The same 64 bytes');
    expect(await step(page, 'Marker in the tag').innerText()).toContain('Normal block: XEN11');

    await go(`/blocks/${foreign!.block_id}`);
    await page.getByText('It does not count.').waitFor();
    await page.getByRole('button', { name: 'Check the proof' }).click();
    await page.getByText('The proof is not right').waitFor();
    expect(await step(page, 'Salt is the account').innerText()).toContain(
      'The salt is not the account that the report names',
    );
    expect(await step(page, 'Argon2id of the key gives the tag').innerText()).toContain('The same 64 bytes');

    await go('/blocks/999999');
    await page.getByText('There is no block with this number').waitFor();
    await go('/blocks/nonsense');
    await page.getByText('There is no block with this number').waitFor();
  });

  test('the prefix of a lease is compared for its parties, and kept from others', async () => {
    const platform = await startTestPlatform({ args: proofFlags });
    const [owner, renter] = [newWallet(), newWallet()];
    const rig = await MiningMiner.connect(
      { workerId: 'rig-1', mqttUrl: platform.mqttUrl, ethAddress: owner.address },
      goal,
    );
    await rig.miner.introduce();
    const asRenter = await signIn(platform, renter);
    const account = renter.address.toLowerCase();
    await ok(platform, 'POST', `/api/accounts/${account}/deposit`, {
      who: admin(platform),
      body: { amount: 50 },
    });
    const { lease_id, prefix } = await ok<{ lease_id: string; prefix: string }>(
      platform,
      'POST',
      '/api/rent',
      { who: asRenter, body: { worker_id: 'rig-1', duration_sec: 600 } },
    );
    await rig.leased(lease_id);
    await rig.mineBlock();
    const [block] = await recorded(platform, 1);
    const path = `/blocks/${block!.block_id}`;
    const { page } = await openDashboard({ browser: browser(), platform, path, as: asRenter });
    await page.locator('mark', { hasText: prefix }).waitFor();
    await page.getByText('It counts for rig-1 and for its lease.').waitFor();
    await page.getByRole('button', { name: 'Check the proof' }).click();
    await page.getByText('The proof is right').waitFor();
    expect(await step(page, 'Key begins with the prefix').innerText()).toContain(prefix);

    const { page: other } = await openDashboard({ browser: browser(), platform, path });
    await other.getByRole('button', { name: 'Check the proof' }).click();
    await other.getByText('The proof is right').waitFor();
    expect(await step(other, 'Key begins with the prefix').innerText()).toContain(
      'Only the parties of the lease know its prefix',
    );
  });

  test('any proof can be pasted and checked; the page stays quick while it is computed', async () => {
    const platform = await startTestPlatform();
    const { page } = await openDashboard({ browser: browser(), platform, path: '/blocks' });
    await page.getByRole('button', { name: 'Check a proof' }).click();
    const form = page.getByRole('dialog', { name: 'Check any proof' });
    const check = async (hash: string, key: string, more: Record<string, string> = {}) => {
      await form.getByLabel('Hash').fill(hash);
      await form.getByLabel('Key', { exact: true }).fill(key);
      await form.getByLabel('Account').fill(more['account'] ?? '');
      await form.getByLabel('Prefix').fill(more['prefix'] ?? '');
      await form.getByRole('button', { name: 'Check the proof' }).click();
    };
    await check(networkBlock.hash, networkBlock.key);
    await form.getByText('The proof is right').waitFor();
    await form.getByText(/and 1\.3 MiB here/).waitFor();
    await form.getByText('The salt belongs to no account.').waitFor();

    await check(leaseBlock.hash, leaseBlock.key, { account: leaseBlock.account, prefix: leasePrefix });
    await form.getByText('The proof is right').waitFor();
    await check(xuniBlock.hash, xuniBlock.key.toUpperCase(), { account: xuniBlock.account });
    await form.getByText('Argon2id of the key does not give the tag').waitFor();
    await check('nothing', 'at all');
    await form.getByText('The hash is not a PHC string').waitFor();

    // 256 MiB: whatever is typed meanwhile is there at once.
    await check(networkBlock.hash.replace('m=1327', 'm=262144'), networkBlock.key);
    await form.getByText('Computing Argon2id with 256 MiB').waitFor();
    const longest = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          let before = performance.now();
          let pause = 0;
          let left = 20;
          const tick = () => {
            const now = performance.now();
            pause = Math.max(pause, now - before);
            before = now;
            left -= 1;
            if (left > 0) requestAnimationFrame(tick);
            else resolve(pause);
          };
          requestAnimationFrame(tick);
        }),
    );
    expect(longest).toBeLessThan(500);
    await form.getByText('The proof is not right').waitFor();
  });

  test.each(['light', 'dark'] as const)('are accessible in %s, on a phone, too', async (theme) => {
    const { platform } = await startShowcase({ days: 1, workers: 2, blockIntervalSec: 2 });
    const [proven] = await waitFor(async () => {
      const blocks = await newest(platform, 'verified=proven');
      return blocks.length > 0 && blocks;
    }, 'a proven block');
    const { page, go } = await openDashboard({ browser: browser(), platform, path: '/blocks', theme });
    await rows(page).first().waitFor();
    await expectAccessible(page);
    await go(`/blocks/${proven!.block_id}`);
    await page.getByRole('button', { name: 'Check the proof' }).click();
    await page.getByText('The proof is right').waitFor();
    await expectAccessible(page);
    await page.setViewportSize(phone);
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await go('/blocks');
    await page
      .getByText(/^Block \d+$/)
      .first()
      .waitFor();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Check a proof' }).click();
    await page.getByRole('dialog', { name: 'Check any proof' }).waitFor();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });
});
