import { expect, test } from 'vitest';
import { admin } from '../support/accounts.ts';
import { TestMiner } from '../support/test-miner.ts';
import { startTestPlatform } from '../support/test-platform.ts';
import { describeInBrowser } from './support/browser.ts';
import { expectAccessible, expectNoSidewaysScroll, openDashboard, phone } from './support/dashboard.ts';

const onNetwork = ['--api-host=0.0.0.0', '--mqtt-host=0.0.0.0', '--api-port=0', '--mqtt-port=0'];

describeInBrowser('the page for new miners', (browser) => {
  test('shows a worker within a second of its register, and why another one was turned away', async () => {
    const platform = await startTestPlatform();
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/welcome',
      as: admin(platform),
    });
    await page.getByText('Waiting for a worker to register').waitFor();
    await page.getByText('The broker has turned nobody away').waitFor();
    const miner = await TestMiner.connect({ workerId: 'rig-new', mqttUrl: platform.mqttUrl });
    const begin = performance.now();
    await miner.introduce();
    await page.getByRole('link', { name: 'rig-new' }).waitFor();
    expect(performance.now() - begin).toBeLessThan(1000);
    const lost = await TestMiner.connect({ workerId: 'rig-lost', mqttUrl: platform.mqttUrl, will: false });
    await page.getByText('xenminer_rig-lost').first().waitFor();
    await lost.client.publishAsync('miners/rig-lost/register', '{}', { qos: 1 });
    const refusal = page.locator('[data-refusal="publish_not_allowed"]');
    await refusal.getByText('not a topic on which a miner speaks').waitFor();
    expect(await refusal.innerText()).toContain('miners/rig-lost/register');
  });

  test('offers the command lines with an address of this machine, and is reached with the keyboard', async () => {
    const platform = await startTestPlatform({ args: [...onNetwork, '--announce', 'off'] });
    const { page } = await openDashboard({ browser: browser(), platform, as: admin(platform) });
    await page.keyboard.press('g');
    await page.keyboard.press('n');
    await page.getByRole('heading', { level: 1, name: 'Add miners' }).waitFor();
    const command = page.getByLabel('Start the miner with').locator('visible=true').last();
    await page.getByRole('button', { name: /127\.0\.0\.1/ }).click();
    await page.getByText('This address works on this machine only. For other machines').waitFor();
    expect(await command.innerText()).toContain(`--mqtt-broker tcp://127.0.0.1:${platform.mqttPort}`);
    await page.getByRole('radio', { name: 'Simulator' }).click();
    expect(await command.innerText()).toContain(
      `xenblocks simulate --workers 3 \\\n  --broker 127.0.0.1 --port ${platform.mqttPort}`,
    );
    await page.getByText('Nothing is announced: the platform runs with --announce off.').waitFor();
  });

  test('under strict access credentials are made here, and shown once in the command', async () => {
    const platform = await startTestPlatform({ args: ['--access', 'strict'] });
    const { page } = await openDashboard({
      browser: browser(),
      platform,
      path: '/welcome',
      as: admin(platform),
    });
    await page.getByText('The CUDA miner knows no user name').waitFor();
    await page.getByRole('button', { name: 'Make credentials for rig-1' }).click();
    const command = page.getByLabel('Start the miner with').locator('visible=true').last();
    await expect.poll(() => command.innerText()).toMatch(/-u rig-1 -P \S+ -q 1/);
    const password = /-P (\S+)/.exec(await command.innerText())![1]!.replaceAll("'", '');
    await TestMiner.connect({
      workerId: 'rig-1',
      mqttUrl: platform.mqttUrl,
      client: { username: 'rig-1', password },
    });
    await page.getByRole('button', { name: 'Make credentials for rig-1' }).click();
    await page.getByRole('dialog', { name: 'Replace the credentials of rig-1' }).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.reload();
    await page.getByText('The CUDA miner knows no user name').waitFor();
    expect(await page.locator('body').innerText()).not.toContain(password);
  });

  for (const theme of ['dark', 'light'] as const)
    test(`is accessible, also on a phone (${theme})`, async () => {
      const platform = await startTestPlatform({ args: onNetwork });
      const miner = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl });
      await miner.introduce();
      await miner.client.publishAsync('wrong/topic', 'x', { qos: 1 });
      for (const viewport of [undefined, phone]) {
        const { page } = await openDashboard({
          ...{ browser: browser(), platform, theme, path: '/welcome', as: admin(platform) },
          ...(viewport ? { viewport } : {}),
        });
        await page.getByText('Message not allowed').waitFor();
        await page.getByText('XenBlocks on').waitFor();
        await expectAccessible(page);
        await expectNoSidewaysScroll(page);
        if (process.env['SHOTS'])
          await page.screenshot({
            path: `${process.env['SHOTS']}/add-miners-${theme}-${viewport ? 'phone' : 'desktop'}.png`,
            fullPage: viewport !== undefined,
          });
      }
    });
});
