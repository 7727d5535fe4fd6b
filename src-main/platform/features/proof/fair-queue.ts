import TinyQueue from 'tinyqueue';

interface Line<Item> {
  readonly sender: string;
  readonly items: { readonly item: Item; readonly cost: number }[];
  /** On the queue's own clock: when its first item would be done if all lines were served at once, evenly. */
  finish: number;
  /** Of two lines with the same finish, the one that came first is first. */
  readonly order: number;
}

/**
 * A queue that shares a scarce good fairly between senders, by cost (weighted fair queueing): each has a line of
 * its own, and next is what would be done first if all lines were served at once. A sender waits about as long as
 * its own items, times the lines, however dear the items of the others are: a few dear ones can't hold up a cheap
 * one, and a flood of cheap ones can't hold up a dear one for ever.
 */
export class FairQueue<Item> {
  readonly #lines = new Map<string, Line<Item>>();
  /** The line that finishes first is first. */
  readonly #order = new TinyQueue<Line<Item>>(
    [],
    (left, right) => left.finish - right.finish || left.order - right.order,
  );
  #size = 0;
  /** The queue's clock: what each line would have been served so far. */
  #served = 0;
  #arrivals = 0;

  /** Items that wait. */
  get size(): number {
    return this.#size;
  }

  /** Items of one sender that wait. */
  sizeOf(sender: string): number {
    return this.#lines.get(sender)?.items.length ?? 0;
  }

  /** What `take` would take; undefined when nothing waits. */
  get first(): Item | undefined {
    return this.#order.peek()?.items[0]?.item;
  }

  push(sender: string, item: Item, cost: number): void {
    this.#size += 1;
    const known = this.#lines.get(sender);
    if (known) return void known.items.push({ item, cost });
    this.#arrivals += 1;
    const line = { sender, items: [{ item, cost }], finish: this.#served + cost, order: this.#arrivals };
    this.#lines.set(sender, line);
    this.#order.push(line);
  }

  /** Takes the next item; undefined when nothing waits. */
  take(): Item | undefined {
    const line = this.#order.pop();
    const first = line?.items.shift();
    if (!line || !first) return undefined;
    this.#size -= 1;
    this.#served += first.cost / this.#lines.size;
    const next = line.items[0];
    if (next) {
      line.finish += next.cost;
      this.#order.push(line);
    } else {
      this.#lines.delete(line.sender);
    }
    if (this.#size === 0) this.#served = 0;
    return first.item;
  }
}
