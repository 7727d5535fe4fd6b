import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { freePort } from '../../support/ports.ts';
import { TestMiner } from '../../support/test-miner.ts';
import { waitFor } from '../../support/wait-for.ts';
import { describeInElectron } from '../electron.ts';
import { startPackaged, type PackagedWindow } from '../packaged-window.ts';
import { makePackage, packagedProgram } from '../package.ts';

const starts = 5;
const workers = 1000;
/** So many miners connect at once. */
const atOnce = 50;
const heartbeatEveryMs = 10_000;
/** What was only needed at the start is freed by then. */
const restMs = 60_000;

const limits = { startMs: 3000, megabytes: 450 };

/** Memory of all processes of the package, each page that several share counted once (proportional set size), in MB. */
function memoryOfAll(): number {
  let kilobytes = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (readlinkSync(`/proc/${pid}/exe`) !== packagedProgram) continue;
      kilobytes += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      // It ended meanwhile, or belongs to the system.
    }
  }
  return Math.round(kilobytes / 1024);
}

async function usable({ page }: PackagedWindow): Promise<void> {
  await page.getByText('Operator').first().waitFor();
}

async function quit({ child, exitCode }: PackagedWindow): Promise<void> {
  child.kill('SIGTERM');
  expect(await exitCode).toBe(0);
}

describeInElectron('figures of the desktop program', () => {
  beforeAll(makePackage);

  test('a start takes less than 3 s until the dashboard is there and signed in, at the median of five', async () => {
    const took: number[] = [];
    for (let count = 0; count < starts; count += 1) {
      const beginMs = performance.now();
      const started = await startPackaged();
      await usable(started);
      took.push(Math.round(performance.now() - beginMs));
      await quit(started);
    }
    const median = took.toSorted((a, b) => a - b)[Math.floor(starts / 2)] as number;
    process.stdout.write(`start to usable dashboard: ${took.join(', ')} ms; median ${median} ms\n`);
    expect(median).toBeLessThan(limits.startMs);
  });

  test('all processes hold less than 450 MB with 1,000 workers connected', async () => {
    const mqttPort = await freePort();
    const started = await startPackaged({ mqttPort });
    await usable(started);
    const alone = memoryOfAll();
    const miners: TestMiner[] = [];
    while (miners.length < workers) {
      const names = Array.from({ length: atOnce }, (_, index) => `rig-${miners.length + index + 1}`);
      const connected = await Promise.all(
        names.map((workerId) => TestMiner.connect({ workerId, mqttUrl: `mqtt://127.0.0.1:${mqttPort}` })),
      );
      await Promise.all(connected.map((miner) => miner.introduce()));
      miners.push(...connected);
    }
    const beat = () => Promise.all(miners.map((miner) => miner.heartbeat({ hashrate: 1000 })));
    const timer = setInterval(() => void beat(), heartbeatEveryMs);
    await started.page.getByRole('link', { name: 'Fleet' }).click();
    await started.page.getByText('1,000 online').waitFor();
    const untilMs = performance.now() + restMs;
    const seen: number[] = [];
    await waitFor(
      () => {
        seen.push(memoryOfAll());
        return performance.now() > untilMs;
      },
      'the rest',
      2 * restMs,
    );
    clearInterval(timer);
    const last = seen.at(-1) as number;
    process.stdout.write(
      `memory: ${alone} MB alone, ${last} MB with ${workers} workers, at most ${Math.max(...seen)} MB\n`,
    );
    expect(last).toBeLessThan(limits.megabytes);
    await quit(started);
  });
});
