/** What the last check of the ledger found, kept in a file: it is worth as much after a restart. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeWhole } from '../../kernel/whole-file.ts';

const lastCheckSchema = z.object({
  /** Unix seconds. */
  at: z.number(),
  ok: z.boolean(),
  findings: z.int().min(0),
});
export type LastLedgerCheck = Readonly<z.infer<typeof lastCheckSchema>>;

/** undefined: there was none, or nobody can tell any more. */
export async function readLastCheck(path: string): Promise<LastLedgerCheck | undefined> {
  try {
    return lastCheckSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

export function keepLastCheck(path: string, check: LastLedgerCheck): Promise<void> {
  return writeWhole(path, `${JSON.stringify(check)}\n`);
}
