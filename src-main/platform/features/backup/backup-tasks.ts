/** What the backup thread does, and what it tells meanwhile. */
import type { BackupPhase, BackupVerification } from '../../../contract/domain/backup.ts';

/** Copies the last commit of a database that may be in use, and verifies the copy. */
export interface CopyTask {
  readonly kind: 'copy';
  readonly source: string;
  /** A new file. */
  readonly target: string;
  /** Whether to empty the log afterwards, which could not be emptied meanwhile. */
  readonly emptiesLog: boolean;
}

/** Verifies a file where it lies. */
export interface VerifyTask {
  readonly kind: 'verify';
  readonly path: string;
  readonly expected: Expected;
}

/** Copies a file that nobody uses, verifies the copy, and brings it to this version. */
export interface PrepareTask {
  readonly kind: 'prepare';
  readonly source: string;
  /** A new file. */
  readonly target: string;
  readonly expected: Expected;
  /** Whether a file whose only fault is its ledger will do. */
  readonly acceptsWrongLedger: boolean;
}

/** Verifies the file that a restore took out of use, after it was made whole by itself. */
export interface SealTask {
  readonly kind: 'seal';
  readonly path: string;
}

export type BackupTask = CopyTask | VerifyTask | PrepareTask | SealTask;

/** What is known of a backup from when it was made; absent: nothing. */
export interface Expected {
  readonly sha256?: string | undefined;
  readonly rows?: Readonly<Record<string, number>> | undefined;
}

/** What a file turned out to be. */
export interface BackupContent {
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly rows: Readonly<Record<string, number>>;
  /** The last migration that it has seen; empty: none. */
  readonly schemaVersion: string;
  readonly problems: readonly string[];
  readonly ledger: BackupVerification['ledger'];
  /** The file is whole; only what its ledger says is wrong. */
  readonly isOnlyLedger: boolean;
}

export type ThreadMessage =
  | { readonly kind: 'progress'; readonly phase: BackupPhase; readonly progress: number }
  | { readonly kind: 'done'; readonly content: BackupContent }
  | { readonly kind: 'failed'; readonly reason: string };

/** What a thread is given at its start. */
export interface ThreadStart {
  readonly task: BackupTask;
  /** One Int32: not 0 when it has to end. */
  readonly cancelled: SharedArrayBuffer;
}
