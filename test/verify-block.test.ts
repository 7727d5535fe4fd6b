import { execFile } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  accountBlock,
  hashWithoutMarker,
  leaseBlock,
  leasePrefix,
  networkBlock,
  xuniBlock,
  type ProofVector,
} from './support/proof-vectors.ts';
import { temporaryFolder } from './support/test-platform.ts';

const program = join(import.meta.dirname, '../src-main/cli/main.ts');

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in an empty folder. */
function verifyBlock(args: readonly string[], cwd = temporaryFolder()): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd, env: { PATH: process.env['PATH'] } };
    execFile(process.execPath, [program, 'verify-block', ...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

const argsOf = ({ key, hash }: ProofVector) => ['--key', key, '--hash', hash];

test('every known proof is proven, each with its account and kind', async () => {
  const account = ['--account', accountBlock.account];
  const network = await verifyBlock(argsOf(networkBlock));
  expect(network).toMatchObject({ code: 0, stderr: '' });
  expect(network.stdout).toContain('Proven: a normal block of no account. (legacy_salt)');
  const own = await verifyBlock([...argsOf(accountBlock), ...account]);
  expect(own).toMatchObject({ code: 0 });
  expect(own.stdout).toContain(`Proven: a normal block of ${accountBlock.account}.`);
  expect(await verifyBlock([...argsOf(leaseBlock), ...account, '--prefix', leasePrefix])).toMatchObject({
    code: 0,
  });
  const xuni = await verifyBlock(argsOf(xuniBlock));
  expect(xuni.stdout).toContain('Proven: a xuni block');
  expect(xuni.code).toBe(0);
});

const noon = Date.UTC(2026, 0, 1, 12) / 1000;

test.each([
  ['a changed key', accountBlock, ['--key', accountBlock.key.replace('4', '5')], 'wrong_hash'],
  ['a key in capitals', accountBlock, ['--key', accountBlock.key.toUpperCase()], 'wrong_hash'],
  ['a short key', accountBlock, ['--key', 'ab'], 'malformed_key'],
  ['a changed tag', accountBlock, ['--hash', accountBlock.hash.replace('err4', 'err5')], 'wrong_hash'],
  ['a short tag', accountBlock, ['--hash', accountBlock.hash.slice(0, -1)], 'malformed_proof'],
  ['another m', accountBlock, ['--hash', accountBlock.hash.replace('m=8', 'm=9')], 'wrong_hash'],
  [
    'too much memory',
    accountBlock,
    ['--hash', accountBlock.hash.replace('m=8', 'm=1048577')],
    'memory_above',
  ],
  ['no PHC', accountBlock, ['--hash', 'XEN11'], 'no_proof'],
  ['another account', accountBlock, ['--account', `0x${'1'.repeat(40)}`], 'wrong_account'],
  ['another prefix', accountBlock, ['--prefix', leasePrefix], 'wrong_prefix'],
  ['a legacy salt in a lease', networkBlock, ['--prefix', '0000'], 'legacy_salt'],
  ['a difficulty above it', networkBlock, ['--difficulty', '1328'], 'memory_below_difficulty'],
  ['no marker', hashWithoutMarker, [], 'no_marker'],
  ['another marker', accountBlock, ['--marker', 'XEN12'], 'no_marker'],
  ['a time outside the window', xuniBlock, ['--time', String(noon + 1800)], 'outside_xuni_window'],
])('%s is told, with exit code 1', async (_what, vector, changes, reason) => {
  const kept = argsOf(vector).flatMap((arg, index, all) =>
    index % 2 === 0 && !changes.includes(arg) ? [arg, all[index + 1]!] : [],
  );
  const { code, stdout, stderr } = await verifyBlock([...kept, ...changes]);
  expect(stdout).toContain(`NOT proven: ${reason}`);
  expect(stdout).toContain('WRONG');
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
});

test('a receipt is a JSON file, for example a block of the API; flags win over it', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'receipt.json');
  const receipt = { ...leaseBlock, lease_id: 'lease-1', prefix: leasePrefix, attempts: 5, timestamp: noon };
  writeFileSync(file, JSON.stringify(receipt));
  expect(await verifyBlock(['--file', 'receipt.json'], folder)).toMatchObject({ code: 0 });
  expect(await verifyBlock(['--file', file, '--prefix', 'ff'])).toMatchObject({ code: 1 });
  const legacy = join(folder, 'legacy.json');
  writeFileSync(legacy, JSON.stringify({ ...networkBlock, lease_id: 'lease-1' }));
  expect((await verifyBlock(['--file', legacy])).stdout).toContain('NOT proven: legacy_salt');
});

test('--json has every check for programs', async () => {
  const { code, stdout } = await verifyBlock([...argsOf(accountBlock), '--prefix', 'ff', '--json']);
  expect(code).toBe(1);
  const report = JSON.parse(stdout) as { checks: { check: string; outcome: string }[] };
  expect(report).toMatchObject({
    proven: false,
    reason: 'wrong_prefix',
    block_type: 'normal',
    account: accountBlock.account,
  });
  expect(report.checks.map(({ check, outcome }) => [check, outcome])).toEqual([
    ['form', 'ok'],
    ['key', 'ok'],
    ['memory', 'ok'],
    ['marker', 'ok'],
    ['account', 'ok'],
    ['prefix', 'wrong'],
    ['hash', 'ok'],
  ]);
});

test.each([
  [[], '--key and --hash, or --file, are needed'],
  [['--key', 'ab'], '--key and --hash, or --file, are needed'],
  [['--file', 'nowhere.json'], '--file: nowhere.json is not a JSON file that can be read'],
  [[...argsOf(accountBlock), '--difficulty', '7'], '--difficulty: must be a number from 8'],
  [[...argsOf(accountBlock), '--time', 'now'], '--time: must be a number from 0'],
  [[...argsOf(accountBlock), '--salt', 'x'], '--salt: is not a flag of verify-block'],
])('%j is a wrong use: exit code 2, and says why', async (args, reason) => {
  const { code, stdout, stderr } = await verifyBlock(args);
  expect(stderr).toContain(reason);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
});

test('it makes no file, and --help tells everything', async () => {
  const folder = temporaryFolder();
  await verifyBlock(argsOf(accountBlock), folder);
  expect(readdirSync(folder)).toEqual([]);
  expect(existsSync(join(folder, 'data'))).toBe(false);
  const { code, stdout } = await verifyBlock(['--help'], folder);
  expect(code).toBe(0);
  for (const flag of [
    '--key',
    '--hash',
    '--account',
    '--prefix',
    '--file',
    '--marker',
    '--difficulty',
    '--json',
  ])
    expect(stdout).toContain(flag);
});
