/** All SQL of tags, notes, groups and saved views. */
import { sql, type Selectable } from 'kysely';
import type { SavedViewsTable, TagGroupsTable, WorkerLabelsTable } from '../../storage/schema.ts';
import type { StorageAccess } from '../../storage/storage.ts';

export type SavedViewRow = Selectable<SavedViewsTable>;

export class TagRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  loadLabels(): Promise<WorkerLabelsTable[]> {
    return this.#storage.read.selectFrom('worker_labels').selectAll().execute();
  }

  loadGroups(): Promise<TagGroupsTable[]> {
    return this.#storage.read.selectFrom('tag_groups').selectAll().execute();
  }

  loadViews(): Promise<SavedViewRow[]> {
    return this.#storage.read.selectFrom('saved_views').selectAll().execute();
  }

  /** Writes what is on some workers, and what some groups are, in one transaction. */
  async save(change: {
    readonly labels: readonly WorkerLabelsTable[];
    readonly groups?: readonly TagGroupsTable[];
    readonly removedGroup?: string;
  }): Promise<void> {
    const { labels, groups = [], removedGroup } = change;
    const rows = JSON.stringify(labels.map((row) => [row.worker_id, row.tags, row.note]));
    await this.#storage.write(async (db) => {
      if (labels.length > 0) {
        await sql`insert or replace into worker_labels (worker_id, tags, note)
          select value ->> 0, value ->> 1, value ->> 2 from json_each(${rows})`.execute(db);
        await db.deleteFrom('worker_labels').where('tags', '=', '[]').where('note', '=', '').execute();
      }
      if (removedGroup !== undefined)
        await db.deleteFrom('tag_groups').where('tag', '=', removedGroup).execute();
      for (const group of groups)
        await db
          .insertInto('tag_groups')
          .values(group)
          .onConflict((conflict) =>
            conflict.column('tag').doUpdateSet({ color: group.color, description: group.description }),
          )
          .execute();
    });
  }

  async saveView(row: SavedViewRow): Promise<void> {
    await this.#storage.write((db) =>
      db
        .insertInto('saved_views')
        .values(row)
        .onConflict((conflict) =>
          conflict.column('view_id').doUpdateSet({ shared: row.shared, settings: row.settings }),
        )
        .execute(),
    );
  }

  async removeView(viewId: string): Promise<void> {
    await this.#storage.write((db) => db.deleteFrom('saved_views').where('view_id', '=', viewId).execute());
  }

  /** Micro-credits that each worker's owner was paid for leases settled since a moment. */
  async earningsSince(sinceMs: number): Promise<Map<string, number>> {
    const rows = await this.#storage.read
      .selectFrom('settlements')
      .where('settled_at_ms', '>=', sinceMs)
      .groupBy('worker_id')
      .select(({ fn }) => ['worker_id', fn.sum<number>('provider_payout_micro').as('micro')])
      .execute();
    return new Map(rows.map(({ worker_id, micro }) => [worker_id, micro]));
  }
}
