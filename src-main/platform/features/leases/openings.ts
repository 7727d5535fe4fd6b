/** Workers for which leases are being written: each may begin or fail. */
export class Openings {
  readonly #counts = new Map<string, number>();
  readonly #owed = new Set<string>();

  has(workerId: string): boolean {
    return this.#counts.has(workerId);
  }

  begin(workerId: string): void {
    this.#counts.set(workerId, (this.#counts.get(workerId) ?? 0) + 1);
  }

  /** A register came meanwhile; its answer has to wait for the last one's end. */
  oweRegisterAck(workerId: string): void {
    this.#owed.add(workerId);
  }

  /** Returns whether it was the last one and an answer is owed. */
  end(workerId: string): boolean {
    const left = (this.#counts.get(workerId) ?? 0) - 1;
    if (left > 0) {
      this.#counts.set(workerId, left);
      return false;
    }
    this.#counts.delete(workerId);
    return this.#owed.delete(workerId);
  }
}
