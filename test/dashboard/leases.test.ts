import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Lease, LeaseDetails, Settlement } from '../../src-main/contract/domain/lease.ts';
import { admin, deposit, newWallet, ok, register, signIn, type Who } from '../support/accounts.ts';
import { MiningMiner } from '../support/mining-miner.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { waitFor } from '../support/wait-for.ts';
import { exact, savedBy, valueOf } from './support/amounts.ts';
import { describeInBrowser } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll, openDashboard, phone } from './support/dashboard.ts';
import { startShowcase } from './support/showcase.ts';

const goal = { marker: 'X1', memory: 8 };
const proofFlags = ['--block-marker', goal.marker, '--difficulty', String(goal.memory)];

const nameOf = (leaseId: string) => leaseId.slice('lease-'.length, 'lease-'.length + 8);
const table = (page: Page) => page.getByRole('grid', { name: 'Leases' });
const rowOf = (page: Page, leaseId: string) =>
  table(page)
    .getByRole('row')
    .filter({ hasText: nameOf(leaseId) });

const detailsOf = (platform: TestPlatform, leaseId: string, who: Who = admin(platform)) =>
  ok<LeaseDetails>(platform, 'GET', `/api/leases/${leaseId}`, { who });

const listOf = (platform: TestPlatform, query: string) =>
  ok<{ items: Lease[]; total: number }>(platform, 'GET', `/api/leases?${query}`, { who: admin(platform) });

async function choose(page: Page, option: string): Promise<void> {
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page.getByRole('option', { name: option }).click();
  await page.keyboard.press('Escape');
}

/** A rig of a provider that a renter with 100 credits has rented; it mines for the lease. */
async function startLease() {
  const platform = await startTestPlatform({ args: proofFlags });
  const [owner, renter] = [newWallet(), newWallet()];
  const rig = await MiningMiner.connect(
    { workerId: 'rig-1', mqttUrl: platform.mqttUrl, ethAddress: owner.address },
    goal,
  );
  await rig.miner.introduce();
  await rig.miner.heartbeat({ hashrate: 1650 });
  const [asOwner, asRenter] = [await signIn(platform, owner), await signIn(platform, renter)];
  await deposit(platform, renter.address.toLowerCase(), 100);
  const rent = () =>
    ok<{ lease_id: string }>(platform, 'POST', '/api/rent', {
      who: asRenter,
      body: { worker_id: 'rig-1', duration_sec: 3600, consumer_address: renter.address },
    });
  return { platform, rig, renter, asOwner, asRenter, rent };
}

describeInBrowser('the leases', (browser) => {
  test('are all there for the operator; filters and page stand in the address', async () => {
    const { platform, operator } = await startShowcase({ workers: 0, days: 4 });
    const all = await listOf(platform, 'limit=100');
    const { page } = await openDashboard({ browser: browser(), platform, path: '/leases', as: operator });
    await page.getByText(`${all.total} entries`).waitFor();
    await rowOf(page, all.items[0]!.lease_id).waitFor();
    await page.getByRole('button', { name: 'Next page' }).click();
    await page.waitForURL('**/leases?page=2');
    await rowOf(page, all.items[50]!.lease_id).waitFor();

    // A filter starts at its first page.
    await choose(page, 'Cancelled');
    await page.waitForURL('**/leases?state=cancelled');
    const cancelled = await listOf(platform, 'state=cancelled');
    expect(cancelled.total).toBeGreaterThan(0);
    await page.getByText(new RegExp(`^${cancelled.total} entr`)).waitFor();

    const sought = all.items.find(({ state }) => state === 'completed')!;
    await page.getByRole('button', { name: 'Remove filter State: Cancelled' }).click();
    await page.keyboard.press('/');
    await page.keyboard.type(nameOf(sought.lease_id));
    await page.waitForURL(`**/leases?q=${nameOf(sought.lease_id)}`);
    await page.getByText('1 entry').waitFor();
    await page.reload();
    await page.getByText('1 entry').waitFor();
    const row = await rowOf(page, sought.lease_id).innerText();
    expect(row).toContain(exact(sought.total_cost!));
    expect(row).toContain('Completed');

    await page.getByRole('searchbox').fill('no-such-lease');
    await page.getByText('Nothing matches these filters').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByText(`${all.total} entries`).waitFor();
  });

  test('show others what they take part in, and a new one at the moment it begins', async () => {
    const { platform, asOwner, asRenter, rent } = await startLease();
    const { page } = await openDashboard({ browser: browser(), platform, path: '/leases', as: asRenter });
    await page.getByText('No leases yet').waitFor();
    const { lease_id: leaseId } = await rent();
    await rowOf(page, leaseId).getByText('Active').waitFor();
    await rowOf(page, leaseId)
      .getByText(/59 min left/)
      .waitFor();
    await page.getByRole('radio', { name: 'As provider' }).click();
    await page.waitForURL('**/leases?as=provider');
    await page.getByText('No leases yet').waitFor();

    const owner = await openDashboard({
      browser: browser(),
      platform,
      path: '/leases?as=provider',
      as: asOwner,
    });
    await rowOf(owner.page, leaseId).click();
    await owner.page.waitForURL(`**/leases/${leaseId}`);
    await owner.page.getByRole('heading', { name: `Lease ${nameOf(leaseId)}` }).waitFor();
    // Whose money it is not can't stop it.
    await owner.page.getByRole('heading', { name: 'Statement' }).waitFor();
    expect(await owner.page.getByRole('button', { name: 'Stop lease' }).count()).toBe(0);
  });

  test('a lease is stopped by its renter; its statement says what the platform settled, to the last digit', async () => {
    const { platform, rig, asRenter, rent } = await startLease();
    const { lease_id: leaseId } = await rent();
    await rig.leased(leaseId);
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: `/leases/${leaseId}`,
      as: asRenter,
    });
    await page.getByText('As of now').waitFor();
    await page.getByText('No blocks yet').waitFor();
    const { key } = await rig.mineBlock();
    await page.getByRole('grid', { name: 'Blocks of this lease' }).getByText(key).waitFor();
    await page
      .getByText(/were to be expected/)
      .or(page.getByText(/too little work/))
      .first()
      .waitFor();

    await page.getByRole('button', { name: 'Stop lease' }).click();
    const question = page.getByRole('dialog', {
      name: new RegExp(`Stop lease ${nameOf(leaseId)} and settle`),
    });
    await question.getByText(/rig-1 is released at once/).waitFor();
    await question.getByRole('button', { name: 'Cancel' }).click();
    expect((await detailsOf(platform, leaseId)).state).toBe('active');
    await page.getByRole('button', { name: 'Stop lease' }).click();
    await question.getByRole('button', { name: 'Stop lease' }).click();
    await page.getByText(`Lease ${nameOf(leaseId)} is stopped`).waitFor();
    await page.getByText('Final', { exact: true }).waitFor();

    const { statement, settlement } = await detailsOf(platform, leaseId);
    expect(settlement).toBeDefined();
    await page.getByText(`It cost ${exact(settlement!.total_cost)} credits`).waitFor();
    const figures = {
      'Price per minute': statement.price_per_min,
      'Held at the start': settlement!.held,
      Cost: settlement!.total_cost,
      'To the provider': settlement!.provider_payout,
      'To the platform': settlement!.platform_fee,
      'Returned to the renter': settlement!.refund,
    };
    for (const [name, amount] of Object.entries(figures))
      expect(await valueOf(page, name), name).toBe(exact(amount));
    expect(await valueOf(page, 'Billed')).toBe(`${statement.billed_sec} s`);
    for (const line of statement.explanation) await page.getByText(line, { exact: true }).waitFor();
    expect(await valueOf(page, 'Ended because')).toBe('The renter stopped it');
    expect(await page.getByRole('button', { name: 'Stop lease' }).count()).toBe(0);

    const { name, bytes } = await savedBy(page, () =>
      page.getByRole('button', { name: 'Export CSV' }).click(),
    );
    expect(name).toMatch(new RegExp(`^lease-${nameOf(leaseId)}-blocks-.*\\.csv$`));
    expect(bytes.toString()).toContain(key);

    // On paper the statement stands alone, dark on white.
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByRole('heading', { name: 'Statement' }).isVisible()).toBe(true);
    expect(await page.getByRole('navigation', { name: 'Main navigation' }).first().isVisible()).toBe(false);
    expect(await page.getByRole('grid', { name: 'Blocks of this lease' }).isVisible()).toBe(false);
    const background = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    expect(background).toBe('rgb(255, 255, 255)');
  });

  test('a statement lists each outage with its cause', async () => {
    const { platform, operator } = await startShowcase({ workers: 0, days: 7 });
    const { items } = await ok<{ items: Settlement[] }>(platform, 'GET', '/api/settlements?limit=500', {
      who: operator,
    });
    const interrupted = items.find(({ downtime_sec, total_cost }) => downtime_sec > 0 && total_cost > 0);
    expect(interrupted).toBeDefined();
    const { lease_id: leaseId } = interrupted!;
    const { statement } = await detailsOf(platform, leaseId);
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: `/leases/${leaseId}`,
      as: operator,
    });
    const outages = page.locator('section', {
      has: page.getByRole('heading', { name: 'When the worker was away' }),
    });
    await outages.last().waitFor();
    expect(await outages.last().getByRole('listitem').count()).toBe(statement.outages.length);
    expect(await valueOf(page, 'Worker away')).toBe(
      `− ${new Intl.NumberFormat('en-GB', { maximumFractionDigits: 3 }).format(statement.downtime_sec)} s`,
    );
  });

  test('a lease of others, and one that is not there, are said in words', async () => {
    const { platform, rent } = await startLease();
    const { lease_id: leaseId } = await rent();
    const stranger = await register(platform, 'stranger');
    const { page, go } = await openDashboard({
      browser: browser(),
      platform,
      path: `/leases/${leaseId}`,
      as: stranger,
      expectedErrors: [/403/, /404/],
    });
    await page.getByText('This lease belongs to others').waitFor();
    await go('/leases/lease-0');
    await page.getByText('There is no such lease').waitFor();
    await page.getByRole('link', { name: 'All leases' }).click();
    await page.waitForURL('**/dashboard/leases');
  });

  test.each(['light', 'dark'] as const)('are accessible in %s, on a phone, too', async (theme) => {
    const { platform, rig, asRenter, rent } = await startLease();
    const { lease_id: leaseId } = await rent();
    await rig.leased(leaseId);
    await rig.mineBlock();
    const { page, go } = await openDashboard({
      browser: browser(),
      platform,
      path: '/leases',
      theme,
      as: asRenter,
    });
    await rowOf(page, leaseId).waitFor();
    await expectAccessible(page);
    await go(`/leases/${leaseId}`);
    await page.getByRole('heading', { name: 'Statement' }).waitFor();
    await waitFor(() => page.getByRole('grid', { name: 'Blocks of this lease' }).isVisible(), 'the blocks');
    await expectAccessible(page);
    await page.setViewportSize(phone);
    await page.getByRole('list', { name: 'Blocks of this lease' }).waitFor();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await go('/leases');
    await page.getByRole('list', { name: 'Leases', exact: true }).waitFor();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  });
});
