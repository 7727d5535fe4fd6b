import { checkLedgerCommand } from './check-ledger.ts';
import type { Command } from './command.ts';
import { rotateAdminKeyCommand } from './rotate-admin-key.ts';

/** All sub-commands, in the order of `--help`. */
export const commands: readonly Command[] = [checkLedgerCommand, rotateAdminKeyCommand];
