/**
 * The folder of the backups. Each has a record beside it, `<name>.json`; what is being written has a name that ends in
 * `.partial` until it is whole, verified and on disk.
 */
import { constants } from 'node:fs';
import { access, chmod, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import {
  backupNamePattern,
  backupSchema,
  type Backup,
  type BackupTrigger,
} from '../../../contract/domain/backup.ts';
import { AppError, messageOf } from '../../kernel/app-error.ts';
import { toUnixSeconds } from '../../kernel/clock.ts';
import { ownerOnly, partialSuffix, syncFolder, writeWhole } from '../../kernel/whole-file.ts';
import { DatabaseInUse, lockDatabase } from '../../storage/instance-lock.ts';

const recordSuffix = '.json';

const recordSchema = backupSchema.omit({ name: true, size_bytes: true });

/** What is written down of a backup. */
export type BackupRecord = z.infer<typeof recordSchema>;

/** Only for its owner: it holds everything. */
const folderMode = 0o700;

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** `20261125-020000`, in the machine's time zone. */
export function toStamp(atMs: number): string {
  const at = new Date(atMs);
  const date = [at.getMonth() + 1, at.getDate()].map(twoDigits).join('');
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join('');
  return `${at.getFullYear()}${date}-${time}`;
}

export class BackupFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** @throws AppError `conflict` when it can't be made or written */
  async prepare(): Promise<void> {
    try {
      await mkdir(this.path, { recursive: true, mode: folderMode });
      await access(this.path, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (error) {
      throw this.#unusable(error);
    }
  }

  /**
   * Keeps other processes from writing into it.
   *
   * @returns what ends that; undefined when another process writes
   * @throws AppError `conflict` when it can't be written
   */
  lock(): (() => void) | undefined {
    try {
      return lockDatabase(join(this.path, 'backup'));
    } catch (error) {
      if (error instanceof DatabaseInUse) return undefined;
      throw this.#unusable((error as Error).cause ?? error);
    }
  }

  /** When something came or went. */
  async changedAtMs(): Promise<number> {
    return (await stat(this.path)).mtimeMs;
  }

  fileOf(name: string): string {
    return join(this.path, name);
  }

  partialOf(name: string): string {
    return `${this.fileOf(name)}${partialSuffix}`;
  }

  /** A name that no file has. @param label tells it apart, such as `before-restore` */
  async newName(atMs: number, label = ''): Promise<string> {
    const base = `xenblocks-${toStamp(atMs)}${label === '' ? '' : `-${label}`}`;
    const taken = new Set(await this.#entries());
    for (let count = 1; ; count += 1) {
      const name = `${base}${count === 1 ? '' : `-${count}`}.db`;
      if (!taken.has(name) && !taken.has(`${name}${partialSuffix}`)) return name;
    }
  }

  /** All backups, newest first. */
  async list(): Promise<Backup[]> {
    const names = (await this.#entries()).filter((name) => backupNamePattern.test(name));
    const found = await Promise.all(names.map((name) => this.find(name)));
    return found
      .filter((backup) => backup !== undefined)
      .sort((left, right) => right.created_at - left.created_at || (left.name < right.name ? 1 : -1));
  }

  /** Undefined when there is no such file. */
  async find(name: string): Promise<Backup | undefined> {
    if (!backupNamePattern.test(name)) return undefined;
    const file = await stat(this.fileOf(name)).catch(() => undefined);
    if (!file?.isFile()) return undefined;
    const record = await this.#record(name);
    return { ...(record ?? foreignRecord(file.mtimeMs)), name, size_bytes: file.size };
  }

  /** Whether the program made it. */
  async isOwn(name: string): Promise<boolean> {
    const record = await this.#record(name);
    return record !== undefined && record.trigger !== 'unknown';
  }

  /** Takes a file that is whole, verified and synced into the list. */
  async admit(name: string, record: BackupRecord): Promise<void> {
    await this.saveRecord(name, record);
    await chmod(this.partialOf(name), ownerOnly);
    await rename(this.partialOf(name), this.fileOf(name));
    await syncFolder(this.path);
  }

  saveRecord(name: string, record: BackupRecord): Promise<void> {
    return writeWhole(`${this.fileOf(name)}${recordSuffix}`, `${JSON.stringify(record, null, 2)}\n`);
  }

  /** Removes a backup with its record. */
  async remove(name: string): Promise<void> {
    await rm(this.fileOf(name), { force: true });
    await rm(`${this.fileOf(name)}${recordSuffix}`, { force: true });
    await syncFolder(this.path);
  }

  /**
   * Removes what an interrupted backup left behind. Returns its names; the folder has to be locked.
   *
   * @param except the backup that a restore under way makes; empty: none
   */
  async removeLeftovers(except: string): Promise<string[]> {
    const leftovers = (await this.#entries()).filter(
      (name) => leftoverPattern.test(name) && name !== `${except}${partialSuffix}`,
    );
    for (const name of leftovers) await rm(this.fileOf(name), { force: true });
    const entries = new Set(await this.#entries());
    for (const name of entries) {
      const backup = name.endsWith(recordSuffix) ? name.slice(0, -recordSuffix.length) : '';
      // Its file was never renamed, or is gone.
      if (backupNamePattern.test(backup) && !entries.has(backup))
        await rm(this.fileOf(name), { force: true });
    }
    return leftovers;
  }

  #unusable(error: unknown): AppError {
    return new AppError(
      'conflict',
      `The folder of the backups ${this.path} can't be used: ${messageOf(error)}. ` +
        'Check its rights and its disk, or choose another with --backup-dir.',
      { cause: error },
    );
  }

  async #entries(): Promise<string[]> {
    try {
      return await readdir(this.path);
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (['ENOENT', 'ENOTDIR'].includes(code)) return [];
      throw this.#unusable(error);
    }
  }

  async #record(name: string): Promise<BackupRecord | undefined> {
    const text = await readFile(`${this.fileOf(name)}${recordSuffix}`, 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    try {
      return recordSchema.parse(JSON.parse(text));
    } catch {
      // A record that somebody edited says nothing; the file itself can be verified again.
      return undefined;
    }
  }
}

/** Names of unfinished files that this program makes, with what SQLite puts beside them. */
const leftoverPattern = /^xenblocks-\d{8}-\d{6}(-[a-z0-9]+){0,4}\.db(\.json)?\.partial(-wal|-shm|-journal)?$/;

function foreignRecord(modifiedMs: number): BackupRecord {
  return {
    created_at: Math.floor(toUnixSeconds(modifiedMs)),
    trigger: 'unknown' satisfies BackupTrigger,
    sha256: '',
    schema_version: '',
    program_version: '',
    rows: {},
    duration_sec: 0,
    verification: null,
  };
}
