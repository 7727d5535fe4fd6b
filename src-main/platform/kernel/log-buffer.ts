/** The newest lines of the log in memory, in bounded size. */

const maxLines = 2000;
const maxCharacters = 2_000_000;

/** A longer line (a stack of stacks, a whole message in a field) keeps its sentence only. */
const maxLineLength = 32_768;
const shortenedLength = 2000;

/** A line as pino writes it, JSON. */
export interface BufferedLine {
  /** Counts from 1; no number is left out. */
  readonly sequence: number;
  readonly line: string;
}

/** A ring of lines; adding costs a slot and two sums, whatever is read of it is parsed by the reader. */
export class LogBuffer {
  readonly #slots: string[] = [];
  #first = 1;
  #last = 0;
  #characters = 0;

  /** Of the oldest line that is still there; one more than `lastSequence` while there is none. */
  get firstSequence(): number {
    return this.#first;
  }

  /** Of the newest line; 0 before the first. */
  get lastSequence(): number {
    return this.#last;
  }

  add(line: string): void {
    const kept = line.length <= maxLineLength ? line : shorten(line);
    this.#last += 1;
    if (this.#last - this.#first >= maxLines) this.#dropFirst();
    this.#slots[this.#last % maxLines] = kept;
    this.#characters += kept.length;
    while (this.#characters > maxCharacters) this.#dropFirst();
  }

  /** Lines of a higher sequence, oldest first. */
  *after(sequence: number): Generator<BufferedLine> {
    for (let next = Math.max(sequence + 1, this.#first); next <= this.#last; next += 1)
      yield { sequence: next, line: this.#slots[next % maxLines] as string };
  }

  #dropFirst(): void {
    const slot = this.#first % maxLines;
    this.#characters -= (this.#slots[slot] as string).length;
    this.#slots[slot] = '';
    this.#first += 1;
  }
}

function shorten(line: string): string {
  const { time, level, module, msg } = JSON.parse(line) as Record<string, unknown>;
  const text = typeof msg === 'string' ? msg : '';
  return JSON.stringify({
    ...{ level, time, module, shortened_from: line.length },
    msg: text.length <= shortenedLength ? text : `${text.slice(0, shortenedLength).toWellFormed()}…`,
  });
}
