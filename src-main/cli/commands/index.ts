import { backupCommand } from './backup.ts';
import { backupsCommand } from './backups.ts';
import { checkLedgerCommand } from './check-ledger.ts';
import { cleanupCommand } from './cleanup.ts';
import type { Command } from './command.ts';
import { demoCommand } from './demo.ts';
import { diagnosticsCommand } from './diagnostics.ts';
import { generateCommand } from './generate.ts';
import { migrateCommand } from './migrate.ts';
import { restoreCommand } from './restore.ts';
import { rotateAdminKeyCommand } from './rotate-admin-key.ts';
import { selfCheckCommand } from './self-check.ts';
import { simulateCommand } from './simulate.ts';
import { verifyBlockCommand } from './verify-block.ts';

/** All sub-commands, in the order of `--help`. */
export const commands: readonly Command[] = [
  backupCommand,
  backupsCommand,
  checkLedgerCommand,
  cleanupCommand,
  demoCommand,
  diagnosticsCommand,
  generateCommand,
  migrateCommand,
  restoreCommand,
  rotateAdminKeyCommand,
  selfCheckCommand,
  simulateCommand,
  verifyBlockCommand,
];
