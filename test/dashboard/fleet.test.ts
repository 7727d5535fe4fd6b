import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { admin } from '../support/accounts.ts';
import { TestMiner } from '../support/test-miner.ts';
import { startTestPlatform } from '../support/test-platform.ts';
import { waitFor } from '../support/wait-for.ts';
import { describeInBrowser } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll, openDashboard, phone } from './support/dashboard.ts';
import { rentSome, startShowcase } from './support/showcase.ts';

const table = (page: Page) => page.getByRole('grid', { name: 'Workers' });
const row = (page: Page, id: string) => table(page).locator(`[data-row-id="${id}"]`);
const selection = (page: Page) => page.getByRole('region', { name: 'Selection' });
const dialog = (page: Page) => page.getByRole('dialog');

/** Ids in the order in which they are shown. */
async function shownIds(page: Page): Promise<string[]> {
  const rows = await table(page)
    .locator('[data-row-id]')
    .evaluateAll((elements) =>
      elements
        .map((element) => ({
          id: element.getAttribute('data-row-id') ?? '',
          place: Number(element.getAttribute('aria-rowindex')),
        }))
        .toSorted((left, right) => left.place - right.place),
    );
  return rows.map(({ id }) => id);
}

/** Waits until something that is asked of the page holds. */
async function until(probe: () => Promise<boolean>, what: string): Promise<void> {
  await waitFor(probe, what);
}

describeInBrowser('the fleet page', (browser) => {
  test('shows every worker live; sorted by its headers, and by keyboard to a worker', async () => {
    const { platform, operator, workerIds } = await startShowcase({ days: 0, workers: 24 });
    const { page } = await openDashboard({ browser: browser(), platform, path: '/fleet', as: operator });
    await page.getByText('24 workers').waitFor();
    await page.getByText('24 online').waitFor();
    expect(await table(page).getAttribute('aria-rowcount')).toBe('25');
    const [first = ''] = workerIds;
    const hashrate = () => row(page, first).innerText();
    const before = await hashrate();
    await until(async () => (await hashrate()) !== before, 'another hashrate without a reload');

    await table(page).getByRole('button', { name: 'Worker', exact: true }).click();
    await page.waitForURL('**/fleet?sort=worker');
    await until(async () => (await shownIds(page))[0] === first, 'the first by name');
    await table(page).getByRole('button', { name: 'Worker', exact: true }).click();
    await page.waitForURL('**/fleet?sort=-worker');
    await until(async () => (await shownIds(page))[0] === workerIds.at(-1), 'the last by name');

    await row(page, workerIds.at(-1)!).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/fleet/${workerIds.at(-2)}`);
    await page.getByRole('heading', { level: 1, name: workerIds.at(-2)! }).waitFor();
  });

  test('keeps search and filters in the address, each filter with its count', async () => {
    const { platform, operator } = await startShowcase({ days: 0, workers: 24 });
    const { page } = await openDashboard({ browser: browser(), platform, path: '/fleet', as: operator });
    await page.getByText('24 workers').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('worker-01');
    await page.waitForURL('**/fleet?q=worker-01');
    await page.getByText('10 of 24 workers').waitFor();
    await page.getByRole('button', { name: 'Clear search' }).click();
    await page.getByText('24 workers').waitFor();

    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    const option = page.getByRole('option', { name: /RTX/ }).first();
    const [model = '', count = ''] = (await option.innerText()).split('\n').map((text) => text.trim());
    await option.click();
    await page.keyboard.press('Escape');
    expect(new URL(page.url()).searchParams.get('gpu')).toBe(model);
    await page.getByText(`${count} of 24 workers`).waitFor();
    expect(await shownIds(page)).toHaveLength(Number(count));

    await page.reload();
    await page.getByText(`${count} of 24 workers`).waitFor();
    await page.getByRole('button', { name: `Remove filter GPU: ${model}` }).click();
    await page.getByText('24 workers').waitFor();
    expect(new URL(page.url()).search).toBe('');

    await page.goto(`${platform.apiUrl}/dashboard/fleet?state=offline`);
    await page.getByText('Nothing matches these filters').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByText('24 workers').waitFor();
  });

  test('a selection outlives filters; pausing all that match is followed to its end, and so is resuming', async () => {
    const { platform, operator, workerIds } = await startShowcase({ days: 0, workers: 24 });
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/fleet?sort=worker',
      as: operator,
    });
    const box = (id: string) => page.getByRole('checkbox', { name: `Select ${id}` });
    await box(workerIds[0]!).click();
    await box(workerIds[2]!).click({ modifiers: ['Shift'] });
    await selection(page).getByText('3 selected').waitFor();
    await page.getByPlaceholder('Worker, address or GPU').fill('worker-02');
    await page.getByText('5 of 24 workers').waitFor();
    await selection(page).getByText('3 not in view').waitFor();
    await selection(page).getByRole('button', { name: 'Select all 5' }).click();
    await selection(page).getByText('5 selected').waitFor();

    await selection(page).getByRole('button', { name: 'Pause' }).click();
    await dialog(page).getByText('5 workers get it').waitFor();
    await dialog(page).getByRole('button', { name: 'Pause 5 workers' }).click();
    await dialog(page).getByText('All 5 are confirmed').waitFor();
    await dialog(page).getByText('The worker is IDLE.').first().waitFor();
    await dialog(page).getByRole('button', { name: 'Close' }).last().click();
    for (const id of await shownIds(page)) await row(page, id).getByText('Paused').waitFor();

    await page.keyboard.press('Escape');
    await selection(page).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByText('For all 5 workers shown').waitFor();
    await page.getByRole('menuitem', { name: 'Resume' }).click();
    await dialog(page).getByRole('button', { name: 'Resume 5 workers' }).click();
    await dialog(page).getByText('All 5 are confirmed').waitFor();
    const { items } = await platform.get<{ items: { state: string }[] }>(
      '/api/monitoring/fleet?state=AVAILABLE&limit=100',
    );
    expect(items).toHaveLength(24);
  });

  test('what did not arrive is said so, with its reason, and is tried again', async () => {
    const { platform, operator } = await startShowcase({ days: 0, workers: 3 });
    const miner = await TestMiner.connect({ workerId: 'deaf-rig', mqttUrl: platform.mqttUrl });
    await miner.introduce();
    await miner.heartbeat();
    await miner.client.unsubscribeAsync('xenminer/deaf-rig/control');
    const { page } = await openDashboard({ browser: browser(), platform, path: '/fleet', as: operator });
    await page.getByText('4 workers').waitFor();
    await page.getByRole('checkbox', { name: 'Select all that match' }).click();
    await selection(page).getByRole('button', { name: 'Pause' }).click();
    await dialog(page).getByRole('button', { name: 'Pause 4 workers' }).click();
    await dialog(page).getByText('Done: 3 confirmed, 1 not').waitFor();
    await dialog(page).getByRole('radio', { name: 'Failed 1' }).click();
    await dialog(page).getByText('the miner is not connected').waitFor();
    expect(await dialog(page).getByRole('listitem').filter({ hasText: 'deaf-rig' }).innerText()).toContain(
      'Undelivered',
    );

    await miner.client.subscribeAsync('xenminer/deaf-rig/control', { qos: 1 });
    await dialog(page).getByRole('button', { name: 'Try the failed one again' }).click();
    await waitFor(() => miner.controls.length > 0, 'the command');
    expect(miner.controls).toEqual([{ action: 'pause', config: {} }]);
    await dialog(page).getByText('0 of 1 are done').waitFor();
    await miner.status('IDLE');
    await dialog(page).getByText('It is confirmed').waitFor();
  });

  test('rented workers are left out unless they are asked for, with a warning', async () => {
    const showcase = await startShowcase({ days: 0, workers: 4 });
    const { platform, walletToken } = showcase;
    await rentSome(showcase, 1);
    await waitFor(async () => {
      const list = await platform.get<{ state: string }[]>('/api/workers');
      return list.some(({ state }) => state === 'MINING');
    }, 'the lease');
    await TestMiner.connect({ workerId: 'foreign', mqttUrl: platform.mqttUrl }).then((miner) =>
      miner.introduce(),
    );
    const { page } = await openDashboard({ browser: browser(), platform, path: '/fleet', as: walletToken });
    await page.getByText('5 workers').waitFor();
    await page.getByRole('checkbox', { name: 'Select all that match' }).click();
    await selection(page).getByRole('button', { name: 'Restart' }).click();
    await dialog(page).getByText('3 workers get it').waitFor();
    await dialog(page).getByText('1 is left out: it is rented out').waitFor();
    await dialog(page).getByText('1 is left out: it belongs to another account').waitFor();
    await dialog(page).getByRole('switch', { name: 'Also workers that are rented out' }).click();
    await dialog(page).getByText('4 workers get it').waitFor();
    await dialog(page).getByText('This ends or disturbs a lease under way').waitFor();
    await dialog(page).getByRole('button', { name: 'Cancel' }).click();
  });

  test('settings are checked before they are sent, and say how many they change', async () => {
    const { platform, operator } = await startShowcase({ days: 0, workers: 3 });
    const difficulties = async () =>
      (await platform.get<{ difficulty: number }[]>('/api/workers')).map(({ difficulty }) => difficulty);
    await until(
      async () => (await difficulties()).every((difficulty) => difficulty > 0),
      'a heartbeat of each',
    );
    const { page } = await openDashboard({ browser: browser(), platform, path: '/fleet', as: operator });
    await page.getByRole('checkbox', { name: 'Select all that match' }).click();
    await selection(page).getByRole('button', { name: 'Configure' }).click();
    const send = dialog(page).getByRole('button', { name: 'Configure 3 workers' });
    expect(await send.isDisabled()).toBe(true);
    await dialog(page).getByLabel('Difficulty', { exact: true }).fill('9');
    await dialog(page).getByText('changes for 3 workers').waitFor();
    await dialog(page).getByLabel('Address to mine for', { exact: true }).fill('0x12');
    await dialog(page).getByRole('alert').waitFor();
    expect(await send.isDisabled()).toBe(true);
    await dialog(page).getByRole('checkbox', { name: 'Change Address to mine for' }).click();
    await send.click();
    await dialog(page).getByText('All 3 are confirmed').waitFor();
    expect(await difficulties()).toEqual([9, 9, 9]);
  });

  test('without credentials nobody is offered a command; without workers it says how to begin', async () => {
    const platform = await startTestPlatform();
    const { page } = await openDashboard({ browser: browser(), platform, path: '/fleet' });
    await page.getByText('No worker yet').waitFor();
    const miner = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl });
    await miner.introduce();
    await row(page, 'rig-1').getByText('Available').waitFor();
    expect(await page.getByRole('checkbox').count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Actions' }).count()).toBe(0);
  });

  test.each(['light', 'dark'] as const)('is accessible in %s, on a phone, too', async (theme) => {
    const { platform, operator } = await startShowcase({ days: 1, workers: 8 });
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/fleet',
      as: operator,
      theme,
    });
    await row(page, 'sim-worker-001').waitFor();
    await page.getByRole('checkbox', { name: 'Select all that match' }).click();
    await expectAccessible(page);
    await selection(page).getByRole('button', { name: 'Configure' }).click();
    await dialog(page).getByLabel('Difficulty', { exact: true }).fill('0');
    await dialog(page).getByRole('alert').waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
    await selection(page).getByRole('button', { name: 'Resume' }).click();
    await dialog(page)
      .getByRole('button', { name: /^Resume \d+ workers$/ })
      .click();
    await dialog(page).getByText('Confirmed').first().waitFor();
    await expectAccessible(page);
    await dialog(page).getByRole('button', { name: 'Close' }).last().click();
    await page.setViewportSize(phone);
    await page.getByRole('list', { name: 'Workers' }).getByText('sim-worker-001').waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
  });
});

describeInBrowser('the page of a worker', (browser) => {
  test('says what it is and does, with its charts, states, settings and blocks', async () => {
    const { platform, operator, workerIds } = await startShowcase({
      days: 0,
      workers: 3,
      blockIntervalSec: 1,
    });
    const [id = ''] = workerIds;
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: `/fleet/${id}`,
      as: operator,
    });
    await page.getByRole('heading', { level: 1, name: id }).waitFor();
    await page.getByText('Available', { exact: true }).first().waitFor();
    await page.getByText(/^\d of \d GPUs? at work$/).waitFor();
    await page.getByLabel(new RegExp(`^Hashrate of ${id}`)).waitFor();
    await page.getByRole('slider', { name: new RegExp(`States of ${id}.*Available`) }).waitFor();
    await page
      .getByRole('grid', { name: `Blocks of ${id}` })
      .getByText('Proven')
      .first()
      .waitFor();
    const { items } = await platform.get<{ items: { worker_id: string; key: string }[] }>(
      `/api/blocks?worker_id=${id}&limit=1`,
    );
    expect(items[0]?.worker_id).toBe(id);
    await page.getByRole('radio', { name: '1 h' }).click();
    await page.getByRole('heading', { name: 'Honesty meter' }).waitFor();
  });

  test('pauses, resumes and configures, and shows live what became of it', async () => {
    const { platform, walletToken, workerIds } = await startShowcase({ days: 0, workers: 3 });
    const [id = ''] = workerIds;
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: `/fleet/${id}`,
      as: walletToken,
    });
    await page.getByRole('tab', { name: 'Commands' }).click();
    await page.getByText('No command yet').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await dialog(page)
      .getByRole('button', { name: `Pause ${id}` })
      .click();
    await page.getByText(`Pause ${id}: Confirmed`).waitFor();
    await page.getByText('Paused', { exact: true }).first().waitFor();
    const commands = page.getByRole('grid', { name: `Commands to ${id}` });
    await commands.getByText('Confirmed').waitFor();
    await commands.getByText('The worker is IDLE.').waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await dialog(page)
      .getByRole('button', { name: `Resume ${id}` })
      .click();
    await page.getByText(`Resume ${id}: Confirmed`).waitFor();

    await page.getByRole('button', { name: 'Configure' }).click();
    await dialog(page).getByLabel('Block pattern', { exact: true }).fill('X2');
    await dialog(page)
      .getByRole('button', { name: `Configure ${id}` })
      .click();
    await page.getByText('It mines what it was told to.').waitFor();
    const pattern = page.getByRole('row', { name: /Block pattern/ });
    expect(await pattern.getByRole('cell').allInnerTexts()).toEqual(['X2', 'X2']);

    await page.keyboard.press('Control+k');
    await page.keyboard.type('Take off the market');
    await page.keyboard.press('Enter');
    await dialog(page)
      .getByRole('button', { name: `Take ${id} off the market` })
      .click();
    await page.getByText('Not offered for rent', { exact: true }).waitFor();
  });

  test('makes credentials for the broker, shows them once and revokes them', async () => {
    const { platform, operator, workerIds } = await startShowcase({ days: 0, workers: 1 });
    const [id = ''] = workerIds;
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: `/fleet/${id}`,
      as: operator,
    });
    await page.getByRole('tab', { name: 'Broker access' }).click();
    await page.getByText('This worker has no credentials of its own.').waitFor();
    await page.getByRole('button', { name: 'Create credentials' }).click();
    await dialog(page).getByText('User name').waitFor();
    const password = await dialog(page).getByRole('definition').last().innerText();
    expect(password.trim().length).toBeGreaterThan(10);
    await dialog(page).getByRole('button', { name: 'I have copied them' }).click();
    await page.getByText('This worker has credentials of its own since').waitFor();
    expect(await page.getByText(password.trim()).count()).toBe(0);
    await page.getByRole('button', { name: 'Revoke' }).click();
    await dialog(page).getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('This worker has no credentials of its own.').waitFor();
  });

  test('of one that is offline says since when and why; of one that is unknown, that it is', async () => {
    const platform = await startTestPlatform();
    const miner = await TestMiner.connect({
      workerId: 'aa:bb-rig',
      mqttUrl: platform.mqttUrl,
    });
    await miner.introduce();
    await miner.heartbeat({ hashrate: 1650 });
    const dashboard = await openDashboard({
      browser: browser(),
      platform,
      path: '/fleet/aa%3Abb-rig',
      expectedErrors: [/404/],
    });
    const { page } = dashboard;
    await page.getByText('1.65').waitFor();
    expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0);
    await miner.pullPlug();
    await page.getByText(/^Offline since .*its connection broke/).waitFor();
    await page.getByText('last 1.65 kH/s').waitFor();
    await dashboard.go('/fleet/nobody');
    await page.getByText('There is no worker nobody').waitFor();
    await page.getByRole('link', { name: 'Go to the fleet' }).click();
    await page.waitForURL('**/dashboard/fleet');
  });

  test('marks settings that differ from what was asked', async () => {
    const platform = await startTestPlatform();
    const miner = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl });
    await miner.introduce();
    await miner.heartbeat({ difficulty: 1727 });
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/fleet/rig-1',
      as: admin(platform),
    });
    await page.getByRole('button', { name: 'Configure' }).click();
    await dialog(page).getByLabel('Difficulty', { exact: true }).fill('1900');
    await dialog(page).getByRole('button', { name: 'Configure rig-1' }).click();
    await page.getByText('1 setting differs from what was asked.').waitFor();
    const difficulty = page.getByRole('row', { name: /Difficulty/ });
    await difficulty.getByText('differs').waitFor();
    await miner.heartbeat({ difficulty: 1900 });
    await page.getByText('It mines what it was told to.').waitFor();
    await page.getByText('Configure rig-1: Confirmed').waitFor();
  });

  test.each(['light', 'dark'] as const)('is accessible in %s, on a phone, too', async (theme) => {
    const { platform, operator, workerIds } = await startShowcase({ days: 0, workers: 2 });
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: `/fleet/${workerIds[0]}`,
      as: operator,
      theme,
    });
    await page.getByRole('heading', { name: 'Honesty meter' }).waitFor();
    await expectAccessible(page);
    for (const name of ['Leases', 'Commands', 'Broker access']) {
      await page.getByRole('tab', { name }).click();
      await expectAccessible(page);
    }
    await page.setViewportSize(phone);
    await expectAccessible(page);
    await expectNoSidewaysScroll(page);
  });
});
