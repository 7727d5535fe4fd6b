/** What mining brings and costs: rates that people set, and what follows of them. */
import { z } from 'zod';
import { gpuModels } from './gpu-models.ts';
import { shortGpuName } from './gpu-name.ts';
import type { Gpu } from './worker.ts';

const worth = z.number().min(0, 'must not be negative').max(1e9, 'must be at most 1,000,000,000').nullable();

export const earningRatesSchema = z
  .object({
    currency: z
      .string()
      .trim()
      .regex(/^\p{L}{1,8}$|^\p{Sc}$/u, 'must be a currency such as EUR, USD or €')
      .meta({ description: 'In which all that follows is said' }),
    price_per_kwh: worth.meta({ description: 'Electricity; null: unknown' }),
    credit_value: worth.meta({ description: 'What a credit is worth; null: unknown' }),
    block_value: worth.meta({ description: 'What a self-mined block is worth; null: unknown' }),
    super_block_value: worth.meta({ description: 'The same of a superblock; null: that of a block' }),
    xuni_block_value: worth.meta({ description: 'The same of a xuni block; null: nothing' }),
    watts: z
      .array(
        z.object({
          model: z.string().trim().min(1, 'must not be empty').max(128),
          watts: z.number().min(0, 'must not be negative').max(5000, 'must be at most 5,000'),
        }),
      )
      .max(200)
      .meta({ description: 'Power of one card while it mines, where it is not the usual one' }),
  })
  .meta({ id: 'EarningRates' });
export type EarningRates = z.infer<typeof earningRatesSchema>;

/** Before anybody has set some. */
export const unknownRates: EarningRates = {
  currency: 'EUR',
  price_per_kwh: null,
  credit_value: null,
  block_value: null,
  super_block_value: null,
  xuni_block_value: null,
  watts: [],
};

const keyOf = (model: string) => shortGpuName(model).toLowerCase();
const usualWatts = new Map(gpuModels.map(({ name, watts }) => [keyOf(name), watts]));

/** Watts of one card of this model while it mines, as usual; undefined when it is not known. */
export function usualWattsOf(model: string): number | undefined {
  return usualWatts.get(keyOf(model));
}

/**
 * Watts of all cards of a worker while it mines; null when one of them is not known.
 *
 * @param gpuCount how many it says it has, which may be more than it names
 */
export function wattsOf(
  gpus: readonly Pick<Gpu, 'name'>[],
  gpuCount: number,
  own: EarningRates['watts'],
): number | null {
  if (gpus.length === 0 || gpus.length < gpuCount) return null;
  const ownWatts = new Map(own.map(({ model, watts }) => [keyOf(model), watts]));
  let sum = 0;
  for (const { name } of gpus) {
    const watts = ownWatts.get(keyOf(name)) ?? usualWattsOf(name);
    if (watts === undefined) return null;
    sum += watts;
  }
  return sum;
}
