/** The database of the platform: opened safely, migrated, read and written through here only. */
import { closeSync, openSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Migration } from 'kysely/migration';
import { DatabaseProblem, messageOf, StartupError } from '../kernel/app-error.ts';
import type { Component } from '../kernel/component.ts';
import type { Logger } from '../kernel/logger.ts';
import { CommitQueue, type Durability, type Work } from './commit-queue.ts';
import { EarlierPlatformDatabase, inspectDatabaseFile, prepareFolder } from './inspect-file.ts';
import { lockDatabase } from './instance-lock.ts';
import { migrations as allMigrations } from './migrations/index.ts';
import { finishReplacement, isReplacementPending, realFile } from './replace-database.ts';
import { runMigrations } from './run-migrations.ts';
import type { Database } from './schema.ts';
import { openSnapshot, type Snapshot } from './snapshot.ts';
import { removeSecondName } from './sole-use.ts';
import { applicationId, openReader, openWriter, type SqliteConnection } from './sqlite-connection.ts';

/** Pages in the log at which a commit writes them back into the file. */
const pagesPerCheckpoint = 1000;

export interface StorageOptions {
  /** The SQLite file; it and its folder are made when missing. */
  readonly path: string;
  readonly logger: Logger;
  /** Migrations by name; all of them unless a test takes fewer or more. */
  readonly migrations?: Readonly<Record<string, Migration>>;
  /** Whether a copy of an older file is kept beside it before it is upgraded; true unless given. */
  readonly keepsOlder?: boolean;
  /**
   * Puts a database of this version in the place of one of the earlier platform, with nobody else at it; what it
   * throws ends the start. Without it such a file is refused.
   */
  readonly takeOver?: (path: string) => Promise<void>;
}

/** See `Storage.sizes`. */
export interface DatabaseSizes {
  readonly databaseBytes: number;
  readonly walBytes: number;
  readonly pages: number;
  readonly freePages: number;
  readonly freeBytes: number;
}

/** See `Storage.commitStats`. */
export interface CommitStats {
  readonly transactions: number;
  readonly depth: number;
  /** undefined before the first. */
  readonly sinceCommitMs: number | undefined;
  /** Why the disk did not take the last transaction; empty when it did. */
  readonly failure: string;
}

export { DatabaseInUse } from './instance-lock.ts';

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

  /** A view of the last commit for work that takes many turns of the event loop; to be closed soon. */
  openSnapshot(): Snapshot {
    if (!this.#reader) throw new Error('storage is not open');
    return openSnapshot(this.#options.path);
  }

  /** Committed transactions since the start, work that waits, how long ago the last COMMIT was, and why it failed. */
  get commitStats(): Readonly<CommitStats> {
    return {
      transactions: this.#queue?.transactions ?? 0,
      depth: this.#queue?.depth ?? 0,
      sinceCommitMs: this.#queue?.sinceCommitMs,
      failure: this.#queue?.failure ?? '',
    };
  }

  /**
   * While somebody reads for long, the log can't be emptied: then the writer does not even try, and whoever read
   * empties it in a thread of its own (`emptyLog`). Otherwise one commit would have to write all of it back.
   */
  holdCheckpoints(isHeld: boolean): void {
    if (this.#writer?.handle.open)
      this.#writer.handle.pragma(`wal_autocheckpoint = ${isHeld ? 0 : pagesPerCheckpoint}`);
  }

  /** How large the file and its log are, and how much of the file is free for new rows. */
  sizes(): DatabaseSizes {
    if (!this.#reader) throw new Error('storage is not open');
    const { handle } = this.#reader;
    const figure = (name: string) => handle.pragma(name, { simple: true }) as number;
    const bytesOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    const freePages = figure('freelist_count');
    return {
      databaseBytes: bytesOf(this.#options.path),
      walBytes: bytesOf(`${this.#options.path}-wal`),
      pages: figure('page_count'),
      freePages,
      freeBytes: freePages * figure('page_size'),
    };
  }

  /** Gives up to so many free pages back, in a transaction of their own. */
  async releasePages(count: number): Promise<void> {
    const handle = this.#writer?.handle;
    await this.write(() => {
      handle?.pragma(`incremental_vacuum(${Math.floor(count)})`);
      return Promise.resolve();
    }, 'normal');
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
    const known = Object.keys(this.#options.migrations ?? allMigrations);
    const seen = await this.#inspect(known);
    this.#lock();
    try {
      this.#writer = openWriter(path);
      if (!seen) this.#writer.handle.pragma(`application_id = ${applicationId}`);
      const isOlder =
        seen && seen.length > 0 && seen.length < known.length && this.#options.keepsOlder !== false;
      if (isOlder) await this.#upgrade(this.#writer, known[seen.length] as string);
      else await this.#migrate(this.#writer);
      this.#reader = openReader(path);
      this.#queue = new CommitQueue(this.#writer);
      logger.info({ path }, seen ? 'database opened' : 'database created');
    } catch (error) {
      await this.stop();
      if (error instanceof StartupError) throw error;
      const reason = messageOf(error).replace(/\s+/g, ' ');
      throw new DatabaseProblem(
        `The database ${path} can't be opened: ${reason}. Nothing in it was changed; ` +
          'free or repair what is named, put a backup in its place, or choose another file with --db-path.',
        { cause: error },
      );
    }
  }

  async stop(): Promise<void> {
    try {
      await this.#queue?.drain();
      this.#queue = undefined;
      await this.#reader?.db.destroy();
      if (this.#reader?.handle.open) this.#reader.handle.close();
      if (this.#writer?.handle.open) optimize(this.#writer);
    } finally {
      this.#queue = undefined;
      this.#reader = undefined;
      this.#writer?.handle.close();
      this.#writer = undefined;
      this.#releaseLock?.();
      this.#releaseLock = undefined;
    }
  }

  #lock(): void {
    const { path } = this.#options;
    if (this.#releaseLock) return;
    this.#releaseLock = lockDatabase(path);
    removeSecondName(realFile(path));
  }

  /** Takes the lock, and writes, only where something is to be finished or taken over. */
  async #inspect(known: readonly string[]): Promise<string[] | undefined> {
    const { path, takeOver } = this.#options;
    try {
      if (isReplacementPending(path)) {
        this.#lock();
        finishReplacement(path);
      }
      try {
        return inspectDatabaseFile(path, known);
      } catch (error) {
        if (!(error instanceof EarlierPlatformDatabase) || !takeOver) throw error;
      }
      this.#lock();
      await takeOver(path);
      return inspectDatabaseFile(path, known);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async #upgrade(writer: SqliteConnection, next: string): Promise<void> {
    const { path, logger } = this.#options;
    const prefix = `${path}.before-${next}-`;
    const earlier = readdirSync(dirname(path)).filter((name) => name.startsWith(basename(prefix)));
    const stamp = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
    const target = `${prefix}${stamp}.bak`;
    try {
      // It holds what the database holds: nobody else may read it either.
      closeSync(openSync(target, 'w', 0o600));
      await writer.handle.backup(target);
      logger.info({ path: target }, 'database backed up before its upgrade');
      await this.#migrate(writer);
    } catch (error) {
      // A service manager tries again every few seconds: one backup of an unchanged file is enough.
      if (earlier.some((name) => name !== basename(target))) rmSync(target, { force: true });
      throw error;
    }
  }

  async #migrate(connection: SqliteConnection): Promise<void> {
    const names = await runMigrations(connection, this.#options.migrations);
    for (const migration of names) this.#options.logger.info({ migration }, 'migrated');
  }
}

/** Refreshes the query planner's figures; on a full disk it can do without. */
function optimize({ handle }: SqliteConnection): void {
  try {
    handle.pragma('optimize');
  } catch {
    // The next stop tries again.
  }
}
