import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { LeaseDetails } from '../../src-main/contract/domain/lease.ts';
import type { Listing } from '../../src-main/contract/domain/market.ts';
import { admin, newWallet, ok, register, signIn } from '../support/accounts.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { MiningMiner } from '../support/mining-miner.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { waitFor } from '../support/wait-for.ts';
import { describeInBrowser } from './support/browser.ts';
import { installWallet } from './support/browser-wallet.ts';
import {
  desktop,
  expectAccessible,
  expectNoSidewaysScroll,
  openDashboard,
  phone,
} from './support/dashboard.ts';
import { rentSome, startShowcase } from './support/showcase.ts';

const goal = { marker: 'X1', memory: 8 };
const proofFlags = ['--block-marker', goal.marker, '--difficulty', String(goal.memory)];

const cards = (page: Page) => page.getByRole('article');
const card = (page: Page, id: string) => page.getByRole('article', { name: id, exact: true });
const dialog = (page: Page) => page.getByRole('dialog');
const estimate = (page: Page) => page.getByRole('region', { name: 'What it comes to' });

const listings = (platform: TestPlatform, query: string) =>
  platform.get<{ items: Listing[]; total: number }>(`/api/marketplace?limit=24&${query}`);

/** A rig of a wallet that mines real proofs for whoever rents it. */
async function connectRig(platform: TestPlatform, workerId: string, ethAddress: string) {
  const rig = await MiningMiner.connect({ workerId, mqttUrl: platform.mqttUrl, ethAddress }, goal);
  await rig.miner.introduce();
  await rig.miner.heartbeat({ hashrate: 1650 });
  return rig;
}

async function deposit(platform: TestPlatform, accountId: string, amount: number): Promise<void> {
  const path = `/api/accounts/${encodeURIComponent(accountId)}/deposit`;
  await ok(platform, 'POST', path, { who: admin(platform), body: { amount } });
}

describeInBrowser('the market', (browser) => {
  test('shows what is for rent; filters, order and page stand in the address', async () => {
    const { platform } = await startShowcase({ days: 0, workers: 30 });
    const { page } = await openDashboard({ browser: browser(), platform, path: '/market' });
    await page.getByText('30 workers').waitFor();
    await waitFor(async () => (await cards(page).count()) === 24, 'a page of cards');
    await page.getByRole('button', { name: 'Next page' }).click();
    await page.waitForURL('**/market?page=2');
    await waitFor(async () => (await cards(page).count()) === 6, 'the rest of them');

    await page.keyboard.press('/');
    await page.keyboard.type('4090');
    await page.waitForURL('**/market?gpu=4090');
    const found = await listings(platform, 'gpu_type=4090');
    expect(found.total).toBeGreaterThan(0);
    await page
      .getByText(found.total === 1 ? '1 worker' : `${found.total} workers`, { exact: true })
      .waitFor();
    await waitFor(async () => (await cards(page).count()) === found.items.length, 'those with such a GPU');
    for (const title of await page.getByRole('heading', { level: 3 }).allInnerTexts())
      expect(title).toContain('4090');

    await page.getByLabel('GPU model').fill('');
    await page.getByLabel('GPUs from').fill('8');
    await page.waitForURL('**/market?min_gpus=8');
    await page.getByLabel('Order').selectOption({ label: 'Highest hashrate' });
    await page.waitForURL('**/market?min_gpus=8&sort=hashrate');
    const large = await listings(platform, 'min_gpus=8&sort_by=hashrate');
    await waitFor(async () => (await cards(page).count()) === large.total, 'the large ones');

    // The address alone brings the same view back, and a table shows the same.
    await page.reload();
    await waitFor(async () => (await cards(page).count()) === large.total, 'the same view');
    await page.getByRole('radio', { name: 'Table' }).click();
    await page.getByRole('grid', { name: 'Listings' }).waitFor();
    await page.getByRole('button', { name: 'Memory', exact: true }).click();
    await page.waitForURL('**/market?min_gpus=8&sort=memory');
    await page.reload();
    await page.getByRole('grid', { name: 'Listings' }).waitFor();

    await page.getByLabel('GPU model').fill('no such card');
    await page.getByText('No worker fits these filters').waitFor();
  });

  test('explains a reputation with the figures to compute it again', async () => {
    const { platform, workerIds } = await startShowcase({ days: 0, workers: 3 });
    const [id = ''] = workerIds;
    const { page } = await openDashboard({ browser: browser(), platform, path: '/market' });
    await card(page, id)
      .getByRole('button', { name: /of 5 stars/ })
      .click();
    const breakdown = page.getByRole('dialog', { name: /of 5 stars/ });
    await breakdown.waitFor();
    const { breakdown: of } = (await listings(platform, '')).items.find(
      ({ worker_id }) => worker_id === id,
    )!.reputation;
    const completion = breakdown.getByRole('meter', { name: 'Leases completed' });
    expect(await completion.getAttribute('aria-valuetext')).toBe('none yet → 30 of 30');
    expect(of.completion_score).toBe(30);
    await breakdown.getByText(/^Reputation [\d.]+ of 100$/).waitFor();
    await breakdown.getByText(/of 100 →/).waitFor();
    await breakdown.getByText(/of 90 days →/).waitFor();
  });

  test('an owner takes over the suggested price, and takes it back', async () => {
    const platform = await startTestPlatform({ args: proofFlags });
    const owner = newWallet();
    await connectRig(platform, 'rig-1', owner.address);
    await connectRig(platform, 'rig-2', newWallet().address);
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/market',
      as: await signIn(platform, owner),
    });
    await card(page, 'rig-1').getByText('Yours').waitFor();
    await card(page, 'rig-1').getByText('Suggested for its GPUs: 2.40 / min').waitFor();
    expect(await card(page, 'rig-2').getByText('Yours').count()).toBe(0);
    await card(page, 'rig-1').getByRole('button', { name: 'Use it' }).click();
    await page.getByText('rig-1 costs 2.40 a minute now').waitFor();
    await card(page, 'rig-1').getByText('Your price is the one suggested for its GPUs').waitFor();
    const price = async () =>
      (await platform.get<{ price_per_min: number }>('/api/workers/rig-1/pricing')).price_per_min;
    expect(await price()).toBe(2.4);
    await page.getByRole('button', { name: 'Undo' }).click();
    await waitFor(async () => (await price()) === 0.6, 'the price before');
  });

  test('says what is missing, and what is wrong with an address, before anything is sent', async () => {
    const platform = await startTestPlatform({ args: proofFlags });
    await connectRig(platform, 'rig-1', newWallet().address);
    const renter = newWallet();
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/market?rent=rig-1',
      as: await signIn(platform, renter),
    });
    await estimate(page).getByText('36.00 credits are missing.').waitFor();
    const rent = dialog(page).getByRole('button', { name: /^Rent for/ });
    expect(await rent.isDisabled()).toBe(true);
    await deposit(platform, renter.address.toLowerCase(), 40);
    await page.reload();
    await estimate(page).getByText('40.00 → 4.00').waitFor();

    await dialog(page).getByLabel('Or your own').fill('1 week');
    await dialog(page).getByText('Write it such as').waitFor();
    await dialog(page).getByLabel('Or your own').fill('2 d');
    await dialog(page).getByText('Between 1 min and 1 d.').waitFor();
    await dialog(page).getByLabel('Or your own').fill('30 min');
    await dialog(page).getByRole('button', { name: 'Rent for 18.00 credits' }).waitFor();

    const address = dialog(page).getByLabel('Address to mine for');
    expect(await address.inputValue()).toBe(renter.address);
    await address.fill('0x123');
    await dialog(page).getByText('An address is 0x and 40 hexadecimal digits.').waitFor();
    const flipped = renter.address.replace(/[a-f]/, (letter) => letter.toUpperCase());
    await address.fill(flipped === renter.address ? renter.address.toLowerCase() : flipped);
    await dialog(page).getByText('the capitals do not fit the digits').waitFor();
    await address.fill('');
    await rent.click();
    await dialog(page).getByText('Give the address that the blocks are mined for.').waitFor();
    const { total } = await ok<{ total: number }>(platform, 'GET', '/api/leases', { who: admin(platform) });
    expect(total).toBe(0);
  });

  test('renting any takes the cheapest that fits, at the price that was shown', async () => {
    const platform = await startTestPlatform({ args: proofFlags });
    const [owner, renter, other] = [newWallet(), newWallet(), newWallet()];
    await connectRig(platform, 'rig-1', owner.address);
    await connectRig(platform, 'rig-2', owner.address);
    await ok(platform, 'PUT', '/api/workers/rig-2/pricing', {
      who: admin(platform),
      body: { price_per_min: 0.25 },
    });
    const [asRenter, asOther] = [await signIn(platform, renter), await signIn(platform, other)];
    await deposit(platform, renter.address.toLowerCase(), 100);
    await deposit(platform, other.address.toLowerCase(), 100);
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/market',
      as: asRenter,
      expectedErrors: [/404/],
    });
    await page.getByRole('button', { name: 'Rent any' }).click();
    await estimate(page).getByText('rig-2').waitFor();
    const rent = dialog(page).getByRole('button', { name: 'Rent for 15.00 credits' });
    await rent.waitFor();
    // Somebody is faster: nothing else is rented at another price, and the next offer is shown.
    await ok(platform, 'POST', '/api/rent', {
      who: asOther,
      body: { worker_id: 'rig-2', duration_sec: 600, consumer_address: other.address },
    });
    await rent.click();
    await dialog(page).getByRole('alert').waitFor();
    await estimate(page).getByText('rig-1').waitFor();
    await dialog(page).getByRole('button', { name: 'Rent for 36.00 credits' }).click();
    await page.getByText('rig-1 is yours for 1 h').waitFor();
    const { items } = await ok<{ items: LeaseDetails[] }>(platform, 'GET', '/api/leases', {
      who: admin(platform),
    });
    expect(items.map(({ worker_id, consumer_id }) => [worker_id, consumer_id])).toEqual([
      ['rig-1', renter.address.toLowerCase()],
      ['rig-2', other.address.toLowerCase()],
    ]);
  });

  test('from signing in with a wallet over a lease that mines to its statement', async () => {
    const clock = new ManualClock(Date.now());
    const platform = await startTestPlatform({ clock, args: proofFlags });
    const [owner, renter] = [newWallet(), newWallet()];
    const account = renter.address.toLowerCase();
    const rig = await connectRig(platform, 'rig-1', owner.address);
    // The account is there already, and has some credits.
    await signIn(platform, renter);
    await deposit(platform, account, 20);
    let isWilling = false;
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/market',
      prepare: (context) => installWallet(context, renter, { agrees: () => isWilling }),
    });

    await card(page, 'rig-1').getByRole('button', { name: 'Rent rig-1' }).click();
    await dialog(page).getByText('With a wallet or a renter’s key.').waitFor();
    await dialog(page).getByRole('radio', { name: '15 min' }).click();
    await estimate(page).getByText('9.00', { exact: true }).first().waitFor();
    await dialog(page).getByRole('link', { name: 'Sign in to rent' }).click();
    await page.getByRole('button', { name: 'Sign in with Test wallet' }).click();
    await page.getByText('The wallet was told not to sign.').waitFor();
    isWilling = true;
    await page.getByRole('button', { name: 'Sign in with Test wallet' }).click();
    await page.waitForURL('**/market?rent=rig-1');

    await dialog(page).getByRole('radio', { name: '15 min' }).click();
    await estimate(page).getByText('20.00 → 11.00').waitFor();
    expect(await dialog(page).getByLabel('Address to mine for').inputValue()).toBe(renter.address);
    await dialog(page).getByRole('button', { name: 'Rent for 9.00 credits' }).click();
    await page.getByText('rig-1 is yours for 15 min').waitFor();
    await dialog(page).waitFor({ state: 'detached' });
    await card(page, 'rig-1').waitFor({ state: 'detached' });
    const { items } = await ok<{ items: LeaseDetails[] }>(platform, 'GET', '/api/leases', {
      who: admin(platform),
    });
    const [{ lease_id: leaseId } = { lease_id: '' }] = items;
    await rig.leased(leaseId);

    // It mines; the page follows by itself.
    await page.locator('nav').getByRole('link', { name: 'Renter' }).click();
    const active = page.getByRole('article');
    await active.getByText('rig-1').waitFor();
    clock.advance(30_000);
    await rig.miner.heartbeat({ hashrate: 1650 });
    await active.getByText('1.65 kH/s').waitFor();
    const { key } = await rig.mineBlock();
    await active.getByText('Blocks found').locator('..').getByText('1', { exact: true }).waitFor();
    clock.advance(60_000);
    await rig.miner.heartbeat({ hashrate: 1650 });
    await active.getByText('0.90 of 9.00 held').waitFor();

    // Stopped: what it costs is said before, and holds.
    await active.getByRole('button', { name: /^Stop lease/ }).click();
    await dialog(page).getByText('settle 0.90 credits').waitFor();
    await dialog(page).getByText('8.10 credits come back').waitFor();
    await dialog(page).getByRole('button', { name: 'Stop lease' }).click();
    await page.getByText('You rent nothing now').waitFor();
    const { settlement } = await ok<LeaseDetails>(platform, 'GET', `/api/leases/${leaseId}`, {
      who: admin(platform),
    });
    expect(settlement).toMatchObject({ total_cost: 0.9, refund: 8.1, blocks_found: 1 });
    const tile = (name: string) => page.getByRole('heading', { name }).locator('..');
    await tile('Free balance').getByText('19.10').waitFor();
    await tile('Held').getByText('0.00').waitFor();
    await tile('Spent').getByText('0.90').waitFor();

    // The statement, and the block that was found for it.
    await page.getByRole('grid', { name: 'History' }).locator('[data-row-id]').first().click();
    await page.waitForURL(`**/leases/${leaseId}`);
    await page.getByText('0.90').first().waitFor();
    await page.getByText(key.slice(0, 6)).first().waitFor();
  });

  test('a worker is rented for another account by the operator, and not at all with a provider’s key', async () => {
    const platform = await startTestPlatform({ args: proofFlags });
    await connectRig(platform, 'rig-1', newWallet().address);
    await register(platform, 'renter', 'consumer', {}, { eth_address: newWallet().address });
    const provider = await register(platform, 'farm', 'provider');
    await deposit(platform, 'renter', 40);
    const path = '/market?rent=rig-1';
    const { page } = await openDashboard({ browser: browser(), platform, path, as: admin(platform) });
    await dialog(page).getByLabel('Account that pays').fill('renter');
    await estimate(page).getByText('40.00 → 4.00').waitFor();
    await dialog(page).getByRole('button', { name: 'Rent for 36.00 credits' }).click();
    await page.getByText('rig-1 is yours for 1 h').waitFor();
    const { items } = await ok<{ items: LeaseDetails[] }>(platform, 'GET', '/api/leases', {
      who: admin(platform),
    });
    expect(items).toMatchObject([{ worker_id: 'rig-1', consumer_id: 'renter' }]);

    const { page: other } = await openDashboard({ browser: browser(), platform, path, as: provider });
    await dialog(other).getByText('This key belongs to a provider.').waitFor();
    expect(await dialog(other).getByRole('button', { name: /^Rent/ }).count()).toBe(0);
  });

  test.each(['light', 'dark'] as const)('is accessible in %s, on a phone, too', async (theme) => {
    const showcase = await startShowcase({ days: 0, workers: 5 });
    const { platform, walletToken } = showcase;
    const { page, go } = await openDashboard({
      browser: browser(),
      platform,
      path: '/market',
      theme,
      as: walletToken,
    });
    await cards(page).first().waitFor();
    await expectAccessible(page);
    await page.getByRole('radio', { name: 'Table' }).click();
    await page.getByRole('grid', { name: 'Listings' }).waitFor();
    await expectAccessible(page);
    await page.setViewportSize(phone);
    await cards(page).first().waitFor();
    await page.getByRole('button', { name: 'Filters' }).click();
    await page.getByLabel('Order').waitFor();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await go('/market?rent=*');
    await estimate(page).waitFor();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await rentSome(showcase, 2);
    await go('/renter');
    await page.getByRole('article').first().waitFor();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await page.setViewportSize(desktop);
    await page.getByRole('grid', { name: 'History' }).waitFor();
    await expectAccessible(page);
  });
});
