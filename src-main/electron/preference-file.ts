/** The desktop's own memory: preferences, and where the window was. Small files that are there whole or not at all. */
import { readFileSync, renameSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { writeWhole } from '../platform/kernel/whole-file.ts';

export class PreferenceFile<Schema extends z.ZodType> {
  readonly #path: string;
  #value: z.output<Schema>;
  /** One write after the other. */
  #last: Promise<unknown> = Promise.resolve();
  /** A file that could not be read was put aside there; empty: it could be read. */
  readonly putAside: string = '';

  /** Reads the file; what is missing in it has its default. One that can't be read is put aside, never overwritten. */
  constructor(path: string, schema: Schema) {
    this.#path = path;
    try {
      this.#value = schema.parse(JSON.parse(readFileSync(path, 'utf8')));
    } catch (error) {
      this.#value = schema.parse({});
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      this.putAside = `${path}.unreadable`;
      try {
        renameSync(path, this.putAside);
      } catch {
        // It stays where it is; a later write replaces it.
      }
    }
  }

  get value(): Readonly<z.output<Schema>> {
    return this.#value;
  }

  /** In force at once, and written. @throws what the file system says */
  async change(changes: Partial<z.output<Schema>>): Promise<void> {
    this.#value = { ...(this.#value as object), ...changes } as z.output<Schema>;
    const write = this.#last.then(async () => {
      await mkdir(dirname(this.#path), { recursive: true });
      await writeWhole(this.#path, `${JSON.stringify(this.#value, null, 2)}\n`);
    });
    this.#last = write.catch(() => undefined);
    await write;
  }

  /** Settles when everything is written. */
  async settled(): Promise<void> {
    await this.#last;
  }
}
