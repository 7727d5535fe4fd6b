import { describe, expect, test } from 'vitest';
import type { ChainBlock } from '../../src-main/contract/rest/chain.routes.ts';
import { countBySlots, xuniWindow } from '../../src-renderer/features/chain/chain-slots.ts';
import { readAmount } from '../../src-renderer/features/system/access/amount.ts';
import { fromInputTime, toInputTime } from '../../src-renderer/features/system/audit/local-time.ts';
import {
  ownFields,
  toStartBody,
  wrongFields,
} from '../../src-renderer/features/system/simulator/start-fields.ts';

const nowSec = Date.UTC(2026, 7, 1, 12, 34, 0) / 1000;

const block = (agoSec: number, block_type: ChainBlock['block_type'] = 'normal') =>
  ({ created_at: nowSec - agoSec, block_type }) as ChainBlock;

describe('blocks of the chain by time', () => {
  test('a whole chain is counted by the hours of a day', () => {
    const { slots, counts, slotSec } = countBySlots(
      [block(10), block(20, 'xuni'), block(4000)],
      true,
      nowSec,
    );
    expect(slotSec).toBe(3600);
    expect(slots).toHaveLength(24);
    expect(slots.at(-1)).toEqual({ from: nowSec - 34 * 60, to: nowSec + 26 * 60 });
    expect(counts.normal.slice(-2)).toEqual([1, 1]);
    expect(counts.xuni.slice(-2)).toEqual([0, 1]);
    expect(counts.super.every((count) => count === 0)).toBe(true);
  });

  test('what is older than the list reaches is left out, not shown as nothing', () => {
    // 500 blocks in 40 minutes: finer stretches, and none that the list covers in part only.
    const blocks = Array.from({ length: 500 }, (_unused, index) => block((index * 2400) / 499));
    const { slots, counts, slotSec } = countBySlots(blocks, false, nowSec);
    expect(slotSec).toBe(300);
    expect(slots[0]!.from).toBeGreaterThanOrEqual(nowSec - 2400);
    expect(counts.normal.slice(0, -1).every((count) => count > 50)).toBe(true);
  });

  test('a chain without blocks has empty hours', () => {
    expect(countBySlots([], true, nowSec).slots).toHaveLength(24);
  });
});

describe('the xuni window', () => {
  const at = (minute: number, second = 0) => xuniWindow(Date.UTC(2026, 7, 1, 12, minute, second) / 1000);

  test('is open from minute 55 to 5', () => {
    expect(at(54, 59)).toEqual({ isOpen: false, changesInSec: 1 });
    expect(at(55)).toEqual({ isOpen: true, changesInSec: 600 });
    expect(at(4, 59)).toEqual({ isOpen: true, changesInSec: 1 });
    expect(at(5)).toEqual({ isOpen: false, changesInSec: 3000 });
  });
});

describe('amounts of credits as they are typed', () => {
  test.each([
    ['12.5', 12.5],
    [' 12,5 ', 12.5],
    ['0.000001', 0.000001],
    ['1000000000', 1_000_000_000],
  ])('%s is read', (typed, amount) => {
    expect(readAmount(typed)).toBe(amount);
  });

  test.each(['', '0', '-1', '1.0000001', '1e3', '1,000.5', '1000000000.000001', 'x'])(
    '"%s" is none',
    (typed) => {
      expect(readAmount(typed)).toBeUndefined();
    },
  );
});

describe('the form of the simulator', () => {
  test('its own values can be sent, and what is left empty is left out', () => {
    expect(wrongFields(ownFields)).toEqual(new Set());
    expect(toStartBody(ownFields, 'steady')).toEqual({
      scenario: 'steady',
      workers: 25,
      block_interval: 60,
      heartbeat_interval: 5,
      seed: 1,
    });
  });

  test('names what is wrong', () => {
    const fields = {
      workers: '1.5',
      blockInterval: '',
      heartbeat: '0',
      owner: '0x1',
      gpuCount: '65',
      seed: '-1',
    };
    expect([...wrongFields(fields)].sort()).toEqual([
      'blockInterval',
      'gpuCount',
      'heartbeat',
      'owner',
      'seed',
      'workers',
    ]);
  });
});

describe('times of a form', () => {
  test('go there and back to the minute', () => {
    const unixSec = Math.floor(nowSec / 60) * 60;
    expect(fromInputTime(toInputTime(unixSec))).toBe(unixSec);
    expect(toInputTime(undefined)).toBe('');
    expect(fromInputTime('')).toBeUndefined();
    expect(fromInputTime('no time')).toBeUndefined();
  });
});
