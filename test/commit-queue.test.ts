import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CommitQueue, type Work } from '../src-main/platform/storage/commit-queue.ts';
import { openWriter } from '../src-main/platform/storage/sqlite-connection.ts';
import { temporaryFolder } from './support/test-platform.ts';

/** A queue on a real file with one table, and a second connection that sees only what is committed. */
function openQueue() {
  const path = join(temporaryFolder(), 'queue.db');
  const connection = openWriter(path);
  connection.handle.exec('create table notes (note text unique, parent text references notes (note))');
  const watcher = new BetterSqlite(path, { timeout: 0 });
  onTestFinished(() => {
    watcher.close();
    connection.handle.close();
  });
  const committed = () => watcher.prepare('select note from notes order by rowid').pluck().all() as string[];
  return { queue: new CommitQueue(connection), connection, watcher, committed };
}

function write(note: string, parent?: string): Work<string> {
  return async (db) => {
    await sql`insert into notes values (${note}, ${parent ?? null})`.execute(db);
    return note;
  };
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `note ${index}`);

describe('group commit', () => {
  test('what waits shares a few transactions, keeps its order, and gets its own results', async () => {
    const { queue, committed } = openQueue();
    const results = await Promise.all(names(200).map((name) => queue.submit(write(name))));
    expect(results).toEqual(names(200));
    expect(committed()).toEqual(names(200));
    expect(queue.transactions).toBeLessThan(100);
    expect(queue.depth).toBe(0);
  });

  test('a promise settles when another connection can see the work, not before', async () => {
    const { queue, committed } = openQueue();
    const settled: Promise<void>[] = [];
    for (const [index, name] of names(50).entries()) {
      const done = queue.submit(
        async (db) => {
          await write(name)(db);
          expect(committed()).not.toContain(name);
        },
        index % 3 === 0 ? 'normal' : 'full',
      );
      settled.push(done.then(() => expect(committed()).toContain(name)));
    }
    await Promise.all(settled);
    expect(committed()).toEqual(names(50));
  });

  test('promises settle in the order in which the work came, also over a failing one', async () => {
    const { queue } = openQueue();
    const order: string[] = [];
    const all = ['a', 'b', 'a', 'c', 'd'].map((name, index) =>
      queue.submit(write(name)).then(
        () => order.push(`${index} kept`),
        () => order.push(`${index} refused`),
      ),
    );
    await Promise.all(all);
    expect(order).toEqual(['0 kept', '1 kept', '2 refused', '3 kept', '4 kept']);
  });

  test('work that fails takes nothing of its neighbours down and leaves nothing of itself', async () => {
    const { queue, committed } = openQueue();
    const outcomes = await Promise.allSettled([
      queue.submit(write('first')),
      queue.submit(write('orphan', 'nobody')),
      queue.submit(async (db) => {
        await write('half done')(db);
        throw new Error('changed my mind');
      }),
      queue.submit(write('first')),
      queue.submit(write('last', 'first')),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
    expect((outcomes[2] as PromiseRejectedResult).reason).toEqual(new Error('changed my mind'));
    expect(committed()).toEqual(['first', 'last']);
    expect(await queue.submit(write('after'))).toBe('after');
  });

  test('work may submit more work, which comes later', async () => {
    const { queue, committed } = openQueue();
    let inner: Promise<string> | undefined;
    await queue.submit(async (db) => {
      inner ??= queue.submit(write('inner'));
      await write('outer')(db);
    });
    await inner;
    expect(committed()).toEqual(['outer', 'inner']);
  });
});

describe('durability', () => {
  test('full syncs each commit, normal does not, and neither changes the other', async () => {
    const { queue, connection } = openQueue();
    const level = async () => Promise.resolve(connection.handle.pragma('synchronous', { simple: true }));
    const levels = await Promise.all([
      queue.submit(level, 'full'),
      queue.submit(level, 'normal'),
      queue.submit(level),
    ]);
    expect(levels).toEqual([2, 1, 2]);
  });
});

describe('the end', () => {
  test('drain waits for all that was submitted, also by other work', async () => {
    const { queue, committed } = openQueue();
    await queue.drain();
    for (const name of names(100)) void queue.submit(write(name));
    let late = false;
    void queue.submit(async (db) => {
      if (!late) void queue.submit(write('late'));
      late = true;
      await write('last')(db);
    });
    await queue.drain();
    expect(committed()).toEqual([...names(100), 'last', 'late']);
  });

  test('when another program holds the database, work is refused instead of waiting for ever', async () => {
    const { queue, connection, watcher, committed } = openQueue();
    connection.handle.pragma('busy_timeout = 20');
    watcher.exec('begin immediate');
    const outcomes = await Promise.allSettled(names(20).map((name) => queue.submit(write(name))));
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'SQLITE_BUSY' } });
    await queue.drain();
    watcher.exec('rollback');
    expect(await queue.submit(write('free again'))).toBe('free again');
    expect(committed()).toEqual(['free again']);
  });
});
