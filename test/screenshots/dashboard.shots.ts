/**
 * Pictures of each page, dark and light, desktop and phone, of a platform with a history and a mining fleet. All go to
 * `out/screenshots`; those that the README shows go to `docs/screenshots`, too.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Who } from '../support/accounts.ts';
import { waitFor } from '../support/wait-for.ts';
import { describeInBrowser } from '../dashboard/support/browser.ts';
import { desktop, openDashboard, phone } from '../dashboard/support/dashboard.ts';
import { rentSome, startShowcase, type Showcase } from '../dashboard/support/showcase.ts';
import { startTestPlatform } from '../support/test-platform.ts';

const top = join(import.meta.dirname, '../..');
const all = join(top, 'out/screenshots');
const shown = join(top, 'docs/screenshots');

/** Names of the pictures that the README shows. */
const inReadme = new Set([
  'overview-dark',
  'overview-light',
  'fleet-dark',
  'worker-dark',
  'market-light',
  'lease-light',
  'system-dark',
  'overview-dark-phone',
  'fleet-light-phone',
]);

/** Its simulated miners claim about as much as a CPU can prove for them: nobody is flagged. */
const honestFleet = {
  workers: 24,
  gpuCount: 1,
  days: 7,
  blockIntervalSec: 400,
  args: ['--block-marker', 'XEN1', '--difficulty', '8'],
};

interface Shot {
  readonly name: string;
  readonly path: string;
  readonly as?: Who;
}

function shotsOf({ operator, walletToken, workerIds }: Showcase, leaseId: string, blockId: number): Shot[] {
  const worker = encodeURIComponent(workerIds[0]!);
  return [
    { name: 'sign-in', path: '/sign-in' },
    { name: 'overview', path: '', as: operator },
    { name: 'fleet', path: '/fleet', as: operator },
    { name: 'worker', path: `/fleet/${worker}`, as: operator },
    { name: 'blocks', path: '/blocks', as: operator },
    { name: 'block', path: `/blocks/${blockId}`, as: operator },
    { name: 'market', path: '/market', as: walletToken },
    { name: 'provider', path: '/provider', as: walletToken },
    { name: 'renter', path: '/renter', as: walletToken },
    { name: 'leases', path: '/leases', as: operator },
    { name: 'lease', path: `/leases/${leaseId}`, as: walletToken },
    { name: 'account', path: '/account', as: walletToken },
    { name: 'chain', path: '/chain', as: operator },
    ...['', 'clients', 'storage', 'backups', 'simulator', 'access', 'audit', 'logs', 'settings'].map(
      (section) => ({
        name: section === '' ? 'system' : `system-${section}`,
        path: `/system/${section}`,
        as: operator,
      }),
    ),
  ];
}

async function take(browser: Browser, platform: Showcase['platform'], shot: Shot): Promise<void> {
  for (const [viewport, suffix] of [
    [desktop, ''],
    [phone, '-phone'],
  ] as const) {
    for (const theme of ['dark', 'light'] as const) {
      const name = `${shot.name}-${theme}${suffix}`;
      const { page, context } = await openDashboard({ browser, platform, theme, viewport, ...shot });
      await page.waitForLoadState('networkidle');
      await page.evaluate(() => document.fonts.ready);
      const file = join(all, `${name}.png`);
      await page.screenshot({ path: file });
      if (inReadme.has(name)) copyFileSync(file, join(shown, `${name}.png`));
      await context.close();
    }
  }
}

describeInBrowser('screenshots', (browser) => {
  test('of each page', async () => {
    mkdirSync(all, { recursive: true });
    mkdirSync(shown, { recursive: true });
    const showcase = await startShowcase(honestFleet);
    const { platform } = showcase;
    const [leaseId] = await rentSome(showcase, 4);
    await waitFor(
      async () => {
        const blocks = await platform.get<{ verified: string }[]>('/api/monitoring/blocks/recent?limit=20');
        return blocks.filter(({ verified }) => verified === 'proven').length > 5;
      },
      'some proven blocks',
      420_000,
    );
    const [block] = await platform.get<{ block_id: number }[]>('/api/monitoring/blocks/recent?limit=1');
    for (const shot of shotsOf(showcase, leaseId!, block!.block_id)) await take(browser(), platform, shot);
    expect(leaseId).toBeDefined();
  });

  test('of the first start', async () => {
    const platform = await startTestPlatform();
    await take(browser(), platform, { name: 'welcome', path: '/welcome' });
  });
});
