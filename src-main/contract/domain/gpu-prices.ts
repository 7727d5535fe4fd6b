/** Suggested prices by GPU (domain.md, Marketplace), as data: a new model is a line here. */

/** Price per minute of GPUs whose name holds the model; the longest model that fits decides. */
const pricesByModel: readonly { readonly model: string; readonly pricePerMinMicro: number }[] = [
  { model: 'RTX 4090', pricePerMinMicro: 1_200_000 },
  { model: 'RTX 4080', pricePerMinMicro: 900_000 },
  { model: 'RTX 4070', pricePerMinMicro: 600_000 },
  { model: 'RTX 3090', pricePerMinMicro: 800_000 },
  { model: 'RTX 3080', pricePerMinMicro: 550_000 },
  { model: 'RTX 3070', pricePerMinMicro: 400_000 },
  { model: 'RTX 3060', pricePerMinMicro: 250_000 },
  { model: 'A100', pricePerMinMicro: 2_000_000 },
  { model: 'H100', pricePerMinMicro: 3_500_000 },
];

/** Price per minute of other GPUs with at least so much memory; the first that fits decides. */
const pricesByMemory: readonly { readonly minMemoryGb: number; readonly pricePerMinMicro: number }[] = [
  { minMemoryGb: 80, pricePerMinMicro: 2_000_000 },
  { minMemoryGb: 24, pricePerMinMicro: 800_000 },
  { minMemoryGb: 12, pricePerMinMicro: 400_000 },
  { minMemoryGb: 0, pricePerMinMicro: 200_000 },
];

/** Of a worker that names no GPU. */
const priceWithoutGpusMicro = 600_000;

/** A model within a name: `RTX 4070` is in `NVIDIA GeForce RTX 4070 Ti` and `RTX-4070Ti`, not in `RTX 40700`. */
const modelPatterns = pricesByModel
  .toSorted((left, right) => right.model.length - left.model.length)
  .map(({ model, pricePerMinMicro }) => ({
    pattern: new RegExp(`(?<![a-z0-9])${model.split(' ').join('[\\s_-]*')}(?![0-9])`, 'i'),
    pricePerMinMicro,
  }));

/** Trade marks stand in the middle of some names. */
const tradeMarks = /[™®]|\((?:tm|r)\)/gi;

function priceOfGpu({ name, memory_gb: memoryGb }: { name: string; memory_gb: number }): number {
  const plainName = name.replace(tradeMarks, '');
  const byModel = modelPatterns.find(({ pattern }) => pattern.test(plainName));
  if (byModel) return byModel.pricePerMinMicro;
  // Drivers keep a part for themselves: a card of 24 GB reports 23.99.
  const wholeGb = Math.round(memoryGb);
  return pricesByMemory.find(({ minMemoryGb }) => wholeGb >= minMemoryGb)?.pricePerMinMicro ?? 0;
}

/** Suggested price per minute in micro-credits, summed over the GPUs of a worker. */
export function suggestPrice(gpus: readonly { readonly name: string; readonly memory_gb: number }[]): number {
  if (gpus.length === 0) return priceWithoutGpusMicro;
  return gpus.reduce((sum, gpu) => sum + priceOfGpu(gpu), 0);
}
