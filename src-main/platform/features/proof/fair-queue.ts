/**
 * A queue that shares a scarce good fairly between senders: each has a line of its own, and the lines take turns
 * (deficit round robin). A turn is worth as much cost as the dearest item in the queue, so that many cheap items
 * weigh as much as a dear one.
 */
export class FairQueue<Item> {
  /** In the order of their turns. */
  readonly #lines = new Map<string, { items: { item: Item; cost: number }[]; credit: number }>();
  #size = 0;
  /** Highest cost since the queue was empty. */
  #turnCost = 0;

  /** Items that wait. */
  get size(): number {
    return this.#size;
  }

  /** Items of one sender that wait. */
  sizeOf(sender: string): number {
    return this.#lines.get(sender)?.items.length ?? 0;
  }

  push(sender: string, item: Item, cost: number): void {
    this.#turnCost = Math.max(this.#turnCost, cost);
    this.#size += 1;
    const line = this.#lines.get(sender);
    if (line) line.items.push({ item, cost });
    else this.#lines.set(sender, { items: [{ item, cost }], credit: 0 });
  }

  /** Takes the next item of the sender whose turn it is; undefined when nothing waits. */
  take(): Item | undefined {
    for (const [sender, line] of this.#lines) {
      const first = line.items.shift();
      if (!first) continue;
      this.#size -= 1;
      if (line.credit < first.cost) line.credit += this.#turnCost;
      line.credit -= first.cost;
      const next = line.items[0];
      if (!next || line.credit < next.cost) {
        this.#lines.delete(sender);
        if (next) this.#lines.set(sender, line);
      }
      if (this.#size === 0) this.#turnCost = 0;
      return first.item;
    }
    return undefined;
  }
}
