import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { call, register, type Who } from '../support/accounts.ts';
import { madeBackup } from '../support/backups.ts';
import { temporaryFolder } from '../support/test-platform.ts';
import { waitFor } from '../support/wait-for.ts';
import { startDesktop } from './desktop-program.ts';
import { describeInElectron } from './electron.ts';

/** Drops a file of this machine on the page, as the system does. */
async function drop(page: Page, path: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', {
      type,
      x: 400,
      y: 300,
      data: { items: [], files: [path], dragOperationsMask: 1 },
    });
  await session.detach();
}

describeInElectron('a file that is dropped on the window', () => {
  test('is restored when it is a backup and its person agrees; the database before is kept', async () => {
    const desktop = await startDesktop();
    const page = await desktop.dashboard();
    const platform = { apiUrl: desktop.url, dataDir: desktop.dataFolder };
    const standing = async (who: Who) => (await call(platform, 'GET', '/api/auth/me', { who })).status;
    const early = await register(platform, 'early');
    const backup = join(desktop.dataFolder, 'backups', await madeBackup(platform));
    const late = await register(platform, 'late');
    const answer = (response: number) =>
      desktop.app.evaluate(({ dialog }, button) => {
        const counted = globalThis as unknown as { asked?: number };
        dialog.showMessageBox = () => {
          counted.asked = (counted.asked ?? 0) + 1;
          return Promise.resolve({ response: button, checkboxChecked: false });
        };
      }, response);
    const asked = () => desktop.app.evaluate(() => (globalThis as unknown as { asked?: number }).asked ?? 0);

    const text = join(temporaryFolder(), 'notes.txt');
    writeFileSync(text, 'not a backup');
    await drop(page, text);
    await page.getByText('notes.txt is not a backup').waitFor();

    const broken = join(temporaryFolder(), 'broken.db');
    writeFileSync(broken, 'this is no database');
    await answer(0);
    await drop(page, broken);
    await page.getByText('Nothing was restored:').waitFor();
    await waitFor(async () => (await standing(late)) === 200, 'the accounts, as before');

    await answer(1);
    await drop(page, backup);
    await waitFor(async () => (await asked()) === 2, 'the question');
    await answer(0);
    await drop(page, backup);
    await page.getByText('The backup was restored').waitFor();
    await waitFor(async () => (await standing(late)) === 401, 'the accounts of the backup');
    expect(await standing(early)).toBe(200);
    await page.getByText(/The database before is kept as /).waitFor();
    expect(await desktop.quit()).toBe(0);
  });
});
