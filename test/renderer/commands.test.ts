import { describe, expect, test } from 'vitest';
import type { Command } from '../../src-main/contract/domain/command.ts';
import type { FeedWorker } from '../../src-main/contract/domain/worker.ts';
import { orderBody } from '../../src-renderer/features/control/command-action.ts';
import { CommandRun } from '../../src-renderer/features/control/command-run.ts';
import { previewCommand } from '../../src-renderer/features/control/command-targets.ts';
import { configEffect, valuesNow } from '../../src-renderer/features/control/config-effect.ts';
import { mayCommand } from '../../src-renderer/features/control/ownership.ts';

const nowSec = 1_800_000_000;
const address = '0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266';

function worker(worker_id: string, fields: Partial<FeedWorker> = {}): FeedWorker {
  return {
    worker_id,
    eth_address: address,
    state: 'AVAILABLE',
    online: true,
    last_heartbeat: nowSec - 5,
    ...fields,
  } as FeedWorker;
}

describe('the preview of a command', () => {
  const workers = new Map(
    [
      worker('free'),
      worker('leased', { state: 'MINING' }),
      worker('away', { online: false }),
      worker('silent', { last_heartbeat: nowSec - 91 }),
      worker('other', { eth_address: '' }),
      worker('away-leased', { state: 'LEASED', online: false }),
    ].map((entry) => [entry.worker_id, entry]),
  );
  const ids = [...workers.keys(), 'gone'];
  const options = {
    includeLeased: false,
    mayCommand: ({ eth_address }: FeedWorker) => eth_address !== '',
    nowSec,
  };

  test('sorts out who is not there, rented out, of somebody else or gone, each for one reason', () => {
    expect(previewCommand(ids, workers, { ...options, action: 'pause' })).toEqual({
      targets: ['free'],
      skipped: {
        foreign: ['other'],
        leased: ['leased'],
        offline: ['away', 'silent', 'away-leased'],
        gone: ['gone'],
      },
      leased: 0,
    });
  });

  test('warns of the leases that it would disturb', () => {
    const included = { ...options, includeLeased: true };
    expect(previewCommand(ids, workers, { ...included, action: 'pause' })).toMatchObject({
      targets: ['free', 'leased'],
      leased: 1,
    });
    expect(previewCommand(ids, workers, { ...included, action: 'resume' }).leased).toBe(0);
  });

  test('of the market concerns workers that are away and rented out, too', () => {
    expect(previewCommand(ids, workers, { ...options, action: 'unlist' })).toMatchObject({
      targets: ['free', 'leased', 'away', 'silent', 'away-leased'],
      leased: 0,
    });
  });
});

describe('who may command', () => {
  const account = { account_id: 'me', role: 'provider', eth_address: address, kind: 'key' } as const;

  test('is the operator, the owner of the address in any case, and everybody where all are trusted', () => {
    const mine = worker('rig', { eth_address: address.toLowerCase() });
    expect(mayCommand({ account, trusted: false }, mine)).toBe(true);
    expect(mayCommand({ account: { ...account, eth_address: '' }, trusted: false }, mine)).toBe(false);
    expect(
      mayCommand({ account: { ...account, eth_address: '', role: 'admin' }, trusted: false }, mine),
    ).toBe(true);
    expect(mayCommand({ account: null, trusted: true }, mine)).toBe(true);
    expect(mayCommand({ account: null, trusted: false }, mine)).toBe(false);
    expect(mayCommand(undefined, mine)).toBe(false);
  });

  test('of a worker without address is the account that is named like it, and nobody without one', () => {
    const bare = worker('rig', { eth_address: '' });
    const keyed = { ...account, eth_address: '' };
    expect(mayCommand({ account: keyed, trusted: false }, bare)).toBe(false);
    expect(mayCommand({ account: { ...keyed, account_id: 'rig' }, trusted: false }, bare)).toBe(true);
  });
});

test('an order is asked for by the name that the platform has for it', () => {
  expect(orderBody('pause', {})).toEqual({ action: 'pause', config: {} });
  expect(orderBody('set_config', { difficulty: 8 })).toEqual({
    action: 'set_config',
    config: { difficulty: 8 },
  });
  expect(orderBody('restart', {})).toEqual({ command: 'restart' });
});

describe('an order on its way', () => {
  const order = {
    action: 'pause',
    config: {},
    includeLeased: false,
    workerIds: ['a', 'b', 'c', 'd'],
  } as const;
  const data = (command_id: string, state: Command['state']) => ({
    command_id,
    batch_id: 'batch',
    worker_id: command_id.slice(1),
    action: 'pause' as const,
    state,
  });
  const stored = (command_id: string, state: Command['state'], detail: string) =>
    ({ command_id, state, detail }) as Command;

  test('knows of each worker what became of it, also what was told before the call was answered', () => {
    const run = new CommandRun(order);
    expect(run.observe([data('#a', 'confirmed'), data('#b', 'delivered')])).toBe(false);
    run.take({
      batch_id: 'batch',
      commands: [
        { worker_id: 'a', command_id: '#a' },
        { worker_id: 'b', command_id: '#b' },
      ],
      skipped: [{ worker_id: 'c', reason: 'leased' }],
    });
    run.fail(['d'], 'no');
    expect([...run.outcomes.values()].map(({ state }) => state)).toEqual([
      'confirmed',
      'delivered',
      'skipped',
      'failed',
    ]);
    expect(run.isSettled).toBe(false);
    run.endSending();
    expect(run.observe([data('#b', 'undelivered')])).toBe(true);
    expect(run.isSettled).toBe(true);
    expect(run.failedIds()).toEqual(['b', 'd']);
    expect(run.counts).toMatchObject({ confirmed: 1, undelivered: 1, skipped: 1, failed: 1, waiting: 0 });
    expect(run.countIn('failed')).toBe(2);
  });

  test('never goes back, and learns reasons afterwards', () => {
    const run = new CommandRun({ ...order, workerIds: ['a'] });
    run.take({ batch_id: 'batch', commands: [{ worker_id: 'a', command_id: '#a' }], skipped: [] });
    run.endSending();
    run.observe([data('#a', 'undelivered')]);
    expect(run.sync([stored('#a', 'sent', '')])).toBe(false);
    expect(run.outcomes.get('a')?.state).toBe('undelivered');
    expect(run.sync([stored('#a', 'undelivered', 'nobody listens')])).toBe(true);
    expect(run.sync([stored('#a', 'undelivered', 'nobody listens')])).toBe(false);
    expect(run.outcomes.get('a')?.detail).toBe('nobody listens');
  });

  test('who is in no answer did not get it', () => {
    const run = new CommandRun(order);
    run.take({ batch_id: 'batch', commands: [], skipped: [] });
    run.endSending();
    expect(run.counts.skipped).toBe(4);
    expect(run.isSettled).toBe(true);
  });

  test('commands of others are none of it', () => {
    const run = new CommandRun({ ...order, workerIds: ['a'] });
    run.take({ batch_id: 'batch', commands: [{ worker_id: 'a', command_id: '#a' }], skipped: [] });
    expect(run.observe([data('#x', 'confirmed')])).toBe(false);
    expect(run.counts.sent).toBe(1);
  });
});

describe('new settings', () => {
  const reported = new Map([
    ['a', { difficulty: '1727', address: address.toLowerCase(), prefix: '', block_pattern: 'XEN11' }],
    ['b', { difficulty: '1800', address, prefix: '', block_pattern: 'xen11' }],
    ['c', { difficulty: '1727' }],
  ]);
  const targets = ['a', 'b', 'c', 'd'];

  test('say how many they change: hex in any case, a pattern as it is written', () => {
    expect(configEffect({ block_pattern: 'XEN11', address, difficulty: 1727 }, targets, reported)).toEqual([
      { field: 'difficulty', value: '1727', changed: 1, same: 2, unknown: 1 },
      { field: 'address', value: address, changed: 0, same: 2, unknown: 2 },
      { field: 'block_pattern', value: 'XEN11', changed: 1, same: 1, unknown: 2 },
    ]);
  });

  test('are shown beside what is there now, the most common first', () => {
    expect(valuesNow('difficulty', targets, reported)).toEqual(['1727', '1800']);
    expect(valuesNow('prefix', ['d'], reported)).toEqual([]);
  });
});
