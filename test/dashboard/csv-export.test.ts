import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { savedBy } from './support/amounts.ts';
import { describeInBrowser } from './support/browser.ts';
import { openDashboard } from './support/dashboard.ts';
import { startShowcase } from './support/showcase.ts';

const exportButton = (page: Page) => page.getByRole('button', { name: 'Export CSV' });

/** First cells of the lines of a file that is saved, without the headers. */
async function savedIds(page: Page): Promise<string[]> {
  const { bytes } = await savedBy(page, () => exportButton(page).click());
  const lines = bytes.toString('utf8').trimEnd().split('\r\n').slice(1);
  return lines.map((line) => line.split(',')[0] ?? '');
}

describeInBrowser('a list that comes page by page', (browser) => {
  test('is saved with the rows of all its pages, those of the filter only', async () => {
    const { platform, operator } = await startShowcase({ days: 1, workers: 0, blocksPerDay: 1200 });
    const totalOf = async (query: string) =>
      (await platform.get<{ total: number }>(`/api/blocks?limit=1${query}`)).total;
    const { page, go } = await openDashboard({ browser: browser(), platform, path: '/blocks', as: operator });
    const total = await totalOf('');
    expect(total).toBeGreaterThan(1000);
    await page.getByRole('grid', { name: 'Blocks' }).locator('[data-row-id]').first().waitFor();
    const ids = await savedIds(page);
    expect(ids).toHaveLength(total);
    expect(new Set(ids).size).toBe(total);
    expect(ids).toEqual(ids.toSorted((left, right) => Number(right) - Number(left)));
    await page.getByText(/rows are saved$/).waitFor();

    const { items } = await platform.get<{ items: { worker_id: string }[] }>('/api/blocks?limit=500');
    const counts = Map.groupBy(items, ({ worker_id }) => worker_id);
    const [workerId] = [...counts].toSorted(([, left], [, right]) => right.length - left.length)[0]!;
    const ofWorker = await totalOf(`&worker_id=${workerId}`);
    expect(ofWorker).toBeGreaterThan(50);
    expect(ofWorker).toBeLessThan(total);
    await go(`/blocks?worker=${workerId}&page=2`);
    await page.getByText(`Worker: ${workerId}`).waitFor();
    await page.getByText(`51–${Math.min(100, ofWorker)} of ${ofWorker}`).waitFor();
    expect(await savedIds(page)).toHaveLength(ofWorker);
  });

  test('can be given up while it is saved, and says why it failed', async () => {
    const { platform, operator } = await startShowcase({ days: 1, workers: 0, blocksPerDay: 1200 });
    const { page } = await openDashboard({
      ...{ browser: browser(), platform, path: '/blocks', as: operator },
      expectedErrors: [/503/],
    });
    await page.getByRole('grid', { name: 'Blocks' }).locator('[data-row-id]').first().waitFor();
    let isRefused = false;
    let held = 0;
    const isSecond = (url: URL) => url.pathname === '/api/blocks' && url.searchParams.get('offset') === '500';
    await page.route(isSecond, async (route) => {
      // The first time it is never answered.
      if (!isRefused) return void (held += 1);
      await route.fulfill({ status: 503, json: { detail: 'The platform is about to stop.' } });
    });
    await exportButton(page).click();
    await page.getByText(/^Loading all rows: 500 of/).waitFor();
    await waitFor(() => held === 1, 'the second portion');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Nothing was saved').waitFor();

    isRefused = true;
    await exportButton(page).click();
    await page.getByText('The rows could not be loaded, and nothing was saved').waitFor();
    await page.getByText('The platform is about to stop.').waitFor();
    await page.unroute(isSecond);
    expect((await savedIds(page)).length).toBeGreaterThan(1000);
  });
});
