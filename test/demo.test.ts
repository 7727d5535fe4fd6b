import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkDemo, type DemoFacts } from '../src-main/platform/operations/demo/demo-facts.ts';
import { playDemo } from '../src-main/platform/operations/demo/demo-story.ts';
import { PlatformProcess } from './support/platform-process.ts';
import { freePort, requireFree, takenPort } from './support/ports.ts';
import { temporaryFolder } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

/** Starts the demo on free ports; its temporary folder is made in `folder`. */
async function startDemo(folder: string, environment: Record<string, string> = {}) {
  const [mqttPort, apiPort] = [await freePort(), await freePort()];
  const demo = PlatformProcess.spawn(
    ['demo', '--mqtt-port', String(mqttPort), '--api-port', String(apiPort)],
    { TMPDIR: folder, ...environment },
  );
  return { demo, mqttPort, apiPort };
}

describe('the demo', () => {
  test('plays the whole story, finds every figure right, and leaves nothing behind', async () => {
    const folder = temporaryFolder();
    // Settings of the one who runs it are no matter.
    const { demo, mqttPort, apiPort } = await startDemo(folder, { XENBLOCKS_ACCESS: 'strict' });
    expect({ code: await demo.exitCode(), errors: demo.stderr }).toEqual({ code: 0, errors: '' });
    for (const line of [
      /^1 {2}The platform starts$/m,
      new RegExp(`MQTT broker +127\\.0\\.0\\.1:${mqttPort}$`, 'm'),
      /demo-rig-001 +\d × RTX .* H\/s +\d+\.\d\d credits a minute$/m,
      /demo-rig-002 .*credits a minute$/m,
      /the operator credits 100 credits to alice$/m,
      /demo-rig-00[12] for 10 minutes: [\d.]+ credits are set aside$/m,
      /\d+\.\d s {2}proven {2}key [0-9a-f]{24}… {2}tag ….*X1.*…$/m,
      /refund += [\d.]+ − [\d.]+ = [\d.]+$/m,
      /treasury of the platform +0\.000000 +→ +0\.0\d+ +credits$/m,
      /✓ The ledger is right +\d+ entries, \d+ postings$/m,
      /^All 17 checks are right, after \d+ s\.$/m,
    ])
      expect(demo.stdout).toMatch(line);
    const shown = demo.stdout.replaceAll(folder, '/tmp').split('\n');
    expect(shown.filter((line) => line.length > 80)).toEqual([]);
    expect(demo.stdout).not.toContain('✗');
    // Nobody looks at colours in a file.
    expect(demo.stdout).not.toContain('\u001b');
    expect(readdirSync(folder)).toEqual([]);
    await requireFree(mqttPort);
    await requireFree(apiPort);
  }, 90_000);

  test('ends at Ctrl-C in the middle of it, and leaves nothing behind', async () => {
    const folder = temporaryFolder();
    const { demo, mqttPort, apiPort } = await startDemo(folder);
    await waitFor(() => /^5 {2}Blocks arrive/m.test(demo.stdout), 'the blocks', 30_000);
    expect(readdirSync(folder)).toHaveLength(1);
    expect(await demo.end('SIGINT')).toBe(130);
    expect(demo.stderr).toBe('demo: interrupted; nothing was left half done.\n');
    expect(readdirSync(folder)).toEqual([]);
    await requireFree(mqttPort);
    await requireFree(apiPort);
  }, 60_000);

  test('leaves no folder behind when a second Ctrl-C ends it at once', async () => {
    const folder = temporaryFolder();
    const { demo } = await startDemo(folder);
    await waitFor(() => /^3 {2}A renter/m.test(demo.stdout), 'the renter', 30_000);
    demo.child.kill('SIGINT');
    demo.child.kill('SIGTERM');
    expect(await demo.exitCode()).toBe(130);
    expect(readdirSync(folder)).toEqual([]);
  }, 60_000);

  test('leaves no folder behind when its terminal is closed', async () => {
    const folder = temporaryFolder();
    const { demo } = await startDemo(folder);
    await waitFor(() => /^3 {2}A renter/m.test(demo.stdout), 'the renter', 30_000);
    expect(await demo.end('SIGHUP')).toBe(130);
    expect(readdirSync(folder)).toEqual([]);
  }, 60_000);

  test.each(['mqtt', 'api'])('says that its %s port is taken, and how to change it', async (which) => {
    const folder = temporaryFolder();
    const port = await takenPort();
    const other = which === 'mqtt' ? 'api' : 'mqtt';
    const demo = PlatformProcess.spawn(
      ['demo', `--${which}-port`, String(port), `--${other}-port`, String(await freePort())],
      { TMPDIR: folder },
    );
    expect(await demo.exitCode()).toBe(1);
    expect(demo.stderr).toMatch(
      new RegExp(`^Port ${port} for the .* is already in use,.*--${which}-port\\.\n$`),
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test('fails with the name of the chapter that takes too long, and leaves nothing behind', async () => {
    const ports = { mqttPort: await freePort(), apiPort: await freePort() };
    const told: string[] = [];
    const teller = {
      chapter: () => undefined,
      done: (text: string) => void told.push(text),
      table: () => undefined,
      checked: () => undefined,
      complained: () => undefined,
    };
    const patience = { chapterMs: 20_000, miningMs: 1 };
    const { signal } = new AbortController();
    await expect(playDemo(ports, teller, signal, patience)).rejects.toThrow(
      '"Blocks arrive, live" takes longer than 0.001 s: something is wrong.',
    );
    const folder = /\/\S*xenblocks-demo-\w+/.exec(told.join('\n'))?.[0] ?? '';
    expect(folder).not.toBe('');
    expect(existsSync(folder)).toBe(false);
    await requireFree(ports.mqttPort);
    await requireFree(ports.apiPort);
  }, 60_000);

  test.each([
    [['--mqtt-port', '0'], /--mqtt-port: must be a number from 1 to 65535/],
    [['--api-port', '18080.5'], /--api-port: must be a whole number/],
    [['--api-port', '11883'], /must not be the same port/],
    [['--data-dir', 'x'], /--data-dir: is not a flag of demo/],
  ])('refuses %j', async (args, reason) => {
    const demo = PlatformProcess.spawn(['demo', ...args]);
    expect(await demo.exitCode()).toBe(2);
    expect(demo.stderr).toMatch(reason);
  });

  test('is what npm run demo runs', () => {
    const { scripts, config } = JSON.parse(
      readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'),
    ) as { scripts: Record<string, string>; config: { nodeFlags: string } };
    expect(scripts['demo']).toBe(`node ${config.nodeFlags} out/main/cli.js demo`);
    expect(scripts['predemo']).toBe(scripts['prestart']);
  });
});

const renterAddress = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
const prefix = '00112233445566aa';

const account = (account_id: string, balance: number) => ({
  account_id,
  role: 'consumer' as const,
  eth_address: '',
  balance,
  held: 0,
});

const reputation = (score: number, blocks: number, leases: number) => ({
  worker_id: 'demo-rig-001',
  score,
  stars: score / 20,
  breakdown: {
    block_score: 0,
    block_detail: { verified_blocks: blocks, max_blocks: 100, weight: 40 },
    completion_score: 0,
    completion_detail: { completed_leases: leases, total_leases: leases, weight: 30 },
    uptime_score: 0,
    uptime_detail: { online_seconds: 1, total_seconds: 1, uptime_pct: 100, weight: 20 },
    age_score: 0,
    age_detail: { days: 0, max_days: 90, weight: 10 },
  },
});

/** A demo in which 10 s at 1.2 a minute cost 0.2 credits: 0.19 for the owner, 0.01 for the platform. */
function rightFacts(): DemoFacts {
  const block = {
    block_id: 1,
    lease_id: 'lease-1',
    worker_id: 'demo-rig-001',
    hash: '$argon2id$v=19$m=8,t=1,p=1$salt$tagX1',
    key: `${prefix.toUpperCase()}${'0'.repeat(48)}`,
    account: renterAddress.toLowerCase(),
    attempts: 1,
    hashrate: '1.00',
    prefix_valid: true,
    chain_verified: false,
    chain_block_id: null,
    block_type: 'normal' as const,
    counted: true,
    timestamp: 1,
    verified: 'proven' as const,
    reason: '',
  };
  const bill = { held: 12, total_cost: 0.2, provider_payout: 0.19, platform_fee: 0.01, refund: 11.8 };
  return {
    renterAddress,
    watchedSec: 10.4,
    blocks: [{ block, provenAgain: true }],
    lease: {
      lease_id: 'lease-1',
      worker_id: 'demo-rig-001',
      consumer_id: 'alice',
      consumer_address: renterAddress,
      prefix,
      duration_sec: 600,
      state: 'completed',
      created_at: 1,
      ended_at: 11,
      blocks_found: 1,
      avg_hashrate: 1,
      elapsed_sec: 10,
      price_per_min: 1.2,
      end_reason: 'stopped',
      total_cost: bill.total_cost,
      mining_since: 2,
      blocks: [block],
      settlement: {
        ...bill,
        lease_id: 'lease-1',
        consumer_id: 'alice',
        provider_id: 'owner',
        worker_id: 'demo-rig-001',
        duration_sec: 10,
        elapsed_sec: 10,
        downtime_sec: 0,
        blocks_found: 1,
        provider_payment: bill.provider_payout,
        transaction_id: 3,
        settled_at: 11,
      },
      statement: {
        ...bill,
        price_per_min: 1.2,
        elapsed_sec: 10,
        outages: [],
        downtime_sec: 0,
        billed_sec: 10,
        explanation: [],
        transactions: [2, 3],
        is_final: true,
      },
    },
    before: { renter: account('alice', 100), owner: account('owner', 0), treasury: account('t', 0) },
    after: { renter: account('alice', 99.8), owner: account('owner', 0.19), treasury: account('t', 0.01) },
    reputation: { before: reputation(38, 3, 0), after: reputation(50, 4, 1) },
    ledger: {
      ok: true,
      checked: { transactions: 3, postings: 9, accounts: 4, leases: 1, settlements: 1, audit_entries: 5 },
      totals: { balances: 100, held: 0, deposits: 100, withdrawals: 0 },
      findings: [],
      findings_total: 0,
    },
  };
}

const wrongOnes = (facts: DemoFacts) =>
  checkDemo(facts)
    .filter(({ isRight }) => !isRight)
    .map(({ name }) => name);

describe('the checks of the demo', () => {
  test('find right figures right', () => {
    expect(wrongOnes(rightFacts())).toEqual([]);
  });

  const facts = rightFacts();
  const [found] = facts.blocks;
  const withBlock = (changes: object): DemoFacts => ({
    ...facts,
    blocks: [{ ...found!, block: { ...found!.block, ...changes } }],
  });
  const withLease = (changes: object): DemoFacts => ({ ...facts, lease: { ...facts.lease, ...changes } });
  const withSettlement = (changes: object) =>
    withLease({ settlement: { ...facts.lease.settlement!, ...changes } });
  const withMoney = (changes: object): DemoFacts => ({ ...facts, after: { ...facts.after, ...changes } });
  const withTotals = (changes: object): DemoFacts => ({
    ...facts,
    ledger: { ...facts.ledger, totals: { ...facts.ledger.totals, ...changes } },
  });

  test.each<[string, DemoFacts, string[]]>([
    ['an unproven block', withBlock({ verified: 'unproven' }), ['Each is proven']],
    ['a block that does not count', withBlock({ counted: false }), ['Each is proven']],
    [
      'a proof that is another when it is computed again',
      { ...facts, blocks: [{ ...found!, provenAgain: false }] },
      ['Each proof is right, computed again'],
    ],
    ['a key without the prefix', withBlock({ key: 'f'.repeat(64) }), ['Each key begins with the prefix']],
    ['a block for somebody else', withBlock({ account: '0x1' }), ["Each is for the renter's address"]],
    ['a lost block', withLease({ blocks_found: 0 }), ['Lease and settlement count them']],
    ['a time that nobody watched', { ...facts, watchedSec: 20 }, ['The time is the one on the watch']],
    ['no settlement', withLease({ settlement: undefined }), ['The lease is settled']],
    ['a fee for somebody else', withMoney({ treasury: account('t', 0) }), ['The treasury got the fee']],
    ['a payout to nobody', withMoney({ owner: account('owner', 0) }), ['The owner got the payout']],
    [
      'money that is still held',
      withMoney({ renter: { ...account('alice', 99.8), held: 1 } }),
      ['The renter paid the cost, no more'],
    ],
    ['a micro-credit too much', withTotals({ balances: 100.000001 }), ['All money is accounted for']],
    [
      'a wrong ledger',
      { ...facts, ledger: { ...facts.ledger, ok: false, findings_total: 1 } },
      ['The ledger is right'],
    ],
    [
      'a reputation without the lease',
      { ...facts, reputation: { before: reputation(38, 3, 0), after: reputation(50, 4, 0) } },
      ["The worker's reputation has grown"],
    ],
    [
      'a refund that is too small',
      withSettlement({ refund: 11.7 }),
      ['What was not used is returned', 'The statement says the same'],
    ],
    [
      'a fee of another share',
      withSettlement({ platform_fee: 0.02, provider_payout: 0.18 }),
      [
        'Cost = payout + fee, the fee is 5 %',
        'The statement says the same',
        'The owner got the payout',
        'The treasury got the fee',
      ],
    ],
  ])('find %s', (_, wrong, names) => {
    expect(wrongOnes(wrong)).toEqual(expect.arrayContaining(names));
    if (!names.includes('The lease is settled')) expect(wrongOnes(wrong)).toEqual(names);
  });

  test('find a demo without blocks', () => {
    expect(wrongOnes({ ...facts, blocks: [] })).toEqual([
      'Blocks were found',
      'Lease and settlement count them',
    ]);
  });
});
