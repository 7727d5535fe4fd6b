/** What is done by the clock, as it is set. */
import type { Config } from '../../contract/config.ts';
import { Schedule } from '../kernel/schedule.ts';

export const backupSchedule = ({ backupSchedule: expression }: Config) =>
  new Schedule(expression, '--backup-schedule');

export const ledgerCheckSchedule = ({ ledgerCheckSchedule: expression }: Config) =>
  new Schedule(expression, '--ledger-check-schedule');
