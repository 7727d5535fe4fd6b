/** Chance that can be repeated: the same seed gives the same draws, on every machine. Never for secrets. */
import { createHash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

type Generator = ReturnType<typeof xoroshiro128plusFromState>;

export class Random {
  readonly #generator: Generator;

  /**
   * @param seed any whole number
   * @param stream one seed has many streams, by number or by name, that know nothing of each other
   */
  constructor(seed: number, stream: number | string = 0) {
    const digest = createHash('sha256').update(`${seed}/${stream}`).digest();
    this.#generator = xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => digest.readInt32LE(offset)));
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

  /** True with a probability from 0 to 1. */
  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /** How long it takes until something happens that happens every `mean` on average, and never remembers. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.unit());
  }

  /** Bell curve around 0 with a standard deviation of 1. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.unit())) * Math.cos(2 * Math.PI * this.unit());
  }

  /** Above 0, with a long tail upwards. @param spread standard deviation of the logarithm */
  logNormal(median: number, spread: number): number {
    return median * Math.exp(spread * this.normal());
  }

  /** One of the items, each as often as any other; there has to be one. */
  oneOf<Item>(items: readonly Item[]): Item {
    if (items.length === 0) throw new Error('there is nothing to pick from');
    return items[this.integer(0, items.length - 1)] as Item;
  }

  /** One of the items, each as often as its weight says; there has to be one. For many draws: `WeightedChoice`. */
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

  bytes(count: number): Buffer {
    const bytes = Buffer.alloc(Math.ceil(count / 4) * 4);
    for (let offset = 0; offset < count; offset += 4) bytes.writeInt32LE(this.#generator.next(), offset);
    return bytes.subarray(0, count);
  }

  /** Hex digits in lower case. */
  hex(digits: number): string {
    return this.bytes(Math.ceil(digits / 2))
      .toString('hex')
      .slice(0, digits);
  }
}

/** A choice among many items of which some are wanted more often. */
export class WeightedChoice<Item> {
  readonly #items: readonly Item[];
  readonly #sums: Float64Array;

  /** @param weightOf 0 or more; the sum has to be above 0 */
  constructor(items: readonly Item[], weightOf: (item: Item, index: number) => number) {
    this.#items = items;
    this.#sums = new Float64Array(items.length);
    let sum = 0;
    for (const [index, item] of items.entries()) this.#sums[index] = sum += weightOf(item, index);
    if (!(sum > 0)) throw new Error('there is nothing to pick from');
  }

  pick(random: Random): Item {
    const wanted = random.between(0, this.#sums.at(-1) ?? 0);
    let [low, high] = [0, this.#sums.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sums[middle] ?? 0) > wanted) high = middle;
      else low = middle + 1;
    }
    return this.#items[low] as Item;
  }
}
