import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { performance } from 'node:perf_hooks';
import type { ImportReport } from '../../../src-main/contract/domain/import-report.ts';
import { platformNodeFlags } from './platform-process.ts';
import { trackChild } from './scope.ts';

/** Takes the database of a data directory over with the built program; seconds from spawn to exit. */
export async function migrateDatabase(
  cli: string,
  dataDir: string,
): Promise<{ report: ImportReport; wholeSec: number }> {
  if (!existsSync(cli)) throw new Error(`${cli} does not exist: run npm run build first`);
  const begin = performance.now();
  const child = spawn(
    process.execPath,
    [...platformNodeFlags(), cli, 'migrate', '--json', '--data-dir', dataDir],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  trackChild(child);
  const exited = once(child, 'exit');
  const summary = await text(child.stdout);
  await exited;
  if (child.exitCode !== 0) throw new Error(`migrate ended with ${String(child.exitCode)}`);
  return { report: JSON.parse(summary) as ImportReport, wholeSec: (performance.now() - begin) / 1000 };
}
