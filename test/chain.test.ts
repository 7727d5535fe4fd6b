import { describe, expect, test } from 'vitest';
import { admin, call, newWallet, ok } from './support/accounts.ts';
import { ManualClock } from './support/manual-clock.ts';
import { mineProof } from './support/mine.ts';
import { accountBlock, networkBlock, xuniBlock } from './support/proof-vectors.ts';
import { startSeededPlatform } from './support/seed-database.ts';
import { newKey, TestMiner } from './support/test-miner.ts';
import { believing, startTestPlatform, temporaryFolder, type TestPlatform } from './support/test-platform.ts';

const address = '0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266';

interface Submitted {
  status: string;
  message: string;
  block_type: string;
  block_id: number;
  detail?: string;
}

/** Fields of a submission as the C++ miner sends them. */
function submission(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    hash_to_verify: 'abcXEN11def',
    key: newKey(),
    account: address,
    attempts: '130000',
    hashes_per_second: '1000.00',
    worker: '1',
    ...changes,
  };
}

const submit = (platform: TestPlatform, changes?: Record<string, unknown>) =>
  call<Submitted>(platform, 'POST', '/verify', { body: submission(changes) });

const stats = (platform: TestPlatform) => platform.get<Record<string, number>>('/chain/stats');

/** Mines at m = 8 with a short marker. */
const quick = ['--difficulty', '8', '--block-marker', 'X1'];
const mineQuickly = (account: string) => mineProof({ account, prefix: '', marker: 'X1', memory: 8 });

describe('a block with a real proof', () => {
  test('is taken once, pays its account, and is in the chain', async () => {
    const platform = await startTestPlatform({ args: quick });
    const { key, hash } = await mineQuickly(address);
    const accepted = await submit(platform, { key, hash_to_verify: hash });
    expect(accepted).toMatchObject({
      status: 200,
      body: { status: 'success', message: expect.any(String) as string, block_type: 'normal', block_id: 1 },
    });
    for (const again of [key, key.toUpperCase()]) {
      const { status, body } = await submit(platform, { key: again, hash_to_verify: hash });
      expect(status).toBe(409);
      expect(body).toMatchObject({
        status: 'error',
        message: expect.stringContaining('already exists') as string,
      });
    }
    expect(await platform.get(`/balance/${address.toLowerCase()}`)).toEqual({
      address: address.toLowerCase(),
      balance: 10,
    });
    expect(await stats(platform)).toEqual({
      total_blocks: 1,
      normal_blocks: 1,
      super_blocks: 0,
      xuni_blocks: 0,
      difficulty: 8,
      unique_miners: 1,
      next_block_id: 2,
    });
    expect(await platform.get('/chain/blocks')).toEqual([
      {
        block_id: 1,
        hash_to_verify: hash,
        key,
        account: address,
        date: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) as string,
        created_at: expect.any(Number) as number,
        block_type: 'normal',
        attempts: 130_000,
        hashes_per_second: '1000.00',
        worker: '1',
      },
    ]);
  });

  test('of the real network and with a known outcome is taken', async () => {
    const platform = await startTestPlatform({ args: ['--difficulty', '8'] });
    for (const [vector, type] of [
      [accountBlock, 'normal'],
      [networkBlock, 'normal'],
      [xuniBlock, 'xuni'],
    ] as const) {
      const { body } = await submit(platform, {
        key: vector.key,
        hash_to_verify: vector.hash,
        account: accountBlock.account,
      });
      expect(body).toMatchObject({ status: 'success', block_type: type });
    }
    expect(await platform.get(`/balance/${accountBlock.account}`)).toMatchObject({ balance: 21 });
  });

  test('is taken once, however many submit it at the same time', async () => {
    const platform = await startTestPlatform({ args: quick });
    const { key, hash } = await mineQuickly(address);
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => submit(platform, { key, hash_to_verify: hash })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 29 }, () => 409)]);
    expect(await stats(platform)).toMatchObject({ total_blocks: 1, unique_miners: 1 });
  });

  test('that is wrong in any part is refused with 500, status and message', async () => {
    const platform = await startTestPlatform({ args: quick });
    const proof = await mineQuickly(address);
    const last = proof.key.slice(-1) === '0' ? '1' : '0';
    const swapped = proof.hash.replace(/(.)X1/, (_, letter: string) => `${letter === 'A' ? 'B' : 'A'}X1`);
    for (const [changes, reason] of [
      [{ key: proof.key.slice(0, -1) + last }, 'wrong_hash'],
      [{ hash_to_verify: swapped }, 'wrong_hash'],
      [{ hash_to_verify: proof.hash.replace('m=8', 'm=16') }, 'wrong_hash'],
      [{ hash_to_verify: proof.hash.replace('m=8', 'm=7') }, 'malformed_proof'],
      [{ account: newWallet().address }, 'wrong_account'],
      [{ hash_to_verify: proof.hash.replaceAll('X1', 'X2') }, 'no_marker'],
      [{ hash_to_verify: 'abcX1def' }, 'no_proof'],
      [{ hash_to_verify: proof.hash.slice(0, -1) }, 'malformed_proof'],
    ] as const) {
      const { status, body } = await submit(platform, {
        key: proof.key,
        hash_to_verify: proof.hash,
        ...changes,
      });
      expect([status, body.status], reason).toEqual([500, 'error']);
      expect(body.message).toContain(reason);
    }
    expect((await submit(platform, { key: 'abc', hash_to_verify: proof.hash })).status).toBe(500);
    expect(await stats(platform)).toMatchObject({ total_blocks: 0, unique_miners: 0, next_block_id: 1 });
  });

  test('below the difficulty is refused', async () => {
    const platform = await startTestPlatform({ args: ['--block-marker', 'X1'] });
    const { key, hash } = await mineQuickly(address);
    const { status, body } = await submit(platform, { key, hash_to_verify: hash });
    expect(status).toBe(500);
    expect(body.message).toContain('memory_below_difficulty');
  });
});

describe('a xuni block', () => {
  const xuni = { key: xuniBlock.key, hash_to_verify: xuniBlock.hash, account: xuniBlock.account };

  test('outside its minutes is refused where the window is on', async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 1, 12, 5));
    const platform = await startTestPlatform({ clock, args: ['--difficulty', '8', '--xuni-window', 'on'] });
    const { status, body } = await submit(platform, xuni);
    expect(status).toBe(400);
    expect(body.status).toBe('error');
    expect(body.message).toContain('outside of time window');
    clock.advance(50 * 60_000);
    expect((await submit(platform, xuni)).body).toMatchObject({ status: 'success', block_type: 'xuni' });
  });

  test('counts at any time unless the window is on', async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 1, 12, 30));
    const platform = await startTestPlatform({ clock, args: ['--difficulty', '8'] });
    expect((await submit(platform, xuni)).body.block_type).toBe('xuni');
  });
});

describe('without proofs', () => {
  test('the marker makes a block, capitals a superblock, XUNI and a digit a xuni block', async () => {
    const platform = await startTestPlatform({ args: believing });
    const kinds = [
      ['0000XEN11', 'normal'],
      [`XEN11${'A'.repeat(47)}`, 'super'],
      [`XEN11${'A'.repeat(46)}`, 'normal'],
      ['abcXUNI7', 'xuni'],
    ];
    for (const [hash, type] of kinds) {
      expect((await submit(platform, { hash_to_verify: hash })).body.block_type).toBe(type);
    }
    expect(await platform.get(`/balance/${address}`)).toMatchObject({ balance: 10 + 50 + 10 + 1 });
    expect(await platform.get('/balance/0x00')).toEqual({ address: '0x00', balance: 0 });
    for (const hash of ['abc', 'XUNI', 'xen11', 'XUNIx'])
      expect((await submit(platform, { hash_to_verify: hash })).status).toBe(500);
    expect((await submit(platform, { key: newKey().slice(1) })).status).toBe(500);
    expect(await stats(platform)).toMatchObject({ normal_blocks: 2, super_blocks: 1, xuni_blocks: 1 });
  });

  test('attempts, hashrate and worker may be text, numbers, null or absent', async () => {
    const platform = await startTestPlatform({ args: believing });
    for (const fields of [
      { attempts: 5, hashes_per_second: 12.5, worker: 3 },
      { attempts: '5', hashes_per_second: '12.5', worker: '3' },
      { attempts: null, hashes_per_second: null, worker: null },
      { attempts: undefined, hashes_per_second: undefined, worker: undefined },
    ])
      expect((await submit(platform, fields)).status).toBe(200);
    const blocks = await platform.get<Record<string, unknown>[]>('/chain/blocks');
    expect(
      blocks.map(({ attempts, hashes_per_second, worker }) => [attempts, hashes_per_second, worker]),
    ).toEqual([
      [0, '', ''],
      [0, '', ''],
      [5, '12.5', '3'],
      [5, '12.5', '3'],
    ]);
  });
});

describe('the difficulty', () => {
  test('is text, starts at 1727, and grows by a twentieth every 50 blocks', async () => {
    const platform = await startTestPlatform({ args: believing });
    const difficulties: string[] = [];
    for (let block = 0; block < 101; block += 1) {
      difficulties.push((await platform.get<{ difficulty: string }>('/difficulty')).difficulty);
      await submit(platform);
    }
    expect(difficulties[0]).toBe('1727');
    expect(difficulties[49]).toBe('1727');
    expect(difficulties[50]).toBe('1813');
    expect(difficulties[99]).toBe('1813');
    expect(difficulties[100]).toBe('1903');
    expect(await platform.get('/api/overview/network')).toMatchObject({
      difficulty: 1903,
      chain_blocks: 101,
    });
  });

  test('never exceeds 100,000', async () => {
    const platform = await startSeededPlatform((database) => {
      for (let block = 1; block <= 5000; block += 1) {
        database.insert('chain_blocks', {
          block_id: block,
          key: block.toString(16).padStart(64, '0'),
          hash: 'XEN11',
          account: address,
          type: 'normal',
          attempts: 1,
          hashes_per_second: '',
          worker: '',
          created_at_ms: 0,
        });
      }
    });
    expect(await platform.get('/difficulty')).toEqual({ difficulty: '100000' });
  });

  test('of before is still taken for five minutes after a change', async () => {
    const clock = new ManualClock();
    // One character is in three of four tags.
    const platform = await startTestPlatform({ clock, args: ['--block-marker', 'X'] });
    const mineAt = async (memory: number) => {
      const { key, hash } = await mineProof({ account: address, prefix: '', marker: 'X', memory });
      return { key, hash_to_verify: hash };
    };
    for (let block = 0; block < 50; block += 1)
      expect((await submit(platform, await mineAt(1727))).status).toBe(200);
    expect(await platform.get('/difficulty')).toEqual({ difficulty: '1813' });
    expect((await submit(platform, await mineAt(1727))).status).toBe(200);
    expect((await submit(platform, await mineAt(1726))).status).toBe(500);
    clock.advance(300_000);
    const late = await submit(platform, await mineAt(1727));
    expect(late.body.message).toContain('memory_below_difficulty');
    expect((await submit(platform, await mineAt(1813))).status).toBe(200);
  });
});

test('the chain goes on where it was after a restart', async () => {
  const dataDir = temporaryFolder();
  const first = await startTestPlatform({ dataDir, args: believing });
  const keys = [newKey(), newKey(), newKey()];
  for (const key of keys) await submit(first, { key });
  await submit(first, { account: newWallet().address, hash_to_verify: 'XUNI5' });
  const before = await stats(first);
  await first.stop();
  const second = await startTestPlatform({ dataDir, args: believing });
  expect(await stats(second)).toEqual(before);
  expect(before).toMatchObject({ total_blocks: 4, unique_miners: 2, next_block_id: 5 });
  expect(await second.get(`/balance/${address}`)).toMatchObject({ balance: 30 });
  expect((await submit(second, { key: keys[1] })).status).toBe(409);
  expect((await submit(second)).body.block_id).toBe(5);
});

describe('lists', () => {
  test('the last 100 blocks rise in number, and any account or prefix can be looked up', async () => {
    const platform = await startTestPlatform({ args: believing });
    const other = newWallet().address;
    for (let block = 1; block <= 105; block += 1)
      await submit(platform, {
        key: newKey(block % 5 === 0 ? 'ABCD' : '0'),
        account: block % 2 ? address : other,
      });
    const ids = async (path: string) =>
      (await platform.get<{ block_id: number }[]>(path)).map(({ block_id }) => block_id);
    const numbers = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, index) => from + index);
    expect(await ids('/getblocks/lastblock')).toEqual(numbers(6, 105));
    expect(await ids('/chain/blocks')).toEqual(numbers(56, 105).reverse());
    expect(await ids('/chain/blocks?limit=2')).toEqual([105, 104]);
    expect(await ids(`/chain/blocks?account=${other.toUpperCase().replace('0X', '0x')}&limit=2`)).toEqual([
      104, 102,
    ]);
    expect(await ids('/chain/blocks?prefix=abcd&limit=2')).toEqual([105, 100]);
    expect(await ids('/chain/blocks?prefix=aB&limit=2')).toEqual([105, 100]);
    expect(await ids(`/chain/blocks?prefix=abcd&account=${other}&limit=2`)).toEqual([100, 90]);
    expect(await ids(`/chain/blocks?prefix=a&account=${other}&limit=2`)).toEqual([100, 90]);
    expect(await ids('/chain/blocks?prefix=ffff')).toEqual([]);
    for (const query of ['limit=0', 'limit=501', 'prefix=xyz', "account='--", 'limit=1.5'])
      expect((await call(platform, 'GET', `/chain/blocks?${query}`)).status).toBe(422);
    expect((await call(platform, 'GET', `/balance/${encodeURIComponent("' or 1=1 --")}`)).status).toBe(422);
  });
});

describe("a miner's report of a block", () => {
  test('shows that the chain has it, whichever came first', async () => {
    const platform = await startTestPlatform({ args: quick });
    const miner = await TestMiner.connect({
      workerId: 'rig-1',
      mqttUrl: platform.mqttUrl,
      ethAddress: address,
    });
    await miner.introduce();
    const [early, late, only] = [
      await mineQuickly(address),
      await mineQuickly(address),
      await mineQuickly(address),
    ];
    const report = ({ key, hash }: { key: string; hash: string }) =>
      miner.block({ key, hash, account: address });
    const post = ({ key, hash }: { key: string; hash: string }) =>
      submit(platform, { key, hash_to_verify: hash });
    await report(early);
    await post(early);
    await post(late);
    await report(late);
    await report(only);
    const blocks = await platform.get<Record<string, unknown>[]>('/api/monitoring/blocks/recent');
    expect(
      blocks.map(({ key, chain_verified, chain_block_id }) => [key, chain_verified, chain_block_id]),
    ).toEqual([
      [only.key, false, null],
      [late.key, true, 2],
      [early.key, true, 1],
    ]);
  });
});

describe('bad input', () => {
  test.each([
    ['no body', undefined],
    ['an array', []],
    ['not JSON', '{"key":'],
    ['no hash', submission({ hash_to_verify: undefined })],
    ['a hash that is a number', submission({ hash_to_verify: 5 })],
    ['a hash with quotes', submission({ hash_to_verify: "XEN11'; drop table chain_blocks; --" })],
    ['a key that is not hex', submission({ key: 'XEN11'.repeat(20) })],
    ['a key in unicode', submission({ key: 'ключ'.repeat(16) })],
    ['an endless key', submission({ key: 'a'.repeat(1025) })],
    ['no account', submission({ account: undefined })],
    ['an account with quotes', submission({ account: "' or 1=1 --" })],
    ['negative attempts', submission({ attempts: -1 })],
    ['attempts that are no number', submission({ attempts: 'many' })],
    ['attempts without end', submission({ attempts: '1e400' })],
    ['a worker that is an object', submission({ worker: {} })],
  ])('%s is refused with 400 that says why, to people and to miners', async (_, body) => {
    const platform = await startTestPlatform({ args: believing });
    const answer = await call<Submitted>(platform, 'POST', '/verify', body === undefined ? {} : { body });
    expect(answer.status).toBe(400);
    expect(answer.body.status).toBe('error');
    expect(answer.body.message).not.toBe('');
    expect(answer.body.detail).toBe(answer.body.message);
    expect(await stats(platform)).toMatchObject({ total_blocks: 0 });
  });

  test('a body that is too large is refused with 413', async () => {
    const platform = await startTestPlatform();
    const body = submission({ hash_to_verify: 'A'.repeat(300_000) });
    const answer = await call<Submitted>(platform, 'POST', '/verify', { body });
    expect([answer.status, answer.body.status]).toEqual([413, 'error']);
  });
});

test('a vote on the last blocks is received', async () => {
  const platform = await startTestPlatform();
  const vote = { account_address: address, block_id: 7, merkle_root: 'ab'.repeat(32), key: newKey() };
  expect(await ok(platform, 'POST', '/send_pow', { body: vote })).toMatchObject({
    status: 'success',
    block_id: 7,
  });
  const refused = await call(platform, 'POST', '/send_pow', { body: { ...vote, block_id: -1 } });
  expect([refused.status, refused.body['status']]).toEqual([400, 'error']);
});

const paths = ['/difficulty', '/getblocks/lastblock', '/chain/stats', '/chain/blocks', `/balance/${address}`];

test('is absent with --no-chain', async () => {
  const platform = await startTestPlatform({ args: ['--no-chain'] });
  for (const path of paths) expect((await call(platform, 'GET', path)).status).toBe(404);
  expect((await submit(platform)).status).toBe(404);
  expect((await call(platform, 'POST', '/send_pow', { body: {} })).status).toBe(404);
  expect(await platform.get('/api/overview/network')).toMatchObject({ chain_blocks: 0 });
});

test('answers nothing without credentials under strict access', async () => {
  const platform = await startTestPlatform({ args: ['--access', 'strict', ...believing] });
  for (const path of paths) expect((await call(platform, 'GET', path)).status).toBe(401);
  expect((await submit(platform)).status).toBe(401);
  const who = admin(platform);
  expect((await call(platform, 'POST', '/verify', { body: submission(), who })).status).toBe(200);
  expect(await ok(platform, 'GET', '/difficulty', { who })).toEqual({ difficulty: '1727' });
});
