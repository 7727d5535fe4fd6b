/** All SQL of the credentials of workers. */
import type { Selectable } from 'kysely';
import type { WorkerCredentialsTable } from '../../storage/schema.ts';
import type { StorageAccess } from '../../storage/storage.ts';

export type CredentialRow = Selectable<WorkerCredentialsTable>;

export class CredentialRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  all(): Promise<CredentialRow[]> {
    return this.#storage.read.selectFrom('worker_credentials').selectAll().execute();
  }

  /** Stores credentials in the place of earlier ones. */
  async save(row: CredentialRow): Promise<void> {
    await this.#storage.write((db) =>
      db
        .insertInto('worker_credentials')
        .values(row)
        .onConflict((conflict) => conflict.column('worker_id').doUpdateSet(row))
        .execute(),
    );
  }

  async remove(workerId: string): Promise<void> {
    await this.#storage.write((db) =>
      db.deleteFrom('worker_credentials').where('worker_id', '=', workerId).execute(),
    );
  }
}
