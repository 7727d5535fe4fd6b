/** The database of the platform: opened safely, migrated, read and written through here only. */
import { Migrator, type Migration } from 'kysely/migration';
import { messageOf, StartupError } from '../kernel/app-error.ts';
import type { Component } from '../kernel/component.ts';
import type { Logger } from '../kernel/logger.ts';
import { CommitQueue, type Durability, type Work } from './commit-queue.ts';
import { inspectDatabaseFile, prepareFolder } from './inspect-file.ts';
import { lockDatabase } from './instance-lock.ts';
import { migrations as allMigrations } from './migrations/index.ts';
import type { Database } from './schema.ts';
import { applicationId, openReader, openWriter, type SqliteConnection } from './sqlite-connection.ts';

export interface StorageOptions {
  /** The SQLite file; it and its folder are made when missing. */
  readonly path: string;
  readonly logger: Logger;
  /** Migrations by name; all of them unless a test takes fewer or more. */
  readonly migrations?: Readonly<Record<string, Migration>>;
}

/** What repositories see. */
export interface StorageAccess {
  /** Reads the last commit. */
  readonly read: Database;
  /** Runs `work` in a transaction that other work may share; settles after its COMMIT. */
  write<Result>(work: Work<Result>, durability?: Durability): Promise<Result>;
}

export class Storage implements Component, StorageAccess {
  readonly name = 'storage';
  readonly #options: StorageOptions;
  #releaseLock: (() => void) | undefined;
  #writer: SqliteConnection | undefined;
  #reader: SqliteConnection | undefined;
  #queue: CommitQueue | undefined;

  constructor(options: StorageOptions) {
    this.#options = options;
  }

  get read(): Database {
    if (!this.#reader) throw new Error('storage is not open');
    return this.#reader.db;
  }

  get isOpen(): boolean {
    return this.#queue !== undefined;
  }

  /** Figures for metrics: committed transactions and work that waits. */
  get commitStats(): { transactions: number; depth: number } {
    return { transactions: this.#queue?.transactions ?? 0, depth: this.#queue?.depth ?? 0 };
  }

  async write<Result>(work: Work<Result>, durability?: Durability): Promise<Result> {
    if (!this.#queue) throw new Error('storage is not open');
    return this.#queue.submit(work, durability);
  }

  /**
   * Opens the file: inspects it, takes the instance lock, backs it up when it is older than the program, and
   * migrates it.
   *
   * @throws StartupError with one line for the operator; the file is then as it was
   */
  async start(): Promise<void> {
    const { path, logger } = this.#options;
    prepareFolder(path);
    const seen = inspectDatabaseFile(path);
    const known = Object.keys(this.#options.migrations ?? allMigrations);
    const unknown = seen?.find((name) => !known.includes(name));
    if (unknown !== undefined) {
      throw new StartupError(
        `The database ${path} was made by a newer version of this program (it has ${unknown}); it was left as it ` +
          'is. Install the newer version, or choose another file with --db-path.',
      );
    }
    this.#releaseLock = lockDatabase(path);
    try {
      this.#writer = openWriter(path);
      if (!seen) this.#writer.handle.pragma(`application_id = ${applicationId}`);
      if (seen && seen.length > 0 && seen.length < known.length)
        await this.#backUp(this.#writer, known[seen.length]);
      await this.#migrate(this.#writer);
      this.#reader = openReader(path);
      this.#queue = new CommitQueue(this.#writer);
      logger.info({ path }, seen ? 'database opened' : 'database created');
    } catch (error) {
      await this.stop();
      if (error instanceof StartupError) throw error;
      throw new StartupError(`The database ${path} can't be opened: ${messageOf(error)}.`, { cause: error });
    }
  }

  async stop(): Promise<void> {
    await this.#queue?.drain();
    this.#queue = undefined;
    await this.#reader?.db.destroy();
    if (this.#reader?.handle.open) this.#reader.handle.close();
    this.#reader = undefined;
    if (this.#writer?.handle.open) {
      this.#writer.handle.pragma('optimize');
      this.#writer.handle.close();
    }
    this.#writer = undefined;
    this.#releaseLock?.();
    this.#releaseLock = undefined;
  }

  async #backUp(writer: SqliteConnection, next: string | undefined): Promise<void> {
    const stamp = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
    const target = `${this.#options.path}.before-${next}-${stamp}.bak`;
    await writer.handle.backup(target);
    this.#options.logger.info({ path: target }, 'database backed up before its upgrade');
  }

  async #migrate(writer: SqliteConnection): Promise<void> {
    const provided = this.#options.migrations ?? allMigrations;
    const migrator = new Migrator({
      db: writer.db,
      provider: { getMigrations: () => Promise.resolve({ ...provided }) },
      migrationTableName: 'schema_version',
      migrationLockTableName: 'schema_version_lock',
    });
    const { error, results = [] } = await migrator.migrateToLatest();
    if (error) throw error instanceof Error ? error : new Error(messageOf(error));
    for (const { migrationName } of results)
      this.#options.logger.info({ migration: migrationName }, 'migrated');
  }
}
