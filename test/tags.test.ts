import { describe, expect, test } from 'vitest';
import type { SavedView } from '../src-main/contract/domain/saved-view.ts';
import type { Group, GroupTotals, WorkerTags } from '../src-main/contract/domain/tag.ts';
import { admin, call, ok, type Who } from './support/accounts.ts';
import { startCast, type Cast } from './support/cast.ts';
import { becomes } from './support/commands.ts';
import { readRows } from './support/platform-figures.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const post = (platform: TestPlatform, path: string, body: unknown, who: Who) =>
  call<{ detail: string; matched: number; changed: string[] }>(platform, 'POST', path, { body, who });
const assign = (platform: TestPlatform, body: object, who: Who = admin(platform)) =>
  post(platform, '/api/tags/assign', body, who);
const setTags = (platform: TestPlatform, workerId: string, body: object, who: Who = admin(platform)) =>
  call<WorkerTags & { detail: string }>(platform, 'PUT', `/api/workers/${workerId}/tags`, { body, who });
const tagsOf = async (platform: TestPlatform, workerId: string) =>
  (await ok<WorkerTags>(platform, 'GET', `/api/workers/${workerId}/tags`, { who: admin(platform) })).tags;
const groupsOf = (platform: TestPlatform, who: Who = admin(platform)) =>
  ok<{ items: Group[]; untagged: GroupTotals }>(platform, 'GET', '/api/tags', { who });
const labelled = async (platform: TestPlatform, who: Who) =>
  (await ok<{ items: WorkerTags[] }>(platform, 'GET', '/api/tags/workers', { who })).items;
const fleetIds = async (platform: TestPlatform, query: string, who: Who = {}) =>
  (
    await ok<{ items: { worker_id: string }[] }>(platform, 'GET', `/api/monitoring/fleet?${query}`, { who })
  ).items
    .map(({ worker_id }) => worker_id)
    .sort();

describe('tags', () => {
  test('are given and taken by list and by filter, and say on which workers they changed something', async () => {
    const { platform } = await startCast('standard');
    const first = await assign(platform, { add: ['Rack-3 ', 'site:berlin'], worker_ids: ['rig-a', 'rig-b'] });
    expect(first.body).toEqual({ matched: 2, changed: ['rig-a', 'rig-b'] });
    expect(await tagsOf(platform, 'rig-a')).toEqual(['rack-3', 'site:berlin']);
    const second = await assign(platform, { add: ['all'], remove: ['rack-3'], filter: { search: 'rig-' } });
    expect(second.body.matched).toBe(3);
    expect(second.body.changed.toSorted()).toEqual(['rig-a', 'rig-b', 'rig-c']);
    expect(await tagsOf(platform, 'rig-b')).toEqual(['all', 'site:berlin']);
    const third = await assign(platform, {
      add: ['both'],
      worker_ids: ['rig-a', 'rig-c'],
      filter: { tag: 'site:berlin' },
    });
    expect(third.body).toEqual({ matched: 1, changed: ['rig-a'] });
    expect((await assign(platform, { add: ['both'], worker_ids: ['rig-a'] })).body.changed).toEqual([]);
  });

  test.each([
    ['a blank inside', { tags: ['rack 3'] }, /small letters, digits/],
    ['an umlaut', { tags: ['köln'] }, /small letters, digits/],
    ['a dash at its end', { tags: ['rack-'] }, /small letters, digits/],
    ['41 characters', { tags: ['x'.repeat(41)] }, /at most 40/],
    ['21 tags', { tags: Array.from({ length: 21 }, (_, index) => `t${index}`) }, /up to 20/],
    ['a note of 2001 characters', { note: 'x'.repeat(2001) }, /at most 2000/],
    ['nothing', {}, /or note has to be given/],
  ])('with %s are refused with the reason', async (_what, body, reason) => {
    const { platform } = await startCast('standard');
    const { status, body: answer } = await setTags(platform, 'rig-a', body);
    expect(status).toBe(400);
    expect(answer.detail).toMatch(reason);
  });

  test('of 20 on one worker let no other in, and then nothing changes anywhere', async () => {
    const { platform } = await startCast('standard');
    const twenty = Array.from({ length: 20 }, (_, index) => `t${index}`);
    await setTags(platform, 'rig-b', { tags: twenty });
    const { status, body } = await assign(platform, { add: ['one-more'], worker_ids: ['rig-a', 'rig-b'] });
    expect(status).toBe(400);
    expect(body.detail).toContain('rig-b would have 21 tags');
    expect(await tagsOf(platform, 'rig-a')).toEqual([]);
  });

  test('are renamed and removed everywhere; two of one name become one; the colour goes along', async () => {
    const { platform, callers } = await startCast('standard');
    await assign(platform, { add: ['old'], worker_ids: ['rig-a', 'rig-b'] });
    await assign(platform, { add: ['new'], worker_ids: ['rig-a'] });
    const group = { color: 3, description: 'By the door' };
    await ok(platform, 'PUT', '/api/tags/old', { body: group, who: callers.admin });
    const renamed = await post(platform, '/api/tags/old/rename', { to: 'new' }, callers.admin);
    expect(renamed.body.changed.toSorted()).toEqual(['rig-a', 'rig-b']);
    expect(await tagsOf(platform, 'rig-a')).toEqual(['new']);
    expect(await tagsOf(platform, 'rig-b')).toEqual(['new']);
    const { items } = await groupsOf(platform);
    expect(items).toEqual([expect.objectContaining({ tag: 'new', workers: 2, ...group })]);
    const removed = await call(platform, 'DELETE', '/api/tags/new', { who: callers.admin });
    expect(removed.status).toBe(200);
    expect((await groupsOf(platform)).items).toEqual([]);
    expect((await call(platform, 'DELETE', '/api/tags/new', { who: callers.admin })).status).toBe(404);
    expect(readRows(platform, 'select * from worker_labels')).toEqual([]);
    expect(readRows(platform, 'select * from tag_groups')).toEqual([]);
  });

  test('survive a restart, as do notes, groups and views', async () => {
    const { platform, callers } = await startCast('standard');
    await setTags(platform, 'rig-a', { tags: ['b', 'a'], note: 'Fan 2 is loud.' });
    await ok(platform, 'PUT', '/api/tags/empty', { body: { color: 1 }, who: callers.admin });
    const view = { name: 'Mine', query: 'tag=a', layout: { order: ['worker'], hidden: { price: true } } };
    await ok(platform, 'POST', '/api/views', { body: view, who: callers.admin });
    await platform.stop();
    const again = await startTestPlatform({ dataDir: platform.dataDir });
    expect(await ok(again, 'GET', '/api/workers/rig-a/tags', { who: admin(again) })).toEqual({
      ...{ worker_id: 'rig-a', tags: ['a', 'b'], note: 'Fan 2 is loud.' },
    });
    expect((await groupsOf(again)).items.map(({ tag, color }) => [tag, color])).toEqual([
      ['a', 0],
      ['b', 0],
      ['empty', 1],
    ]);
    const { items } = await ok<{ items: SavedView[] }>(again, 'GET', '/api/views', { who: admin(again) });
    expect(items).toEqual([expect.objectContaining({ ...view, shared: false, is_own: true })]);
  });

  test('are in the audit log with who changed them', async () => {
    const { platform, callers } = await startCast('standard');
    await assign(platform, { add: ['x'], worker_ids: ['rig-a'] }, callers.wallet);
    const { items } = await ok<{ items: { action: string; target: string; result: string }[] }>(
      platform,
      'GET',
      '/api/admin/audit?action=tags.assign',
      { who: callers.admin },
    );
    expect(items[0]).toMatchObject({ action: 'tags.assign', target: 'x', result: 'ok' });
  });

  test('that many give at the same time are all there', async () => {
    const { platform } = await startCast('standard');
    const names = Array.from({ length: 18 }, (_, index) => `t${index}`);
    await Promise.all(names.map((tag) => assign(platform, { add: [tag], worker_ids: ['rig-a', 'rig-b'] })));
    expect(await tagsOf(platform, 'rig-a')).toEqual(names.toSorted());
    expect(await tagsOf(platform, 'rig-b')).toEqual(names.toSorted());
  });
});

describe('who may see and change', () => {
  const startTagged = async (): Promise<Cast> => {
    const cast = await startCast('standard');
    await setTags(cast.platform, 'rig-a', { tags: ['site:berlin'], note: 'Key under the MAT' });
    return cast;
  };

  test('an owner has its own workers, strangers and the public nothing', async () => {
    const { platform, callers } = await startTagged();
    const mark = { worker_id: 'rig-a', tags: ['site:berlin'], note: 'Key under the MAT' };
    expect(await labelled(platform, callers.wallet)).toEqual([mark]);
    expect(await labelled(platform, callers.otherWallet)).toEqual([]);
    expect((await groupsOf(platform, callers.otherWallet)).items).toEqual([]);
    expect((await groupsOf(platform, callers.otherWallet)).untagged.workers).toBe(0);
    for (const path of ['/api/monitoring/fleet', '/api/workers', '/api/workers/rig-a', '/api/marketplace']) {
      const { body } = await call<unknown>(platform, 'GET', path);
      expect(JSON.stringify(body)).not.toMatch(/site:berlin|under the mat/i);
    }
    for (const who of [callers.otherWallet, callers.consumer]) {
      expect((await assign(platform, { add: ['x'], worker_ids: ['rig-a'] }, who)).status).toBe(403);
      expect((await assign(platform, { add: ['x'], filter: {} }, who)).body.matched).toBe(0);
      expect((await setTags(platform, 'rig-a', { note: 'x' }, who)).status).toBe(403);
      expect((await post(platform, '/api/tags/site:berlin/rename', { to: 'x' }, who)).status).toBe(404);
      expect((await call(platform, 'DELETE', '/api/tags/site:berlin', { who })).status).toBe(404);
    }
    expect(await tagsOf(platform, 'rig-a')).toEqual(['site:berlin']);
  });

  test('the fleet is filtered and searched by tags and notes only for who may see them', async () => {
    const { platform, callers } = await startTagged();
    for (const who of [callers.admin, callers.wallet]) {
      expect(await fleetIds(platform, 'tag=site:berlin', who)).toEqual(['rig-a']);
      expect(await fleetIds(platform, 'search=under the mat', who)).toEqual(['rig-a']);
      expect(await fleetIds(platform, 'search=BERLIN', who)).toEqual(['rig-a']);
    }
    for (const who of [{}, callers.otherWallet]) {
      expect(await fleetIds(platform, 'tag=site:berlin', who)).toEqual([]);
      expect(await fleetIds(platform, 'search=berlin', who)).toEqual([]);
    }
    expect(await fleetIds(platform, 'search=rig-')).toHaveLength(3);
  });

  test('an owner renames its own workers only', async () => {
    const { platform, callers } = await startTagged();
    await ok(platform, 'PUT', '/api/tags/site:berlin', { body: { color: 4 }, who: callers.admin });
    const renamed = await post(platform, '/api/tags/site:berlin/rename', { to: 'home' }, callers.wallet);
    expect(renamed.body.changed).toEqual(['rig-a']);
    // The group's colour is the operator's.
    const { items } = await groupsOf(platform);
    expect(items.map(({ tag, workers, color }) => [tag, workers, color])).toEqual([
      ['home', 1, 0],
      ['site:berlin', 0, 4],
    ]);
    expect((await groupsOf(platform, callers.wallet)).items.map(({ tag }) => tag)).toEqual(['home']);
  });

  test('a command goes to the workers with a tag', async () => {
    const { platform, callers } = await startTagged();
    const { body } = await call<{ workers: string[]; commands: { command_id: string }[] }>(
      platform,
      'POST',
      '/api/control/commands',
      { body: { action: 'resume', filter: { tag: 'site:berlin' } }, who: callers.wallet },
    );
    expect(body.workers).toEqual(['rig-a']);
    await becomes(platform, body.commands[0]!.command_id, 'delivered');
  });
});

describe('a group', () => {
  test('adds up its workers: leased against self-mined hashrate, and what its owners were paid', async () => {
    const cast = await startCast('standard');
    const { platform, callers, miner } = cast;
    await assign(platform, { add: ['all', 'rack-1'], worker_ids: ['rig-a', 'rig-b'] });
    await miner.heartbeat({ hashrate: 1500 });
    await cast.freshLease();
    const groups = async () =>
      Object.fromEntries((await groupsOf(platform)).items.map((one) => [one.tag, one]));
    const during = await waitFor(async () => {
      const { all } = await groups();
      return all!.self_hashrate >= 1500 && all;
    }, 'the heartbeat');
    expect(during).toMatchObject({ workers: 2, online: 2, leased_workers: 1, earnings_24h: 0 });
    expect(during.leased_hashrate + during.self_hashrate).toBeCloseTo(during.hashrate);
    expect((await groups())['rack-1']).toEqual({ ...during, tag: 'rack-1' });
    expect((await groupsOf(platform)).untagged).toMatchObject({ workers: 1, leased_workers: 0 });
    await cast.endLeases();
    const { all } = await groups();
    expect(all).toMatchObject({ leased_workers: 0, leased_hashrate: 0 });
    const [paid] = readRows<{ micro: number }>(
      platform,
      'select sum(provider_payout_micro) as micro from settlements',
    );
    expect(all!.earnings_24h).toBe(paid!.micro / 1_000_000);
    expect((await groupsOf(platform, callers.wallet)).items).toHaveLength(2);
  });
});

describe('saved views', () => {
  const save = (platform: TestPlatform, body: object, who: Who) =>
    call<SavedView & { detail: string }>(platform, 'POST', '/api/views', { body, who });
  const names = async (platform: TestPlatform, who: Who) =>
    (await ok<{ items: SavedView[] }>(platform, 'GET', '/api/views', { who })).items.map(({ name }) => name);

  test("are one's own, or shared by the operator", async () => {
    const { platform, callers } = await startCast('standard');
    const shared = await save(platform, { name: 'Offline', query: 'online=0', shared: true }, callers.admin);
    await save(platform, { name: 'Private' }, callers.admin);
    const own = await save(platform, { name: 'Mine' }, callers.wallet);
    expect(await names(platform, callers.admin)).toEqual(['Offline', 'Private']);
    expect(await names(platform, callers.wallet)).toEqual(['Mine', 'Offline']);
    expect(await names(platform, callers.otherWallet)).toEqual(['Offline']);
    expect((await save(platform, { name: 'Ad', shared: true }, callers.wallet)).status).toBe(403);
    expect((await save(platform, { name: 'Mine' }, callers.wallet)).status).toBe(409);
    const path = `/api/views/${shared.body.view_id}`;
    expect((await call(platform, 'DELETE', path, { who: callers.wallet })).status).toBe(404);
    const hidden = `/api/views/${own.body.view_id}`;
    expect((await call(platform, 'DELETE', hidden, { who: callers.admin })).status).toBe(404);
    const changed = await ok<SavedView>(platform, 'PUT', hidden, {
      body: { name: 'Renamed', query: 'q=rig' },
      who: callers.wallet,
    });
    expect(changed).toMatchObject({ name: 'Renamed', query: 'q=rig', is_own: true });
    await ok(platform, 'DELETE', path, { who: callers.admin });
    expect(await names(platform, callers.wallet)).toEqual(['Renamed']);
  });
});
