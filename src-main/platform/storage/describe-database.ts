/** What a database file is made of, and whether its pages are whole: for threads that may block. */
import { summarize, type DatabaseSummary } from './copy-database.ts';
import { reading } from './examine-database.ts';

export interface DatabaseDescription extends DatabaseSummary {
  readonly sqliteVersion: string;
  readonly pageBytes: number;
  readonly pages: number;
  readonly freePages: number;
  /** Every `create` statement, in the order of its making. */
  readonly schema: readonly string[];
}

export interface PageCheck {
  /** What is wrong, in words; empty when nothing was found. */
  readonly problems: readonly string[];
  readonly checkedTables: number;
  /** Tables that there was no time for. */
  readonly leftTables: readonly string[];
  readonly durationMs: number;
}

const maxProblems = 20;

/** Schema, sizes and the number of rows of each table. */
export function describeDatabase(path: string): DatabaseDescription {
  return reading(path, (handle) => {
    const figure = (name: string) => handle.pragma(name, { simple: true }) as number;
    return {
      ...summarize(handle),
      sqliteVersion: handle.prepare('select sqlite_version()').pluck().get() as string,
      pageBytes: figure('page_size'),
      pages: figure('page_count'),
      freePages: figure('freelist_count'),
      schema: handle
        .prepare('select sql from sqlite_schema where sql is not null order by rowid')
        .pluck()
        .all() as string[],
    };
  });
}

/**
 * Looks at the pages table by table until the time is over; the table under way is finished.
 *
 * @param kind `full` compares each index with its table, too
 */
export function checkPages(path: string, kind: 'quick' | 'full', maxMs: number): PageCheck {
  const begin = performance.now();
  const pragma = kind === 'full' ? 'integrity_check' : 'quick_check';
  return reading(path, (handle) => {
    const tables = handle
      .prepare("select name from sqlite_schema where type = 'table' and rootpage > 0 order by name")
      .pluck()
      .all() as string[];
    const problems: string[] = [];
    let checkedTables = 0;
    for (const table of tables) {
      if (performance.now() - begin > maxMs) break;
      const rows = handle.pragma(`${pragma}("${table.replaceAll('"', '""')}")`) as Record<string, string>[];
      const found = rows.map((row) => row[pragma] ?? '').filter((verdict) => verdict !== 'ok');
      problems.push(...found.map((problem) => `${table}: ${problem}`));
      checkedTables += 1;
    }
    return {
      problems: problems.slice(0, maxProblems),
      checkedTables,
      leftTables: tables.slice(checkedTables),
      durationMs: performance.now() - begin,
    };
  });
}
