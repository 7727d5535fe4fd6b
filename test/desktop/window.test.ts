import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { startDesktop } from './desktop-program.ts';
import { describeInElectron } from './electron.ts';

const simulated = ['--simulate', '3', '--block-marker', 'X1', '--difficulty', '8'];

describeInElectron('the desktop program', () => {
  test('shows the dashboard of its own platform, signed in as the operator, with live workers', async () => {
    const desktop = await startDesktop({ args: simulated });
    const page = await desktop.dashboard();
    await page.getByText('Operator').first().waitFor();
    await page.getByRole('link', { name: 'Fleet' }).click();
    await page.getByText(/^sim-/).first().waitFor();
    const session = await page.evaluate(
      async () => (await fetch('/api/auth/session')).json() as Promise<unknown>,
    );
    expect(session).toMatchObject({ account: { role: 'admin' } });
    expect(await desktop.quit()).toBe(0);
    const database = new BetterSqlite(join(desktop.dataFolder, 'marketplace.db'), { readonly: true });
    expect(database.prepare('select count(*) from workers').pluck().get()).toBe(3);
    database.close();
  });

  test('opens at the place of the link that started it', async () => {
    const desktop = await startDesktop({ args: ['xenblocks://fleet'] });
    const page = await desktop.dashboard();
    await page.waitForURL(/\/dashboard\/fleet$/);
    expect(await desktop.quit()).toBe(0);
  });
});
