import { argon2id } from 'hash-wasm';
import { expect, test } from 'vitest';
import {
  checkProof,
  markTag,
  type ComputeTag,
  type ProofClaim,
} from '../../src-renderer/features/blocks/proof/check-proof.ts';
import { hashKey } from '../support/mine.ts';
import {
  accountBlock,
  hashWithoutMarker,
  leaseBlock,
  leasePrefix,
  networkBlock,
  xuniBlock,
  type ProofVector,
} from '../support/proof-vectors.ts';

/** The same library as in the browser, without its thread. */
const computeTag: ComputeTag = async (key, { saltText, memoryKib }) => {
  const bytes = await argon2id({
    password: key,
    salt: Buffer.from(saltText, 'base64'),
    iterations: 1,
    parallelism: 1,
    memorySize: memoryKib,
    hashLength: 64,
    outputType: 'binary',
  });
  return { tag: Buffer.from(bytes).toString('base64').replace(/=+$/, ''), elapsedMs: 1 };
};

const claim = (vector: ProofVector, changes: Partial<ProofClaim> = {}): ProofClaim => ({
  ...vector,
  prefix: '',
  isLeased: false,
  marker: 'XEN11',
  ...changes,
});

async function check(...parameters: Parameters<typeof claim>) {
  const report = await checkProof(claim(...parameters), computeTag);
  const steps = Object.fromEntries(
    report.steps.map(({ name, outcome, reason }) => [
      name,
      reason === '' ? outcome : `${outcome}: ${reason}`,
    ]),
  );
  return { ...report, steps };
}

test('the known blocks are proven, each of its kind', async () => {
  expect(await check(accountBlock)).toMatchObject({
    isProven: true,
    type: 'normal',
    saltAccount: accountBlock.account,
    steps: { form: 'right', key: 'right', memory: 'right', account: 'right', marker: 'right', hash: 'right' },
  });
  expect(await check(leaseBlock, { prefix: leasePrefix, isLeased: true })).toMatchObject({
    isProven: true,
    steps: { prefix: 'right' },
  });
  expect(await check(xuniBlock)).toMatchObject({ isProven: true, type: 'xuni' });
});

test('a block of the real network proves its work, but not whose it is', async () => {
  expect(await check(networkBlock)).toMatchObject({
    isProven: true,
    saltAccount: '',
    parts: { memoryKib: 1327, hasLegacySalt: true },
    steps: { account: 'right: legacy_salt' },
  });
  expect(await check(networkBlock, { isLeased: true })).toMatchObject({
    isProven: false,
    steps: { account: 'wrong: legacy_salt', hash: 'right' },
  });
});

test('a right hash without the marker is no block', async () => {
  expect(await check(hashWithoutMarker)).toMatchObject({
    isProven: false,
    type: '',
    steps: { marker: 'wrong: no_marker', hash: 'right' },
  });
  expect(await check(hashWithoutMarker, { marker: '+8ss' })).toMatchObject({ isProven: true });
});

test('one character changed is found out, and so is a claim to what belongs to others', async () => {
  const lastOfKey = accountBlock.key.slice(0, -1) + 'b';
  expect(await check(accountBlock, { key: lastOfKey })).toMatchObject({
    isProven: false,
    steps: { hash: 'wrong: wrong_hash' },
  });
  expect(await check(accountBlock, { hash: accountBlock.hash.replace('m=8', 'm=9') })).toMatchObject({
    steps: { hash: 'wrong: wrong_hash' },
  });
  expect(await check(accountBlock, { account: `0x${'1'.repeat(40)}` })).toMatchObject({
    isProven: false,
    steps: { account: 'wrong: wrong_account', hash: 'right' },
  });
  expect(await check(accountBlock, { prefix: leasePrefix })).toMatchObject({
    isProven: false,
    steps: { prefix: 'wrong: wrong_prefix' },
  });
});

test('an account in another case is the same account; without one nothing is compared', async () => {
  const account = `0x${accountBlock.account.slice(2).toUpperCase()}`;
  expect(await check(accountBlock, { account })).toMatchObject({ isProven: true });
  expect(await check(accountBlock, { account: '' })).toMatchObject({
    isProven: true,
    saltAccount: accountBlock.account,
    steps: { account: 'skipped', prefix: 'skipped' },
  });
});

test('what is no proof is not hashed, and says why', async () => {
  const nothing: ComputeTag = () => Promise.reject(new Error('it was hashed'));
  const report = async (changes: Partial<ProofClaim>) => {
    const { steps, isProven } = await checkProof(claim(accountBlock, changes), nothing);
    return { isProven, reasons: steps.map(({ reason }) => reason).filter((reason) => reason !== '') };
  };
  expect(await report({ hash: '0000abcd' })).toEqual({ isProven: false, reasons: ['no_proof'] });
  expect(await report({ hash: `${accountBlock.hash}A` })).toEqual({
    isProven: false,
    reasons: ['malformed_proof'],
  });
  expect(await report({ key: 'xyz' })).toEqual({ isProven: false, reasons: ['malformed_key'] });
  expect(await report({ hash: accountBlock.hash.replace('m=8', 'm=1048577') })).toEqual({
    isProven: false,
    reasons: ['memory_above_limit'],
  });
});

test('the browser computes what the platform computes, at the memory of the real network, too', async () => {
  for (const memory of [8, 1727, 65_400]) {
    const mined = await hashKey('0123456789abcdef'.repeat(4), {
      account: accountBlock.account,
      prefix: '',
      marker: '',
      memory,
    });
    expect(await check({ ...mined, account: accountBlock.account })).toMatchObject({
      steps: { hash: 'right' },
    });
  }
});

test('what makes a tag a block is marked', () => {
  expect(markTag('abcXEN11defXUNI7g', 'XEN11')).toEqual([
    { text: 'abc', isMarker: false },
    { text: 'XEN11', isMarker: true },
    { text: 'def', isMarker: false },
    { text: 'XUNI7', isMarker: true },
    { text: 'g', isMarker: false },
  ]);
  expect(markTag('X1a+/b', '+/')).toEqual([
    { text: 'X1a', isMarker: false },
    { text: '+/', isMarker: true },
    { text: 'b', isMarker: false },
  ]);
  expect(markTag('abc', '')).toEqual([{ text: 'abc', isMarker: false }]);
});
