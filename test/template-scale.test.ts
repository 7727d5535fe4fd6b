import BetterSqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { ConfigurableMiner, type Obedience } from './support/configurable-miner.ts';
import { ManualClock } from './support/manual-clock.ts';
import { applyTemplate, changeJob, createTemplate, jobWorkers, readJob } from './support/templates.ts';
import { startTestPlatform, temporaryFolder, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const fleetSize = 1000;
const workerName = (index: number) => `rig-${String(index).padStart(4, '0')}`;
const names = Array.from({ length: fleetSize }, (_, index) => workerName(index));

/** Of 20: two take what they are told and do nothing, one never acknowledges, one is away. */
function obedienceOf(index: number): Obedience | 'away' {
  const place = index % 20;
  if (place < 2) return 'ignores';
  if (place === 2) return 'deaf';
  return place === 3 ? 'away' : 'obeys';
}

type Miners = Map<string, ConfigurableMiner>;

/** Every miner connects; those that are away then say goodbye. */
async function connectAll(platform: TestPlatform, before: Miners = new Map()): Promise<Miners> {
  const miners: Miners = new Map();
  for (let start = 0; start < fleetSize; start += 100) {
    const portion = names.slice(start, start + 100).map(async (workerId, place) => {
      const obedience = obedienceOf(start + place);
      const config = before.get(workerId)?.config ?? { difficulty: 1000 + start + place };
      const miner = await ConfigurableMiner.connect({
        ...{ workerId, mqttUrl: platform.mqttUrl, config },
        ...(obedience === 'away' ? {} : { obedience }),
        // The clock goes on faster than they ping.
        client: { keepalive: 0 },
      });
      if (obedience === 'away') await miner.miner.status('offline');
      miners.set(workerId, miner);
    });
    await Promise.all(portion);
  }
  return miners;
}

/** One portion, and all that is known of it. */
async function nextPortion(platform: TestPlatform, clock: ManualClock, jobId: string): Promise<number> {
  const { waiting } = (await readJob(platform, jobId)).counts;
  clock.advance(100);
  return waitFor(async () => {
    const { counts } = await readJob(platform, jobId);
    return counts.waiting <= waiting - Math.min(waiting, 25) && 1 + counts.waiting;
  }, 'the next portion');
}

/** As if the power had gone before the job heard of what it had sent: it forgets the news of its last workers. */
function forgetNews(databasePath: string, jobId: string, workers: number): void {
  const handle = new BetterSqlite(databasePath);
  handle
    .prepare(
      `update template_job_workers set state = 'waiting', sent = 0, command_id = '', detail = ''
       where job_id = ? and position in (select position from template_job_workers
         where job_id = ? and sent = 1 order by position desc limit ?)`,
    )
    .run(jobId, jobId, workers);
  handle.close();
}

async function runToEnd(platform: TestPlatform, clock: ManualClock, jobId: string): Promise<void> {
  while ((await readJob(platform, jobId)).counts.waiting > 0) await nextPortion(platform, clock, jobId);
}

/** Waits until what can be confirmed is, lets the rest run out of time, and waits for the end. */
async function settle(
  platform: TestPlatform,
  clock: ManualClock,
  jobId: string,
  confirmed: number,
): Promise<void> {
  await waitFor(
    async () => (await readJob(platform, jobId)).counts.confirmed === confirmed,
    `${confirmed} to be confirmed`,
  );
  await waitFor(
    async () => (await readJob(platform, jobId)).counts.sent <= fleetSize / 20,
    'the acknowledgements',
  );
  clock.advance(121_000);
  await waitFor(async () => {
    clock.advance(100);
    return (await readJob(platform, jobId)).finished_at !== null;
  }, 'the end of the job');
}

test(
  'a template for 1,000 workers: live progress, a restart in the middle, exact failures, retry, undo',
  { timeout: 300_000 },
  async () => {
    const clock = new ManualClock();
    const dataDir = temporaryFolder();
    const first = await startTestPlatform({ clock, dataDir });
    const before = await connectAll(first);
    const templateId = await createTemplate(first, 'Night', { difficulty: 5000 });
    const { job_id: jobId, workers } = await applyTemplate(first, templateId, { worker_ids: names });
    expect(workers).toBe(fleetSize);

    const progress: number[] = [];
    for (let portion = 0; portion < 20; portion += 1)
      progress.push((await nextPortion(first, clock, jobId)) - 1);
    expect(progress).toEqual(Array.from({ length: 20 }, (_, index) => fleetSize - 25 * (index + 1)));
    await waitFor(
      async () => (await readJob(first, jobId)).counts.confirmed === 400,
      'all of the first half that obey',
    );
    await first.stop();
    for (const { miner } of before.values()) miner.client.end(true);
    forgetNews(first.databasePath, jobId, 60);

    const platform = await startTestPlatform({ clock, dataDir });
    const resumed = await readJob(platform, jobId);
    expect(resumed).toMatchObject({
      state: 'running',
      counts: { waiting: 500, confirmed: 400, skipped: 25 },
    });
    const after = await connectAll(platform, before);
    await runToEnd(platform, clock, jobId);
    await settle(platform, clock, jobId, 800);
    expect(await readJob(platform, jobId)).toMatchObject({
      state: 'finished',
      counts: {
        ...{ waiting: 0, sent: 0, delivered: 0, cancelled: 0 },
        ...{ confirmed: 800, unconfirmed: 100, undelivered: 50, skipped: 50 },
      },
      failed: 200,
      changed: 950,
    });
    const ordersOf = (name: string) =>
      (before.get(name)?.orders.length ?? 0) + (after.get(name)?.orders.length ?? 0);
    const expected = { obeys: 'confirmed', ignores: 'unconfirmed', deaf: 'undelivered', away: 'skipped' };
    const rows = await jobWorkers(platform, jobId);
    expect(rows.map(({ state }) => state)).toEqual(names.map((_, index) => expected[obedienceOf(index)]));
    expect(names.map(ordersOf)).toEqual(names.map((_, index) => (obedienceOf(index) === 'away' ? 0 : 1)));
    expect(rows.map((row) => row.before?.difficulty)).toEqual(
      names.map((_, index) => (obedienceOf(index) === 'away' ? undefined : 1000 + index)),
    );

    // All are well now: the retry is for the 200 that failed.
    const failed = names.filter((_, index) => obedienceOf(index) !== 'obeys');
    const deaf = names.filter((_, index) => obedienceOf(index) === 'deaf');
    for (const name of deaf) after.get(name)?.miner.client.end(true);
    for (const name of deaf) after.set(name, await reconnect(platform, name, after));
    await Promise.all(
      [...after.values()].map(async (miner) => {
        miner.obedience = 'obeys';
        await miner.miner.status('AVAILABLE');
        await miner.tell();
      }),
    );
    const told = new Map(names.map((name) => [name, after.get(name)?.orders.length ?? 0]));
    expect((await changeJob(platform, jobId, 'retry')).body).toMatchObject({
      attempt: 2,
      counts: { waiting: 200 },
    });
    await runToEnd(platform, clock, jobId);
    await waitFor(
      async () => (await readJob(platform, jobId)).counts.confirmed === fleetSize,
      'all to be confirmed',
    );
    await waitFor(async () => {
      clock.advance(100);
      return (await readJob(platform, jobId)).state === 'finished';
    }, 'the end of the retry');
    const retried = names.filter((name) => (after.get(name)?.orders.length ?? 0) > (told.get(name) ?? 0));
    expect(retried).toEqual(failed);
    expect([...after.values()].every(({ config }) => config.difficulty === 5000)).toBe(true);

    const { body: undo } = await changeJob(platform, jobId, 'undo');
    expect(undo).toMatchObject({ kind: 'undo', workers: fleetSize });
    await runToEnd(platform, clock, undo.job_id);
    await waitFor(
      async () => (await readJob(platform, undo.job_id)).counts.confirmed === fleetSize,
      'everything as it was',
    );
    expect(names.map((name) => after.get(name)?.config.difficulty)).toEqual(
      names.map((_, index) => 1000 + index),
    );
  },
);

function reconnect(platform: TestPlatform, workerId: string, miners: Miners): Promise<ConfigurableMiner> {
  const config = miners.get(workerId)?.config ?? {};
  return ConfigurableMiner.connect({
    ...{ workerId, mqttUrl: platform.mqttUrl, config },
    client: { keepalive: 0 },
  });
}
