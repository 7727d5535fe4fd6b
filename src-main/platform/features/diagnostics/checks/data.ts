/** Database, ledger and backups. */
import type { LedgerCheckReport } from '../../../../contract/domain/ledger.ts';
import { messageOf } from '../../../kernel/app-error.ts';
import type { Backups } from '../../backup/index.ts';
import { lookAtDatabase } from '../database-look.ts';
import { round, within, type Outcome } from './outcome.ts';

export const databaseMs = 10_000;
const ledgerMs = 20_000;
/** A daily backup that failed once is old after this. */
const oldBackupSec = 2 * 86_400;

export async function checkDatabase(path: string): Promise<Outcome<'database'>> {
  try {
    const { pages } = await lookAtDatabase({ path, describes: false, kind: 'quick', maxMs: databaseMs });
    const { problems, checkedTables, leftTables, durationMs } = pages;
    const base = { value: durationMs, unit: 'ms' } as const;
    if (problems.length > 0)
      return {
        ...{ ...base, state: 'failed', code: 'damaged', facts: { problem: problems[0] ?? '' } },
        detail: `The database is damaged: ${problems[0] ?? ''}.`,
        advice: 'Restore the newest good backup, and look at the disk and the memory of this machine.',
      };
    const facts = { tables: checkedTables, left: leftTables.length };
    if (leftTables.length > 0)
      return {
        ...{ ...base, state: 'warning', code: 'unfinished', facts },
        detail: `${checkedTables} tables are sound; there was no time for ${leftTables.length} more.`,
        advice: 'Verifying a backup looks at every page, without a limit of time.',
      };
    return {
      ...{ ...base, state: 'ok', code: 'sound', facts },
      detail: `Every page of ${checkedTables} tables is sound; it took ${round(durationMs)} ms.`,
    };
  } catch (error) {
    return failed(error, 'The database could not be checked');
  }
}

export async function checkLedgerNow(check: () => Promise<LedgerCheckReport>): Promise<Outcome<'ledger'>> {
  const begin = performance.now();
  try {
    const report = await within(check(), ledgerMs);
    const value = performance.now() - begin;
    if (report === 'late')
      return {
        ...{ state: 'warning', code: 'unfinished', value, unit: 'ms' },
        detail: `The ledger was not proved within ${ledgerMs / 1000} s; the check goes on.`,
        advice: 'Health shows its result when it is done.',
      };
    const { ok, checked, findings, findings_total: total } = report;
    if (ok)
      return {
        ...{ state: 'ok', code: 'right', value, unit: 'ms' },
        facts: { entries: checked.transactions },
        detail: `Every sum and all ${checked.transactions} entries of the ledger are right.`,
      };
    return {
      ...{ state: 'failed', code: 'wrong', value, unit: 'ms' },
      facts: { findings: total, first: findings[0]?.detail ?? '' },
      detail: `The ledger is wrong: ${total} findings, the first is ${findings[0]?.detail ?? ''}.`,
      advice: 'Keep a copy of the database, compare it with a backup, and let nobody withdraw meanwhile.',
    };
  } catch (error) {
    return failed(error, 'The ledger could not be checked');
  }
}

function failed(error: unknown, what: string): Outcome<'database'> & Outcome<'ledger'> {
  const reason = messageOf(error);
  return {
    ...{ state: 'failed', code: 'failed', facts: { reason } },
    detail: `${what}: ${reason}.`,
    advice: 'The log says more.',
  };
}

export function checkBackup(
  { figures, outlook }: Pick<Backups, 'figures' | 'outlook'>,
  nowSec: number,
): Outcome<'backup'> {
  const at = figures.lastSuccessAt;
  const ageSec = nowSec - at;
  const age = `The newest good backup is ${round(ageSec / 3600)} h old`;
  if (outlook.failure)
    return {
      ...{ state: 'warning', code: 'failed', facts: { reason: outlook.failure.reason, at } },
      ...(at === 0 ? {} : { value: ageSec, unit: 'sec' as const }),
      detail: `The last backup failed: ${outlook.failure.reason}.`,
      advice: 'Mend what is named, and make one now in the section Backups.',
    };
  if (at === 0)
    return {
      ...{ state: 'warning', code: 'none' },
      detail: 'There is no backup yet.',
      advice: 'Make one in the section Backups.',
    };
  const base = { value: ageSec, unit: 'sec', facts: { at } } as const;
  if (outlook.expression === '')
    return {
      ...{ ...base, state: 'warning', code: 'unscheduled' },
      detail: `${age}, and none is scheduled.`,
      advice: 'See --backup-schedule.',
    };
  if (ageSec > oldBackupSec)
    return { ...{ ...base, state: 'warning', code: 'old' }, detail: `${age}.`, advice: 'Make one now.' };
  return { ...{ ...base, state: 'ok', code: 'fresh' }, detail: `${age}.` };
}
