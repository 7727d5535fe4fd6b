/** Which backups of the schedule are kept: pure rules. */
import type { Backup } from '../../../contract/domain/backup.ts';

export interface KeepRules {
  /** Newest of each of so many days. */
  readonly daily: number;
  /** Newest of each of so many weeks, Monday to Sunday. */
  readonly weekly: number;
}

const dayMs = 86_400_000;

/** Number of the day in the machine's time zone. */
function dayOf({ created_at: createdAt }: Backup): number {
  const at = new Date(createdAt * 1000);
  return Math.round(Date.UTC(at.getFullYear(), at.getMonth(), at.getDate()) / dayMs);
}

/** The epoch was a Thursday. */
function weekOf(backup: Backup): number {
  return Math.floor((dayOf(backup) + 3) / 7);
}

function newestOfEach(backups: readonly Backup[], span: (backup: Backup) => number, count: number): Backup[] {
  const first = new Map<number, Backup>();
  for (const backup of backups) if (!first.has(span(backup))) first.set(span(backup), backup);
  return [...first.values()].slice(0, count);
}

/**
 * Those that may go. Only backups of the schedule are ever among them. Ones that failed their verification keep no
 * good one from being kept; the newest of them stays to be looked at. The newest good one always stays.
 *
 * @param backups newest first
 */
export function selectExpired(backups: readonly Backup[], { daily, weekly }: KeepRules): Backup[] {
  const scheduled = backups.filter(({ trigger }) => trigger === 'scheduled');
  const good = scheduled.filter(({ verification }) => verification?.ok === true);
  const bad = scheduled.filter(({ verification }) => verification?.ok !== true);
  const kept = new Set([
    ...good.slice(0, 1),
    ...bad.slice(0, 1),
    ...newestOfEach(good, dayOf, daily),
    ...newestOfEach(good, weekOf, weekly),
  ]);
  return scheduled.filter((backup) => !kept.has(backup));
}
