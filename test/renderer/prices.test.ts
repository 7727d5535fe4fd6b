import { describe, expect, test } from 'vitest';
import { changesBy, isChange, type PricedWorker } from '../../src-renderer/features/provider/price-change.ts';

const worker = (worker_id: string, price_per_min: number, gpus: string[] = []): PricedWorker => ({
  worker_id,
  price_per_min,
  min_duration_sec: 60,
  max_duration_sec: 86_400,
  gpus: gpus.map((name, index) => ({ index, name, memory_gb: 24, bus_id: index })),
});

const pricesBy = (rule: Parameters<typeof changesBy>[0]['rule'], ...workers: PricedWorker[]) =>
  changesBy({ rule, limits: undefined }, workers).map(({ after }) => after.priceMicro);

describe('new prices', () => {
  test('are set, or follow from what a worker costs now, to a micro-credit', () => {
    expect(pricesBy({ mode: 'set', priceMicro: 750_000 }, worker('a', 0.6), worker('b', 2))).toEqual([
      750_000, 750_000,
    ]);
    expect(pricesBy({ mode: 'percent', percent: 10 }, worker('a', 0.6), worker('b', 0.000005))).toEqual([
      660_000, 6,
    ]);
    expect(pricesBy({ mode: 'percent', percent: -33.3 }, worker('a', 1))).toEqual([667_000]);
    expect(pricesBy({ mode: 'keep' }, worker('a', 0.123456))).toEqual([123_456]);
  });

  test('go no higher than the platform takes', () => {
    expect(pricesBy({ mode: 'percent', percent: 1000 }, worker('a', 9000))).toEqual([10_000_000_000]);
  });

  test('are those that the platform suggests for the GPUs', () => {
    const rig = worker('a', 1, ['NVIDIA GeForce RTX 4090', 'NVIDIA GeForce RTX 3080']);
    expect(pricesBy({ mode: 'suggested' }, rig, worker('b', 1))).toEqual([1_750_000, 600_000]);
  });

  test('leave the time limits alone unless they are given, and say whether anything changes', () => {
    const [same] = changesBy({ rule: { mode: 'keep' }, limits: undefined }, [worker('a', 1)]);
    expect(same?.after).toEqual({ priceMicro: 1_000_000, minSec: 60, maxSec: 86_400 });
    expect(isChange(same!)).toBe(false);
    const limits = { minSec: 600, maxSec: 7200 };
    const [other] = changesBy({ rule: { mode: 'keep' }, limits }, [worker('a', 1)]);
    expect(other?.after).toEqual({ priceMicro: 1_000_000, ...limits });
    expect(isChange(other!)).toBe(true);
  });
});
