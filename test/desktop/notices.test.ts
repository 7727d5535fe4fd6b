import { expect, test } from 'vitest';
import { admin, ok, register } from '../support/accounts.ts';
import { ObedientMiner } from '../support/obedient-miner.ts';
import { freePort } from '../support/ports.ts';
import { renterAddress } from '../support/renting.ts';
import { TestMiner } from '../support/test-miner.ts';
import { waitFor } from '../support/wait-for.ts';
import { startDesktop } from './desktop-program.ts';
import { describeInElectron } from './electron.ts';
import { clickNotice, heldLocks, seenNotices, watchSystem } from './system-watch.ts';

describeInElectron('what the program tells the system', () => {
  test('workers that go offline are one notification with their number, and a click leads to the incident', async () => {
    const mqttPort = await freePort();
    const desktop = await startDesktop({ args: [`--mqtt-port=${mqttPort}`] });
    const page = await desktop.dashboard();
    await watchSystem(desktop);
    const miners: TestMiner[] = [];
    for (const workerId of ['rig-1', 'rig-2', 'rig-3']) {
      const miner = await TestMiner.connect({ workerId, mqttUrl: `mqtt://127.0.0.1:${mqttPort}` });
      await miner.introduce();
      miners.push(miner);
    }
    const workers = () =>
      page.evaluate(
        async () => (await (await fetch('/api/workers')).json()) as { worker_id: string; online: boolean }[],
      );
    await waitFor(async () => (await workers()).filter(({ online }) => online).length === 3, 'the miners');
    for (const miner of miners) miner.client.stream.destroy();
    await waitFor(async () => (await workers()).every(({ online }) => !online), 'their end');
    const [notice, ...more] = await waitFor(async () => {
      const seen = await seenNotices(desktop);
      return seen.length > 0 && seen;
    }, 'the notification');
    expect(notice?.title).toBe('3 workers are offline');
    expect(['rig-1', 'rig-2', 'rig-3']).toContain(notice?.body);
    expect(more).toEqual([]);
    await clickNotice(desktop, 0);
    await page.waitForURL(/\/dashboard\/alerts\/1$/);
  });

  test('a lease that starts and one that ends are notifications; the machine stays awake in between', async () => {
    const mqttPort = await freePort();
    const desktop = await startDesktop({ args: [`--mqtt-port=${mqttPort}`, '--block-marker', 'X1'] });
    await watchSystem(desktop);
    await ObedientMiner.connect({ workerId: 'rig-1', mqttUrl: `mqtt://127.0.0.1:${mqttPort}` });
    const platform = { apiUrl: desktop.url, dataDir: desktop.dataFolder };
    expect(await heldLocks(desktop)).toBe(0);
    const renter = await register(platform, 'renter');
    await ok(platform, 'POST', '/api/accounts/renter/deposit', {
      who: admin(platform),
      body: { amount: 100 },
    });
    const { lease_id } = await ok<{ lease_id: string }>(platform, 'POST', '/api/rent', {
      who: renter,
      body: { worker_id: 'rig-1', duration_sec: 600, consumer_address: renterAddress },
    });
    await waitFor(async () => (await heldLocks(desktop)) === 1, 'the wake lock');
    expect(await seenNotices(desktop)).toEqual([{ title: 'Lease started', body: 'rig-1 for 10 min' }]);
    await ok(platform, 'POST', '/api/stop', { who: renter, body: { lease_id } });
    await waitFor(async () => (await heldLocks(desktop)) === 0, 'the end of the wake lock');
  });
});
