/** Chance that can be repeated: the same seed gives the same draws. Never for secrets. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

type Generator = ReturnType<typeof xoroshiro128plus>;

/** Spreads neighbouring numbers over all 32 bits (the finalizer of MurmurHash3). */
function scatter(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

export class Random {
  readonly #generator: Generator;

  /**
   * @param seed any whole number
   * @param stream one seed has many streams that know nothing of each other
   */
  constructor(seed: number, stream = 0) {
    this.#generator = xoroshiro128plus(scatter(scatter(seed) + stream));
  }

  /** From 0, below 1. */
  unit(): number {
    return uniformFloat64(this.#generator);
  }

  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number {
    return uniformInt(this.#generator, min, max);
  }

  /** From `min`, below `max`. */
  between(min: number, max: number): number {
    return min + this.unit() * (max - min);
  }

  /** How long it takes until something happens that happens every `mean` on average, and never remembers. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.unit());
  }

  /** One of the items, each as often as its weight says; there has to be one. */
  pick<Item>(items: readonly Item[], weightOf: (item: Item) => number): Item {
    let rest = this.unit() * items.reduce((sum, item) => sum + weightOf(item), 0);
    for (const item of items) {
      rest -= weightOf(item);
      if (rest < 0) return item;
    }
    const last = items.at(-1);
    if (last === undefined) throw new Error('there is nothing to pick from');
    return last;
  }

  /** Hex digits in lower case. */
  hex(digits: number): string {
    return Array.from({ length: digits }, () => this.integer(0, 15).toString(16)).join('');
  }
}
