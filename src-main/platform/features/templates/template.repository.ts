/** All SQL of templates. */
import { sql } from 'kysely';
import type { TemplateRow } from '../../storage/schema.ts';
import type { StorageAccess } from '../../storage/storage.ts';

export class TemplateRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  /** All, by name. */
  list(): Promise<TemplateRow[]> {
    return this.#storage.read.selectFrom('templates').selectAll().orderBy('name').execute();
  }

  find(templateId: string): Promise<TemplateRow | undefined> {
    return this.#storage.read
      .selectFrom('templates')
      .where('template_id', '=', templateId)
      .selectAll()
      .executeTakeFirst();
  }

  /** Adds one unless there are `limit` already, or one of its name. */
  insert(row: TemplateRow, limit: number): Promise<'ok' | 'full' | 'taken'> {
    return this.#storage.write(async (db) => {
      const { count } = await db
        .selectFrom('templates')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      if (count >= limit) return 'full';
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('templates')
        .values(row)
        .onConflict((conflict) => conflict.column('name').doNothing())
        .executeTakeFirstOrThrow();
      return Number(numInsertedOrUpdatedRows ?? 0) === 1 ? 'ok' : 'taken';
    });
  }

  /** Changes one unless another has its name. */
  update(row: TemplateRow): Promise<'ok' | 'gone' | 'taken'> {
    const { template_id: id, name, note, config, updated_at_ms, updated_by } = row;
    return this.#storage.write(async (db) => {
      const other = await db
        .selectFrom('templates')
        .where('name', '=', name)
        .where('template_id', '<>', id)
        .select(sql<number>`1`.as('one'))
        .executeTakeFirst();
      if (other) return 'taken';
      const { numUpdatedRows } = await db
        .updateTable('templates')
        .set({ name, note, config, updated_at_ms, updated_by })
        .where('template_id', '=', id)
        .executeTakeFirstOrThrow();
      return Number(numUpdatedRows) === 1 ? 'ok' : 'gone';
    });
  }

  /** Returns whether there was one. */
  delete(templateId: string): Promise<boolean> {
    return this.#storage.write(async (db) => {
      const { numDeletedRows } = await db
        .deleteFrom('templates')
        .where('template_id', '=', templateId)
        .executeTakeFirstOrThrow();
      return Number(numDeletedRows) === 1;
    });
  }
}
