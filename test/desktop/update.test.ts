import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../support/test-platform.ts';
import { waitFor } from '../support/wait-for.ts';
import { describeInElectron } from './electron.ts';
import { copyPackage, startPackaged } from './packaged-window.ts';
import { makePackage } from './package.ts';

interface Shop {
  readonly url: string;
  /** Paths that were asked for. */
  readonly asked: string[];
  /** What the next asker gets of a version; empty: the server fails. */
  offer: string;
}

/** Where newer versions are, as electron-updater's generic provider finds them. */
async function openShop(): Promise<Shop> {
  // A program, for it is run when it has been put in: one that only leaves.
  const content = Buffer.from(`#!/bin/sh\nexit 0\n# ${'newer '.repeat(50_000)}\n`);
  const sha512 = createHash('sha512').update(content).digest('base64');
  const shop = { url: '', asked: [] as string[], offer: '' };
  const server = createServer(({ url = '' }, response) => {
    const path = url.split('?', 1)[0] as string;
    shop.asked.push(path);
    if (path === '/latest-linux.yml' && shop.offer !== '') {
      const file = `XenBlocks-${shop.offer}.AppImage`;
      return response.end(
        [
          `version: ${shop.offer}`,
          'files:',
          `  - url: ${file}`,
          `    sha512: ${sha512}`,
          `    size: ${content.length}`,
          `path: ${file}`,
          `sha512: ${sha512}`,
          "releaseDate: '2026-11-01T00:00:00.000Z'",
          '',
        ].join('\n'),
      );
    }
    if (path.endsWith('.AppImage')) return response.end(content);
    return response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  shop.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return shop;
}

describeInElectron('updates of an installed copy', () => {
  beforeAll(makePackage, 300_000);

  describe.runIf(process.platform === 'linux')('that is an AppImage', () => {
    test('are looked for only when somebody wants it, told, downloaded, checked, and put in at the end', async () => {
      const shop = await openShop();
      const program = copyPackage();
      writeFileSync(
        join(dirname(program), 'resources', 'app-update.yml'),
        `provider: generic\nurl: ${shop.url}\nupdaterCacheDirName: xenblocks-updater\n`,
      );
      const [userFolder, home] = [temporaryFolder(), temporaryFolder()];
      writeFileSync(join(userFolder, 'desktop.json'), JSON.stringify({ checkForUpdates: false }));
      const installed = join(home, 'XenBlocks.AppImage');
      writeFileSync(installed, 'the version before');
      const started = await startPackaged({
        program,
        userFolder,
        environment: { APPIMAGE: installed, HOME: home, XDG_CACHE_HOME: join(home, 'cache') },
      });
      const { page } = started;
      await page.getByRole('link', { name: 'This program' }).click();
      const state = page.getByRole('status').filter({ hasText: /version|looked|HTTP|404/i });
      const check = page.getByRole('button', { name: 'Look now' });
      await page.getByText('Not looked for yet.').waitFor();
      expect(await page.getByRole('switch', { name: 'Look for updates by itself' }).isChecked()).toBe(false);
      expect(shop.asked).toEqual([]);

      await check.click();
      await page.getByText(/404/).first().waitFor();
      shop.offer = '0.0.1';
      await check.click();
      await page.getByText('This is the newest version.').waitFor();
      expect(shop.asked.filter((path) => path.endsWith('.AppImage'))).toEqual([]);
      expect(await state.count()).toBeGreaterThan(0);

      shop.offer = '9.9.9';
      await check.click();
      await page.getByText(/Version 9\.9\.9 is ready/).waitFor();
      await page.getByRole('button', { name: 'Restart with the new version' }).waitFor();
      expect(readFileSync(installed, 'utf8')).toBe('the version before');
      expect(shop.asked.some((path) => path.endsWith('XenBlocks-9.9.9.AppImage'))).toBe(true);

      started.child.kill('SIGTERM');
      expect(await started.exitCode).toBe(0);
      await waitFor(
        () =>
          ['XenBlocks.AppImage', 'XenBlocks-9.9.9.AppImage'].some(
            (name) =>
              existsSync(join(home, name)) && readFileSync(join(home, name), 'utf8').startsWith('#!/bin/sh'),
          ),
        'the new version in the place of the one before',
      );
    });

    test('are not offered by a copy that was built without a place to look for them', async () => {
      const { page } = await startPackaged({ environment: { APPIMAGE: '/nowhere/XenBlocks.AppImage' } });
      await page.getByRole('link', { name: 'This program' }).click();
      await page.getByText('This copy was built without a place to look for newer ones.').waitFor();
      expect(await page.getByRole('button', { name: 'Look now' }).isDisabled()).toBe(true);
    });
  });
});
