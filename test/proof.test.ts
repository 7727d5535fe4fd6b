import { onTestFinished, expect, test } from 'vitest';
import {
  DifficultyInForce,
  ProofChecker,
  ProofNotTaken,
  type ProofClaim,
  type ProofRules,
} from '../src-main/platform/features/proof/index.ts';
import { FairQueue } from '../src-main/platform/features/proof/fair-queue.ts';
import { ManualClock } from './support/manual-clock.ts';
import { hashKey, mineProof } from './support/mine.ts';
import {
  accountBlock,
  hashWithoutMarker,
  leaseBlock,
  networkBlock,
  xuniBlock,
  type ProofVector,
} from './support/proof-vectors.ts';

const atMinute = (minute: number) => Date.UTC(2026, 0, 1, 12, minute, 30);

const rules: ProofRules = {
  marker: 'XEN11',
  minMemoryKib: 8,
  maxMemoryKib: 1_048_576,
  hasXuniWindow: true,
};

function startChecker(changes: Partial<ProofRules> = {}): ProofChecker {
  const checker = new ProofChecker({ rules: () => ({ ...rules, ...changes }) });
  checker.start();
  onTestFinished(() => checker.stop());
  return checker;
}

const claim = (vector: ProofVector, changes: Partial<ProofClaim> = {}): ProofClaim => ({
  ...vector,
  arrivedAtMs: atMinute(30),
  isLeased: false,
  ...changes,
});

const proven = (type: string, reason = '') => ({ verdict: 'proven', reason, type });
const rejected = (reason: string) => expect.objectContaining({ verdict: 'rejected', reason }) as unknown;

test('the known proofs are proven, each of its kind', async () => {
  const checker = startChecker();
  expect(await checker.check('m-1', claim(networkBlock))).toEqual(proven('normal', 'legacy_salt'));
  expect(await checker.check('m-1', claim(accountBlock))).toEqual(proven('normal'));
  expect(await checker.check('m-1', claim(leaseBlock, { isLeased: true }))).toEqual(proven('normal'));
  expect(await checker.check('m-1', claim(xuniBlock, { arrivedAtMs: atMinute(57) }))).toEqual(proven('xuni'));
  expect(checker.stats).toMatchObject({ hashed: 4, waiting: 0 });
});

test('an account in another case is the same account', async () => {
  const account = `0x${accountBlock.account.slice(2).toUpperCase()}`;
  expect(await startChecker().check('m-1', claim(accountBlock, { account }))).toEqual(proven('normal'));
});

const all = { networkBlock, accountBlock, leaseBlock, xuniBlock };

test.each(Object.entries(all))('any edit of %s is rejected', async (_name, vector) => {
  const checker = startChecker();
  const original = claim(vector, { arrivedAtMs: atMinute(57) });
  const check = (changes: Partial<ProofClaim>) => checker.check('m-1', { ...original, ...changes });
  const { key, hash } = vector;
  const swap = (text: string, at: number, to: string, or: string) =>
    text.slice(0, at) + (text[at] === to ? or : to) + text.slice(at + 1);
  expect(await check({})).toMatchObject({ verdict: 'proven' });
  const tagStart = hash.lastIndexOf('$') + 1;
  for (let at = 0; at < key.length; at += 7) {
    expect(await check({ key: swap(key, at, '0', '1') })).toEqual(rejected('wrong_hash'));
  }
  for (let at = tagStart; at < hash.length; at += 1) {
    expect(await check({ hash: swap(hash, at, 'a', 'b') })).toMatchObject({ verdict: 'rejected' });
    expect(await check({ hash: swap(hash, at, '!', '-') })).toEqual(rejected('malformed_proof'));
  }
  expect(await check({ key: key.toUpperCase() })).toEqual(rejected('wrong_hash'));
  expect(await check({ hash: hash.replace(/m=(\d+)/, 'm=1$1') })).toEqual(rejected('wrong_hash'));
  expect(await check({ hash: hash.slice(0, -1) })).toEqual(rejected('malformed_proof'));
  expect(await check({ hash: `${hash}A` })).toEqual(rejected('malformed_proof'));
});

test.each([
  ['another kind of Argon2', '$argon2id$', '$argon2i$', 'rejected', 'malformed_proof'],
  ['an older version', 'v=19', 'v=16', 'rejected', 'malformed_proof'],
  ['two passes', 't=1', 't=2', 'rejected', 'malformed_proof'],
  ['two lanes', 'p=1', 'p=2', 'rejected', 'malformed_proof'],
  ['a leading zero in m', 'm=8', 'm=08', 'rejected', 'malformed_proof'],
  ['less memory than Argon2 can do with', 'm=8', 'm=7', 'rejected', 'malformed_proof'],
  ['an exponent', 'm=8', 'm=8e0', 'rejected', 'malformed_proof'],
  ['fields in another order', 'm=8,t=1,p=1', 't=1,m=8,p=1', 'rejected', 'malformed_proof'],
  ['padding behind the salt', '7kiY$', '7kiY=$', 'rejected', 'malformed_proof'],
  ['bits after the last byte of the salt', '7kiY$', '7kiZ$', 'rejected', 'malformed_proof'],
  ['bits after the last byte of the tag', 'ADWv6Q', 'ADWv6R', 'rejected', 'malformed_proof'],
  ['a line break at its end', 'ADWv6Q', 'ADWv6Q\n', 'rejected', 'malformed_proof'],
  ['another salt than the account', '85/W5', '95/W5', 'rejected', 'wrong_account'],
  ['nothing that says it is a proof', '$argon2id$', '0000', 'unproven', 'no_proof'],
])('a hash with %s does not prove anything', async (_what, from, to, verdict, reason) => {
  const checker = startChecker();
  const edited = accountBlock.hash.replace(from, to);
  expect(edited).not.toBe(accountBlock.hash);
  expect(await checker.check('m-1', claim({ ...accountBlock, hash: edited }))).toMatchObject({
    verdict,
    reason,
  });
  expect(checker.stats.hashed).toBe(0);
});

test('the right hash of a key without a marker is not a block, and is not even hashed', async () => {
  const checker = startChecker();
  expect(await checker.check('m-1', claim(hashWithoutMarker))).toEqual(rejected('no_marker'));
  expect(checker.stats.hashed).toBe(0);
  const anyMarker = startChecker({ marker: '+8ss' });
  expect(await anyMarker.check('m-1', claim(hashWithoutMarker))).toEqual(proven('normal', 'legacy_salt'));
});

test('a marker in the salt does not make a block', async () => {
  const account = `0x${Buffer.from('XEN11XEN11XEN11XEN11XEN11XE', 'base64').toString('hex')}`;
  const goal = { account, prefix: '', marker: '', memory: 8 };
  const { key, hash } = await hashKey('ab'.repeat(32), goal);
  expect(hash).toMatch(/\$XEN11XEN11/);
  expect(await startChecker().check('m-1', claim({ key, hash, account }))).toEqual(rejected('no_marker'));
});

test('a salt without an account to compare it with proves nothing', async () => {
  const checker = startChecker();
  const check = (account: string) => checker.check('m-1', claim(accountBlock, { account }));
  expect(await check('')).toMatchObject({ verdict: 'unproven', reason: 'no_account' });
  expect(await check(`0x${'1'.repeat(40)}`)).toEqual(rejected('wrong_account'));
  expect(await check(accountBlock.account.slice(2))).toEqual(rejected('wrong_account'));
  expect(await check(`${accountBlock.account}00`)).toEqual(rejected('wrong_account'));
});

test('a legacy salt proves nothing for a lease', async () => {
  const leased = claim(networkBlock, { isLeased: true });
  expect(await startChecker().check('m-1', leased)).toEqual(rejected('legacy_salt'));
});

test('a proof needs the difficulty in force, and memory that the machine has', async () => {
  const check = (minMemoryKib: number, maxMemoryKib: number) =>
    startChecker({ minMemoryKib, maxMemoryKib }).check('m-1', claim(networkBlock));
  expect(await check(1327, 1327)).toEqual(proven('normal', 'legacy_salt'));
  expect(await check(1328, 4096)).toEqual(rejected('memory_below_difficulty'));
  expect(await check(8, 1326)).toEqual(rejected('memory_above_limit'));
  const huge = claim({ ...networkBlock, hash: networkBlock.hash.replace('m=1327', 'm=1048577') });
  expect(await startChecker().check('m-1', huge)).toEqual(rejected('memory_above_limit'));
});

test.each([
  [54, false],
  [55, true],
  [59, true],
  [0, true],
  [4, true],
  [5, false],
])('a xuni block that arrives in minute %i counts: %s', async (minute, counts) => {
  const late = claim(xuniBlock, { arrivedAtMs: atMinute(minute) });
  expect(await startChecker().check('m-1', late)).toEqual(
    counts ? proven('xuni') : rejected('outside_xuni_window'),
  );
  expect(await startChecker({ hasXuniWindow: false }).check('m-1', late)).toEqual(proven('xuni'));
});

test('within its window a xuni block is one even with the marker, outside it the marker counts', async () => {
  const marker = xuniBlock.hash.slice(-10, -4);
  const check = (minute: number) =>
    startChecker({ marker }).check('m-1', claim(xuniBlock, { arrivedAtMs: atMinute(minute) }));
  expect(await check(2)).toEqual(proven('xuni'));
  expect(await check(20)).toEqual(proven('normal'));
});

test('fifty capitals in the tag make a superblock, forty-nine do not', async () => {
  const tagOf = (capitals: number) => `${'A'.repeat(capitals)}${'a'.repeat(85 - capitals)}g`;
  const checker = startChecker({ marker: 'AAA' });
  const kind = (capitals: number) => {
    const hash = accountBlock.hash.slice(0, accountBlock.hash.lastIndexOf('$') + 1) + tagOf(capitals);
    return checker.check('m-1', claim({ ...accountBlock, hash }));
  };
  expect(await kind(50)).toMatchObject({ type: 'super', reason: 'wrong_hash' });
  expect(await kind(49)).toMatchObject({ type: 'normal', reason: 'wrong_hash' });
});

test.each([63, 65, 100, 127, 129])('a key of %i digits is none that a miner has', async (length) => {
  const key = 'ab'.repeat(65).slice(0, length);
  const { hash } = await hashKey(key, { ...accountBlock, prefix: '', marker: '', memory: 8 });
  const checker = startChecker({ marker: hash.slice(-5) });
  expect(await checker.check('m-1', claim({ ...accountBlock, key, hash }))).toEqual(
    rejected('malformed_key'),
  );
});

test('a proof mined here with a short marker is proven', async () => {
  const goal = { account: accountBlock.account, prefix: 'c0ffee', marker: 'X1', memory: 8 };
  const mined = await mineProof(goal);
  const checker = startChecker({ marker: 'X1', hasXuniWindow: false });
  expect(await checker.check('m-1', claim({ ...mined, account: goal.account }))).toMatchObject({
    verdict: 'proven',
    reason: '',
  });
});

test('after a change the difficulty before it is taken for five minutes more', () => {
  const clock = new ManualClock();
  let difficulty = 1000;
  const inForce = new DifficultyInForce(() => difficulty, clock);
  expect(inForce.lowestKib()).toBe(1000);
  difficulty = 1050;
  expect(inForce.lowestKib()).toBe(1000);
  clock.advance(200_000);
  difficulty = 1102;
  expect(inForce.lowestKib()).toBe(1000);
  clock.advance(100_000);
  expect(inForce.lowestKib()).toBe(1050);
  clock.advance(200_000);
  expect(inForce.lowestKib()).toBe(1102);
  difficulty = 1000;
  expect(inForce.lowestKib()).toBe(1000);
});

test('senders take turns, however many claims one of them has', () => {
  const queue = new FairQueue<string>();
  for (let count = 1; count <= 100; count += 1) queue.push('flood', `flood ${count}`, 1);
  queue.push('a', 'a 1', 1);
  queue.push('b', 'b 1', 1);
  queue.push('b', 'b 2', 1);
  const taken = Array.from({ length: 6 }, () => queue.take());
  expect(taken).toEqual(['flood 1', 'a 1', 'b 1', 'flood 2', 'b 2', 'flood 3']);
  expect(queue.size).toBe(97);
  expect(queue.sizeOf('flood')).toBe(97);
  expect(queue.sizeOf('a')).toBe(0);
});

test('senders get the same cost, not the same number of claims', () => {
  const queue = new FairQueue<string>();
  for (let count = 1; count <= 3; count += 1) queue.push('dear', `dear ${count}`, 4);
  for (let count = 1; count <= 6; count += 1) queue.push('cheap', `cheap ${count}`, 1);
  const taken = Array.from({ length: 9 }, () => queue.take()).map((item) => item?.split(' ')[0]);
  expect(taken).toEqual([
    ...['cheap', 'cheap', 'cheap', 'dear'],
    ...['cheap', 'cheap', 'cheap', 'dear'],
    'dear',
  ]);
  expect(queue.take()).toBeUndefined();
});

test('the dearest claims under many names do not hold up one at the usual cost', () => {
  const queue = new FairQueue<string>();
  const flood = (round: number) => {
    for (let name = 1; name <= 100; name += 1) queue.push(`flood ${name}`, `flood ${round}`, 1_048_576);
  };
  flood(1);
  for (let round = 2; round <= 50; round += 1) {
    queue.take();
    flood(round);
    queue.push('m-1', 'honest', 65_400);
    // Evenly shared, 100 others would do less than eight of theirs meanwhile.
    expect(Array.from({ length: 8 }, () => queue.take())).toContain('honest');
  }
});

test('a flood of cheap claims under many names does not hold up a dear one for ever', () => {
  const queue = new FairQueue<string>();
  queue.push('m-1', 'honest', 1000);
  let taken = 0;
  for (let next: string | undefined = ''; next !== 'honest'; taken += 1) {
    for (let name = 1; name <= 10; name += 1) queue.push(`flood ${taken} ${name}`, 'flood', 10);
    next = queue.take();
    if (queue.size > 10) for (let name = 1; name < 10 && next !== 'honest'; name += 1) next = queue.take();
  }
  expect(taken).toBeLessThan(1000);
});

test('whatever is put into the queue comes out once, each sender in its order', () => {
  const queue = new FairQueue<[string, number]>();
  const last = new Map<string, number>();
  const taken: [string, number][] = [];
  for (let count = 1; count <= 2000; count += 1) {
    const sender = `m-${(count * count) % 37}`;
    queue.push(sender, [sender, count], (count * 7919) % 1000);
    const item = count % 3 === 0 ? queue.take() : undefined;
    if (item) taken.push(item);
  }
  for (let item = queue.take(); item; item = queue.take()) taken.push(item);
  for (const [sender, count] of taken) {
    expect(count).toBeGreaterThan(last.get(sender) ?? 0);
    last.set(sender, count);
  }
  expect(new Set(taken.map(([, count]) => count)).size).toBe(2000);
  expect(queue.size).toBe(0);
});

test('a claim of one sender is not held up by the flood of another', async () => {
  const checker = startChecker();
  const wrong = claim({ ...networkBlock, key: networkBlock.key.replace('da97', 'da98') });
  const settled: string[] = [];
  const flood = Array.from({ length: 400 }, () =>
    checker.check('flood', wrong).then(() => void settled.push('flood')),
  );
  const single = checker.check('m-1', claim(accountBlock)).then(() => void settled.push('m-1'));
  await Promise.all([...flood, single]);
  expect(settled.indexOf('m-1')).toBeLessThan(60);
  expect(settled).toHaveLength(401);
});

test('a claim waits for the one that is being hashed, not for another dear one before it', async () => {
  const checker = startChecker();
  const dear = claim({ ...accountBlock, hash: accountBlock.hash.replace('m=8', 'm=200000') });
  const settled: string[] = [];
  const flood = Array.from({ length: 6 }, (_, count) =>
    checker.check(`flood ${count}`, dear).then(() => void settled.push('flood')),
  );
  const { running } = checker.stats;
  const single = checker.check('m-1', claim(accountBlock)).then(() => void settled.push('m-1'));
  await Promise.all([...flood, single]);
  expect(settled.indexOf('m-1')).toBeLessThanOrEqual(running);
});

test('past its bound the queue takes no more of a sender, but still of others', async () => {
  const checker = startChecker();
  const wrong = claim({ ...networkBlock, key: networkBlock.key.replace('da97', 'da98') });
  const outcomes = Array.from({ length: 4500 }, () =>
    checker.check('flood', wrong).catch((error: unknown) => error),
  );
  expect(checker.stats.waiting).toBeLessThanOrEqual(4001);
  expect(await checker.check('m-1', claim(accountBlock))).toEqual(proven('normal'));
  await checker.stop();
  const refused = (await Promise.all(outcomes)).filter((outcome) => outcome instanceof ProofNotTaken);
  expect(refused.length).toBeGreaterThan(400);
});

test('a stop settles every claim, and afterwards none is taken', async () => {
  const checker = startChecker();
  const wrong = claim({ ...networkBlock, key: networkBlock.key.replace('da97', 'da98') });
  const outcomes = Array.from({ length: 200 }, () =>
    checker.check('m-1', wrong).then(
      ({ reason }) => reason,
      (error: unknown) => (error as Error).name,
    ),
  );
  await checker.stop();
  expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['wrong_hash', 'ProofNotTaken']));
  await expect(checker.check('m-1', claim(accountBlock))).rejects.toThrow(ProofNotTaken);
  expect(await checker.check('m-1', claim(hashWithoutMarker))).toEqual(rejected('no_marker'));
});
