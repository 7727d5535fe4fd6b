/** GPUs as people call them. */
import type { Gpu } from './worker.ts';

/** Who made it is no part of a short name. */
const maker = /^(?:NVIDIA|AMD|Intel(?:\(R\))?)\s+|^GeForce\s+/i;

/** A model without its maker: `RTX 4090`. */
export function shortGpuName(name: string): string {
  let short = name.trim();
  while (maker.test(short)) short = short.replace(maker, '');
  return short;
}

/**
 * GPUs in a few words: `RTX 4090`, `2x RTX 4090`, `RTX 3080 + RTX 3070`, `2x RTX 4090 + RTX 3080`, and from three
 * models on `8x (mixed)`. Empty when there are none; `4x (unknown)` when none has a name.
 *
 * @param gpuCount how many the worker says it has, which may be more than it names
 */
export function nameGpus(gpus: readonly Pick<Gpu, 'name'>[], gpuCount: number): string {
  const counts = new Map<string, number>();
  for (const { name } of gpus) {
    const short = shortGpuName(name);
    if (short !== '') counts.set(short, (counts.get(short) ?? 0) + 1);
  }
  if (counts.size === 0) return gpuCount === 0 ? '' : `${gpuCount}x (unknown)`;
  if (counts.size > 2) return `${gpus.length}x (mixed)`;
  return [...counts].map(([name, count]) => (count === 1 ? name : `${count}x ${name}`)).join(' + ');
}
