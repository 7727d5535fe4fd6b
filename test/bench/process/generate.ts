import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { performance } from 'node:perf_hooks';
import { platformNodeFlags } from './platform-process.ts';
import { trackChild } from './scope.ts';

/** What `generate --json` says of its work. */
export interface Generated {
  database: string;
  rows: Record<string, number>;
  size_bytes: number;
  /** From spawn to exit, measured outside of it. */
  wholeSec: number;
}

/** Fills the database of a data directory with the built program; by its defaults unless flags say otherwise. */
export async function generateHistory(
  cli: string,
  dataDir: string,
  flags: readonly string[] = [],
): Promise<Generated> {
  if (!existsSync(cli)) throw new Error(`${cli} does not exist: run npm run build first`);
  const begin = performance.now();
  const child = spawn(
    process.execPath,
    [...platformNodeFlags(), cli, 'generate', '--json', '--data-dir', dataDir, ...flags],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  trackChild(child);
  const exited = once(child, 'exit');
  const summary = await text(child.stdout);
  await exited;
  if (child.exitCode !== 0) throw new Error(`generate ended with ${String(child.exitCode)}`);
  const generated = JSON.parse(summary) as Omit<Generated, 'wholeSec'>;
  return { ...generated, wholeSec: (performance.now() - begin) / 1000 };
}
