/** The thread in which backups are copied and verified: everything here may block. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fsyncSync,
  openSync,
  readSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { BackupPhase } from '../../../contract/domain/backup.ts';
import { messageOf } from '../../kernel/app-error.ts';
import { createLogger } from '../../kernel/logger.ts';
import { copyDatabase, sealDatabase, summarize } from '../../storage/copy-database.ts';
import { examineDatabase, identifyDatabase } from '../../storage/examine-database.ts';
import { openSnapshotOfFile } from '../../storage/snapshot.ts';
import { Storage } from '../../storage/storage.ts';
import { emptyLog } from '../../storage/upkeep.ts';
import { checkLedger } from '../ledger/index.ts';
import type {
  BackupContent,
  BackupTask,
  CopyTask,
  Expected,
  PrepareTask,
  ThreadMessage,
  ThreadStart,
} from './backup-tasks.ts';

const { task, cancelled } = workerData as ThreadStart;
const isCancelled = new Int32Array(cancelled);
const silent = createLogger({ level: 'silent', format: 'json', write: () => undefined }).module('storage');

/**
 * The disk is shared with the platform's own syncs: one sync of a gigabyte would hold them up for seconds, and each
 * small one makes the file system's journal commit. In between lie parts that take a disk some ten milliseconds, with
 * a pause after each that leaves it to others: at most 40 MB/s.
 */
const bytesPerSync = 16 * 1024 * 1024;
const pauseShare = 2;
const minPauseMs = 400;

/** Below that a copy gives up. */
const leastFreeBytes = 32 * 1024 * 1024;

const maxProblems = 20;

function tell(message: ThreadMessage): void {
  parentPort?.postMessage(message);
}

function tellProgress(phase: BackupPhase, progress: number): void {
  if (Atomics.load(isCancelled, 0) !== 0) throw new Error('stopped');
  tell({ kind: 'progress', phase, progress });
}

/** Syncs what was written of a file, part by part. */
class PacedSync {
  readonly #file: number;
  #syncedBytes = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'r+');
  }

  /** Returns whether a part was synced. */
  reached(writtenBytes: number): boolean {
    if (writtenBytes - this.#syncedBytes < bytesPerSync) return false;
    this.#syncedBytes = writtenBytes;
    const begin = performance.now();
    fdatasyncSync(this.#file);
    const pauseMs = Math.max(minPauseMs, (performance.now() - begin) * pauseShare);
    Atomics.wait(isCancelled, 0, 0, pauseMs);
    return true;
  }

  close(): void {
    fsyncSync(this.#file);
    closeSync(this.#file);
  }
}

/** A full disk would stop the platform. */
function requireRoom(folder: string): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < leastFreeBytes) throw new Error(`the disk of ${folder} is getting full`);
}

async function copyLive({ source, target, emptiesLog: isToEmpty }: CopyTask): Promise<Expected> {
  let sync: PacedSync | undefined;
  try {
    const { rows } = await copyDatabase(
      source,
      target,
      (copiedBytes, totalBytes) => {
        tellProgress('copying', totalBytes === 0 ? 0 : copiedBytes / totalBytes);
        sync ??= new PacedSync(target);
        if (sync.reached(copiedBytes)) for (const path of [source, target]) requireRoom(dirname(path));
      },
      summarize,
    );
    if (isToEmpty) emptyLog(source);
    sealDatabase(target);
    return { rows };
  } finally {
    sync?.close();
  }
}

/** Copies a file byte by byte, with its log if it has one. */
function copyFile(source: string, target: string): void {
  const total = statSync(source).size;
  const from = openSync(source, 'r');
  const to = openSync(target, 'wx', 0o600);
  const sync = new PacedSync(target);
  const buffer = Buffer.alloc(1024 * 1024);
  try {
    for (let done = 0; ;) {
      const length = readSync(from, buffer, 0, buffer.length, null);
      if (length === 0) break;
      for (let written = 0; written < length;)
        written += writeSync(to, buffer, written, length - written, null);
      done += length;
      tellProgress('copying', total === 0 ? 0 : done / total);
      sync.reached(done);
    }
  } finally {
    sync.close();
    closeSync(to);
    closeSync(from);
  }
}

function hashFile(path: string): string {
  const hash = createHash('sha256');
  const file = openSync(path, 'r');
  const buffer = Buffer.alloc(1024 * 1024);
  try {
    for (;;) {
      const length = readSync(file, buffer, 0, buffer.length, null);
      if (length === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, length));
      if (Atomics.load(isCancelled, 0) !== 0) throw new Error('stopped');
    }
  } finally {
    closeSync(file);
  }
}

function compareRows(
  rows: Readonly<Record<string, number>>,
  expected: Readonly<Record<string, number>> | undefined,
): string[] {
  if (!expected) return [];
  return [...new Set([...Object.keys(rows), ...Object.keys(expected)])]
    .filter((table) => rows[table] !== expected[table])
    .map((table) => `${table} has ${rows[table] ?? 'no'} rows instead of ${expected[table] ?? 'none'}`);
}

/** Every page, every row count, the ledger, the hash of the file. */
async function verify(path: string, expected: Expected): Promise<BackupContent> {
  tellProgress('verifying', 0);
  const sha256 = hashFile(path);
  tellProgress('verifying', 0.2);
  const problems: string[] = [];
  if (expected.sha256 !== undefined && expected.sha256 !== '' && expected.sha256 !== sha256)
    problems.push('the file was changed since it was made');
  const { kind, refusal } = identifyDatabase(path);
  if (refusal !== '') problems.push(refusal);
  const isOurs = kind === 'current' || kind === 'older' || kind === 'newer';
  const { problems: damages, summary } = isOurs
    ? examineDatabase(path)
    : { problems: [], summary: { rows: {}, migrations: [] } };
  problems.push(...damages);
  tellProgress('verifying', 0.7);
  if (isOurs && damages.length === 0) problems.push(...compareRows(summary.rows, expected.rows));
  const isWhole = problems.length === 0;
  const ledger =
    kind === 'current' && damages.length === 0 ? await checkLedgerOf(path, problems) : 'not_checked';
  tellProgress('verifying', 1);
  return {
    sizeBytes: statSync(path).size,
    sha256,
    rows: summary.rows,
    schemaVersion: summary.migrations.at(-1) ?? '',
    problems: problems.slice(0, maxProblems),
    ledger,
    isOnlyLedger: isWhole && ledger === 'wrong',
  };
}

async function checkLedgerOf(path: string, problems: string[]): Promise<'right' | 'wrong'> {
  const snapshot = openSnapshotOfFile(path);
  try {
    const report = await checkLedger(snapshot);
    const [first] = report.findings;
    if (report.ok) return 'right';
    problems.push(
      `the ledger is wrong: ${report.findings_total} findings, first ${first?.where}: ${first?.detail}`,
    );
    return 'wrong';
  } finally {
    snapshot.close();
  }
}

/** Runs the migrations that the file has not seen. */
async function migrate(path: string): Promise<void> {
  tellProgress('migrating', 0);
  const storage = new Storage({ path, logger: silent, keepsOlder: false });
  await storage.start();
  await storage.stop();
  sealDatabase(path);
  tellProgress('migrating', 1);
}

async function prepare({
  source,
  target,
  expected,
  acceptsWrongLedger,
}: PrepareTask): Promise<BackupContent> {
  copyFile(source, target);
  // A copy by hand may consist of two files: what was committed last is in the log.
  const hasLog = existsSync(`${source}-wal`) && statSync(`${source}-wal`).size > 0;
  if (hasLog) {
    copyFile(`${source}-wal`, `${target}-wal`);
    sealDatabase(target);
  }
  const content = await verify(target, hasLog ? {} : expected);
  const isGood = content.problems.length === 0 || (acceptsWrongLedger && content.isOnlyLedger);
  if (isGood) await migrate(target);
  return content;
}

async function run(given: BackupTask): Promise<BackupContent> {
  switch (given.kind) {
    case 'copy':
      return verify(given.target, await copyLive(given));
    case 'verify':
      return verify(given.path, given.expected);
    case 'prepare':
      return prepare(given);
    case 'seal':
      sealDatabase(given.path);
      return verify(given.path, {});
  }
}

try {
  tell({ kind: 'done', content: await run(task) });
} catch (error) {
  tell({ kind: 'failed', reason: messageOf(error).replace(/\s+/g, ' ') });
}
