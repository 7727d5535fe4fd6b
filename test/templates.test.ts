import { describe, expect, test } from 'vitest';
import type { Template } from '../src-main/contract/domain/template.ts';
import { admin, call, deposit, newWallet, ok, register, signIn } from './support/accounts.ts';
import { ConfigurableMiner } from './support/configurable-miner.ts';
import { ManualClock } from './support/manual-clock.ts';
import { rentBody } from './support/renting.ts';
import {
  applyTemplate,
  changeJob,
  createTemplate,
  finished,
  jobWorkers,
  readJob,
} from './support/templates.ts';
import { believing, startTestPlatform, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const address = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
const otherAddress = '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359';

const connect = (
  platform: TestPlatform,
  workerId: string,
  options: Partial<Parameters<typeof ConfigurableMiner.connect>[0]> = {},
) => ConfigurableMiner.connect({ workerId, mqttUrl: platform.mqttUrl, ...options });

const preview = (platform: TestPlatform, templateId: string, body: object) =>
  ok(platform, 'POST', `/api/templates/${templateId}/preview`, { body, who: admin(platform) });

const reported = async (platform: TestPlatform, workerId: string) =>
  (await platform.get<{ config: { reported: object } }>(`/api/workers/${workerId}`)).config.reported;

describe('a template', () => {
  test('is created, read, changed and deleted, and its name is its own', async () => {
    const platform = await startTestPlatform();
    const who = admin(platform);
    const body = { name: ' Night ', note: 'cheap power', config: { difficulty: 1500, prefix: 'ab' } };
    const made = await ok<Template>(platform, 'POST', '/api/templates', { body, who });
    expect(made).toMatchObject({ ...body, name: 'Night', updated_by: 'admin' });
    const path = `/api/templates/${made.template_id}`;
    expect(await ok(platform, 'GET', path, { who })).toEqual(made);
    const taken = await call(platform, 'POST', '/api/templates', { body: { ...body, name: 'NIGHT' }, who });
    expect([taken.status, taken.body['detail']]).toEqual([
      409,
      'There is a template named NIGHT already; choose another name.',
    ]);
    const other = await createTemplate(platform, 'Day', { address });
    const rename = await call(platform, 'PUT', `/api/templates/${other}`, { body, who });
    expect(rename.status).toBe(409);
    const changes = { name: 'night', config: { block_pattern: 'XEN11' } };
    const changed = await ok<Template>(platform, 'PUT', path, { body: changes, who });
    expect(changed).toMatchObject({ ...changes, note: '', created_at: made.created_at });
    const { items } = await ok<{ items: Template[] }>(platform, 'GET', '/api/templates', { who });
    expect(items.map(({ name }) => name)).toEqual(['Day', 'night']);
    expect(await ok(platform, 'DELETE', path, { who })).toEqual({
      status: 'deleted',
      template_id: made.template_id,
    });
    for (const method of ['GET', 'DELETE'])
      expect((await call(platform, method, path, { who })).status).toBe(404);
    const audit = await ok<{ items: { action: string; target: string }[] }>(
      platform,
      'GET',
      '/api/admin/audit',
      { who },
    );
    const entries = audit.items.map(({ action, target }) => `${action} ${target}`);
    expect(entries).toContain(`template.create ${made.template_id}`);
    expect(entries).toContain(`template.change ${made.template_id}`);
    expect(entries).toContain(`template.delete ${made.template_id}`);
  });

  test.each([
    [{ name: '', config: { difficulty: 1 } }, 'name must not be empty'],
    [{ name: 'a', config: {} }, 'config needs at least one of difficulty, address, prefix, block_pattern'],
    [{ name: 'a' }, 'config'],
    [{ name: 'a', config: { difficulty: 0 } }, 'difficulty must be at least 1'],
    [{ name: 'a', config: { address: '0x1' } }, 'address must be 0x and 40 hex digits'],
    [{ name: 'a', config: { speed: 1 } }, 'unknown fields: speed'],
    [{ name: 'x'.repeat(65), config: { difficulty: 1 } }, 'name must have at most 64 characters'],
  ])('%j is refused with 400 that says why', async (body, reason) => {
    const platform = await startTestPlatform();
    const answer = await call(platform, 'POST', '/api/templates', { body, who: admin(platform) });
    expect(answer.status).toBe(400);
    expect(answer.body['detail']).toContain(reason);
  });

  test("is the operator's: owners and renters see and change none", async () => {
    const platform = await startTestPlatform();
    const id = await createTemplate(platform, 'Night', { difficulty: 1500 });
    const wallet = await signIn(platform, newWallet());
    for (const [method, path, body] of [
      ['GET', '/api/templates', undefined],
      ['POST', `/api/templates/${id}/apply`, { worker_ids: ['rig-1'] }],
      ['GET', '/api/template-jobs', undefined],
    ] as const)
      expect((await call(platform, method, path, { who: wallet, ...(body && { body }) })).status).toBe(403);
  });
});

describe('the preview', () => {
  test('says for each worker what would become another, and who would be left out and why', async () => {
    const platform = await startTestPlatform({ args: believing });
    const config = { difficulty: 1000, address, prefix: 'aa' };
    await connect(platform, 'changes', { config });
    await connect(platform, 'same', { config: { ...config, difficulty: 2000, prefix: 'BB' } });
    const gone = await connect(platform, 'gone', { config });
    await gone.miner.status('offline');
    const renter = await register(platform, 'renter');
    await deposit(platform, 'renter', 100);
    await connect(platform, 'rented', { config });
    await ok(platform, 'POST', '/api/rent', { body: { ...rentBody, worker_id: 'rented' }, who: renter });
    const id = await createTemplate(platform, 'Night', { difficulty: 2000, address, prefix: 'bb' });
    await waitFor(
      async () => ((await reported(platform, 'same')) as { prefix: string }).prefix === 'BB',
      'the heartbeats',
    );
    const worker_ids = ['changes', 'same', 'gone', 'rented', 'nobody'];
    const now = { difficulty: 1000, address, prefix: 'aa', block_pattern: null };
    const changes = ['difficulty', 'prefix'];
    expect(await preview(platform, id, { worker_ids })).toEqual({
      workers: 5,
      changing: 1,
      skipped: { leased: 1, offline: 1, unchanged: 1, unknown: 1, no_before: 0 },
      items: [
        { worker_id: 'changes', now, changes, skipped: null },
        {
          worker_id: 'same',
          now: { ...now, difficulty: 2000, prefix: 'BB' },
          changes: [],
          skipped: 'unchanged',
        },
        { worker_id: 'gone', now, changes, skipped: 'offline' },
        expect.objectContaining({ worker_id: 'rented', skipped: 'leased' }) as object,
      ],
    });
    expect(await preview(platform, id, { filter: { search: 'change' }, limit: 0 })).toMatchObject({
      workers: 1,
      changing: 1,
      items: [],
    });
    const nobody = await call(platform, 'POST', `/api/templates/${id}/preview`, {
      body: { filter: { search: 'no such' } },
      who: admin(platform),
    });
    expect([nobody.status, nobody.body['detail']]).toEqual([
      400,
      'No worker passes this filter; look at it in the fleet first.',
    ]);
    const untargeted = await call(platform, 'POST', `/api/templates/${id}/apply`, {
      body: {},
      who: admin(platform),
    });
    expect(untargeted.status).toBe(400);
  });
});

describe('a job', () => {
  test('gives a template to a selection, follows it to its end, and is undone to what each had before', async () => {
    const platform = await startTestPlatform();
    const first = await connect(platform, 'rig-1', { config: { difficulty: 1000, address, prefix: 'aa' } });
    const second = await connect(platform, 'rig-2', { config: { difficulty: 1200, address: otherAddress } });
    const third = await connect(platform, 'rig-3', { config: { difficulty: 1300 } });
    const id = await createTemplate(platform, 'Night', { difficulty: 2000, prefix: 'cc' });
    const job = await applyTemplate(platform, id, { worker_ids: ['rig-1', 'rig-2'] });
    expect(job).toMatchObject({
      kind: 'apply',
      state: 'running',
      template_name: 'Night',
      workers: 2,
      attempt: 1,
    });
    const done = await finished(platform, job.job_id);
    expect(done).toMatchObject({ state: 'finished', counts: { confirmed: 2 }, failed: 0, changed: 2 });
    expect(first.config).toEqual({ difficulty: 2000, address, prefix: 'cc' });
    expect(third.orders).toEqual([]);
    expect((await jobWorkers(platform, job.job_id)).map(({ before }) => before)).toEqual([
      { difficulty: 1000, address, prefix: 'aa', block_pattern: null },
      { difficulty: 1200, address: otherAddress, prefix: null, block_pattern: null },
    ]);
    // What it was applied with stays when the template changes.
    await ok(platform, 'DELETE', `/api/templates/${id}`, { who: admin(platform) });

    const undo = await changeJob(platform, job.job_id, 'undo');
    expect(undo).toMatchObject({ status: 202, body: { kind: 'undo', undo_of: job.job_id, workers: 2 } });
    expect(await finished(platform, undo.body.job_id)).toMatchObject({ counts: { confirmed: 2 } });
    expect(first.config).toEqual({ difficulty: 1000, address, prefix: 'aa' });
    expect(second.config).toEqual({ difficulty: 1200, address: otherAddress, prefix: '' });
    expect((await readJob(platform, job.job_id)).undone_by).toBe(undo.body.job_id);

    // An undo can be undone.
    const again = await changeJob(platform, undo.body.job_id, 'undo');
    await finished(platform, again.body.job_id);
    expect([first.config.difficulty, second.config.prefix]).toEqual([2000, 'cc']);
    const list = await ok<{ total: number; items: { job_id: string }[] }>(
      platform,
      'GET',
      `/api/template-jobs?template_id=${id}`,
      { who: admin(platform) },
    );
    expect(list.items.map(({ job_id }) => job_id)).toEqual([again.body.job_id, undo.body.job_id, job.job_id]);
  });

  test('tells exactly who failed, and a retry is for these only', async () => {
    const clock = new ManualClock();
    const platform = await startTestPlatform({ clock });
    // The clock goes on faster than they ping.
    const client = { keepalive: 0 };
    const miners = {
      good: await connect(platform, 'good', { client }),
      stubborn: await connect(platform, 'stubborn', { client, obedience: 'ignores' }),
      deaf: await connect(platform, 'deaf', { client, obedience: 'deaf' }),
      away: await connect(platform, 'away', { client }),
    };
    await miners.away.miner.status('offline');
    const id = await createTemplate(platform, 'Night', { difficulty: 2000 });
    const worker_ids = [...Object.keys(miners), 'nobody'];
    const { job_id: jobId } = await applyTemplate(platform, id, { worker_ids });
    const state = async (workerId: string) =>
      (await jobWorkers(platform, jobId)).find(({ worker_id }) => worker_id === workerId)?.state;
    clock.advance(100);
    await waitFor(async () => (await state('good')) === 'confirmed', 'the good one');
    await waitFor(async () => (await state('stubborn')) === 'delivered', 'the stubborn one');
    const early = await changeJob(platform, jobId, 'retry');
    expect([early.status, early.body.detail]).toEqual([
      409,
      'This job is not finished yet: wait until every outcome is known.',
    ]);
    clock.advance(121_000);
    await waitFor(
      () => (clock.advance(100), readJob(platform, jobId).then((job) => job.finished_at !== null)),
      'its end',
    );
    expect(await readJob(platform, jobId)).toMatchObject({
      state: 'finished',
      workers: 5,
      counts: { confirmed: 1, unconfirmed: 1, undelivered: 1, skipped: 2, waiting: 0 },
      skipped: { offline: 1, unknown: 1 },
      failed: 3,
      changed: 3,
    });
    const failed = await jobWorkers(platform, jobId, '&group=failed');
    expect(failed.map(({ worker_id, state: now, reason }) => [worker_id, now, reason])).toEqual([
      ['stubborn', 'unconfirmed', null],
      ['deaf', 'undelivered', null],
      ['away', 'skipped', 'offline'],
    ]);
    expect(failed[1]?.detail).toContain('Not acknowledged');
    expect((await jobWorkers(platform, jobId, '&search=STUB')).length).toBe(1);

    miners.stubborn.obedience = 'obeys';
    for (const miner of [miners.good, miners.stubborn, miners.away]) {
      await miner.miner.status('AVAILABLE');
      await miner.tell();
    }
    expect((await changeJob(platform, jobId, 'retry')).body).toMatchObject({ state: 'running', attempt: 2 });
    await waitFor(
      () => (clock.advance(100), readJob(platform, jobId).then(({ counts }) => counts.confirmed === 3)),
      'the retried ones',
    );
    expect(miners.good.orders).toHaveLength(1);
    expect(miners.stubborn.orders).toHaveLength(2);
    expect(miners.away.orders).toHaveLength(1);
  });

  test('skips who is rented out, and takes it up in a retry once it is free', async () => {
    const platform = await startTestPlatform();
    const renter = await register(platform, 'renter');
    await deposit(platform, 'renter', 100);
    const miner = await connect(platform, 'rig-1');
    await ok(platform, 'POST', '/api/rent', { body: rentBody, who: renter });
    const id = await createTemplate(platform, 'Night', { difficulty: 2000 });
    const { job_id: jobId } = await applyTemplate(platform, id, { worker_ids: ['rig-1'] });
    expect(await finished(platform, jobId)).toMatchObject({ skipped: { leased: 1 }, failed: 1, changed: 0 });
    expect(miner.orders).toEqual([]);
    expect((await changeJob(platform, jobId, 'undo')).body.detail).toContain('nothing to undo');
    const { items } = await ok<{ items: { lease_id: string }[] }>(platform, 'GET', '/api/leases', {
      who: admin(platform),
    });
    await ok(platform, 'POST', '/api/stop', { body: { lease_id: items[0]?.lease_id }, who: renter });
    expect((await changeJob(platform, jobId, 'retry')).status).toBe(202);
    expect(await finished(platform, jobId)).toMatchObject({ counts: { confirmed: 1 }, failed: 0 });
    const none = await changeJob(platform, jobId, 'retry');
    expect([none.status, none.body.detail]).toEqual([409, 'No worker of this job failed.']);
  });

  test('never takes what a renter asked for, which heartbeats show after the lease, for what was before', async () => {
    const platform = await startTestPlatform({ args: believing });
    const renter = await register(platform, 'renter');
    await deposit(platform, 'renter', 100);
    const rig = await connect(platform, 'rig-1', {
      ethAddress: otherAddress,
      config: { difficulty: 1000, address: otherAddress },
    });
    const { lease_id, prefix } = await ok<{ lease_id: string; prefix: string }>(
      platform,
      'POST',
      '/api/rent',
      { body: rentBody, who: renter },
    );
    rig.config = { difficulty: 1000, address: rentBody.consumer_address, prefix };
    await rig.miner.status('MINING', { lease_id });
    await rig.tell();
    await ok(platform, 'POST', '/api/stop', { body: { lease_id }, who: renter });

    const third = `0x${'3'.repeat(40)}`;
    const id = await createTemplate(platform, 'Night', { address: third, prefix: 'cc' });
    const { job_id: jobId } = await applyTemplate(platform, id, { worker_ids: ['rig-1'] });
    expect(await finished(platform, jobId)).toMatchObject({ counts: { confirmed: 1 } });
    expect((await jobWorkers(platform, jobId))[0]?.before).toEqual({
      ...{ difficulty: 1000, address: otherAddress, prefix: null, block_pattern: null },
    });
    const undo = await changeJob(platform, jobId, 'undo');
    await finished(platform, undo.body.job_id);
    expect(rig.orders.at(-1)).toEqual({ address: otherAddress, prefix: '' });

    // Nor is it left out because it shows the address of the template, which was the renter's.
    rig.config = { difficulty: 1000, address: rentBody.consumer_address, prefix };
    await rig.tell();
    const same = await createTemplate(platform, 'Same', { address: rentBody.consumer_address });
    const { job_id: sameId } = await applyTemplate(platform, same, { worker_ids: ['rig-1'] });
    expect(await finished(platform, sameId)).toMatchObject({ changed: 1 });
  });

  test('is cancelled: what was not sent is never sent, what was sent is followed', async () => {
    const clock = new ManualClock();
    const platform = await startTestPlatform({ clock });
    const names = Array.from({ length: 40 }, (_, index) => `rig-${String(index).padStart(2, '0')}`);
    const miners = await Promise.all(names.map((name) => connect(platform, name)));
    const id = await createTemplate(platform, 'Night', { difficulty: 2000 });
    const { job_id: jobId } = await applyTemplate(platform, id, { worker_ids: names });
    clock.advance(100);
    await waitFor(async () => (await readJob(platform, jobId)).counts.confirmed === 25, 'the first portion');
    expect((await changeJob(platform, jobId, 'cancel')).body).toMatchObject({
      state: 'cancelled',
      counts: { confirmed: 25, cancelled: 15 },
    });
    await waitFor(
      () => (clock.advance(100), readJob(platform, jobId).then((job) => job.finished_at !== null)),
      'its end',
    );
    expect(miners.filter(({ orders }) => orders.length > 0)).toHaveLength(25);
    expect((await changeJob(platform, jobId, 'cancel')).status).toBe(409);
    expect((await changeJob(platform, jobId, 'undo')).body.workers).toBe(25);
    expect((await call(platform, 'GET', '/api/template-jobs/none', { who: admin(platform) })).status).toBe(
      404,
    );
  });
});
