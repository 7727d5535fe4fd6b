/** Who has the database open, and whether it takes a write. */
import { existsSync, realpathSync } from 'node:fs';
import type { DatabaseUse } from '../../../contract/domain/help.ts';
import { messageOf } from '../../kernel/app-error.ts';
import { holdersOf, tellsOfProcesses } from '../../kernel/processes.ts';
import type { Storage } from '../../storage/storage.ts';
import { toProcessView } from './port-use.ts';

/** What SQLite and the instance lock put beside it. */
const suffixes = ['', '-wal', '-shm', '.lock'] as const;

export async function databaseUseOf(
  databasePath: string,
  storage: Pick<Storage, 'releasePages' | 'commitStats'>,
): Promise<DatabaseUse> {
  const path = existsSync(databasePath) ? realpathSync(databasePath) : databasePath;
  const begin = performance.now();
  const failure = await storage.releasePages(1).then(() => storage.commitStats.failure, messageOf);
  const writeMs = Math.round((performance.now() - begin) * 10) / 10;
  return {
    path,
    holders: holdersOf(suffixes.map((suffix) => `${path}${suffix}`)).map(({ files, ...holder }) => ({
      ...toProcessView(holder),
      files: [...files],
    })),
    tells: tellsOfProcesses,
    write_ms: failure === '' ? writeMs : null,
    failure,
    queue: storage.commitStats.depth,
  };
}
