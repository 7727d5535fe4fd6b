import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TestMiner } from '../support/test-miner.ts';
import { freePort } from '../support/ports.ts';
import { waitFor } from '../support/wait-for.ts';
import { startDesktop } from './desktop-program.ts';
import { describeInElectron, programFolder } from './electron.ts';
import { pressTray, seenTray, watchSystem } from './system-watch.ts';

/** The picture of a light as the tray should show it, read from its file. */
const pictureOf = (light: string) => {
  const file = join(programFolder, `resources/desktop/tray-${light}.png`);
  if (!existsSync(file)) throw new Error(`${file} is not there`);
  return readFileSync(file).toString('base64');
};

describeInElectron('the tray', () => {
  test('shows how the workers are, and does what its entries say', async () => {
    const mqttPort = await freePort();
    const desktop = await startDesktop({ args: [`--mqtt-port=${mqttPort}`] });
    await watchSystem(desktop);
    const mqttUrl = `mqtt://127.0.0.1:${mqttPort}`;
    const shows = (sentence: string) =>
      waitFor(async () => {
        const seen = await seenTray(desktop);
        return seen?.labels[0] === sentence && seen;
      }, `the tray with “${sentence}”`);
    const lightOf = async (sentence: string) => (await shows(sentence)).image;

    const first = await TestMiner.connect({ workerId: 'rig-1', mqttUrl });
    await first.introduce();
    const seen = await shows('1 of 1 worker online');
    expect(seen.toolTip).toMatch(/^XenBlocks\n1 of 1 worker online\n/);
    expect(seen.width).toBe(16);
    expect(seen.enabled).toEqual([
      'Open XenBlocks',
      'Pause all workers',
      'Resume all workers',
      'Start the simulator',
      'Copy LAN address',
      'Quit',
    ]);
    const second = await TestMiner.connect({ workerId: 'rig-2', mqttUrl });
    await second.introduce();
    await shows('2 of 2 workers online');

    await pressTray(desktop, 'Pause all workers');
    await waitFor(() => first.controls.some((sent) => JSON.stringify(sent).includes('pause')), 'the pause');
    await pressTray(desktop, 'Copy LAN address');
    expect(await desktop.app.evaluate(({ clipboard }) => clipboard.readText())).toBe(
      `${desktop.url}/dashboard`,
    );

    const allOnline = await lightOf('2 of 2 workers online');
    second.client.stream.destroy();
    const oneMissing = await lightOf('1 of 2 workers online');
    first.client.stream.destroy();
    const none = await lightOf('0 of 2 workers online');
    const drawn = await desktop.app.evaluate(
      ({ nativeImage }, pictures) =>
        pictures.map((base64) => nativeImage.createFromBuffer(Buffer.from(base64, 'base64')).toDataURL()),
      ['ok', 'warning', 'offline'].map(pictureOf),
    );
    expect([allOnline, oneMissing, none]).toEqual(drawn);

    await pressTray(desktop, 'Start the simulator');
    await waitFor(async () => (await seenTray(desktop))?.labels.includes('Stop the simulator'), 'its run');
    await pressTray(desktop, 'Stop the simulator');
    await waitFor(async () => (await seenTray(desktop))?.labels.includes('Start the simulator'), 'its end');
    await pressTray(desktop, 'Open XenBlocks');
    expect(await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
    const ended = new Promise((resolve) => desktop.app.process().once('exit', resolve));
    await pressTray(desktop, 'Quit');
    expect(await ended).toBe(0);
  });
});
