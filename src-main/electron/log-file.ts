/** The log of the desktop program in a file: what a person sends along when something is wrong. */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** One older file is kept beside it: both together stay below twice this. */
const maxBytes = 5_000_000;

/** Lines wait for so long at most, so that a busy log costs few writes. */
const flushMs = 500;

export class LogFile {
  readonly path: string;
  #waiting: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #bytes: number;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.path = join(folder, 'xenblocks.log');
    this.#bytes = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Takes a whole line. */
  write(line: string): void {
    this.#waiting.push(line);
    this.#timer ??= setTimeout(() => this.flush(), flushMs).unref();
  }

  /** Writes what waits; a full disk loses lines, never the program. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = this.#waiting.splice(0).join('');
    if (text === '') return;
    try {
      if (this.#bytes > maxBytes) {
        renameSync(this.path, `${this.path}.1`);
        this.#bytes = 0;
      }
      appendFileSync(this.path, text, { mode: 0o600 });
      this.#bytes += Buffer.byteLength(text);
    } catch {
      // Nobody could be told of it here.
    }
  }
}
