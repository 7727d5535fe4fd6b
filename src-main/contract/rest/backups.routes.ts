/** Backups; for the operator. */
import { z } from 'zod';
import { backupJobSchema, backupListSchema, backupNamePattern } from '../domain/backup.ts';
import { defineRoute } from './define-route.ts';

const path = '/api/admin/backups';

const backupParams = z.object({
  name: z
    .string()
    .max(128)
    .regex(backupNamePattern, 'must be the name of a backup, such as xenblocks-20261125-020000.db'),
});

export const backupsRoute = defineRoute({
  method: 'get',
  path,
  tag: 'Backups',
  summary: 'All backups, newest first, the schedule, and what is under way',
  access: 'admin',
  response: backupListSchema,
});

export const backupRoute = defineRoute({
  method: 'post',
  path,
  tag: 'Backups',
  summary: 'Starts a backup; the list shows how far it is and what became of it',
  access: 'admin',
  action: 'backup.create',
  target: (_input, answer) => answer?.name ?? '',
  successStatus: 202,
  response: backupJobSchema,
  errors: ['conflict', 'insufficient_storage'],
});

export const backupDownloadRoute = defineRoute({
  method: 'get',
  path: `${path}/{name}/download`,
  tag: 'Backups',
  summary: 'The file of a backup; ranges are served, so that a broken download goes on',
  access: 'admin',
  action: 'backup.download',
  params: backupParams,
  mediaType: 'application/vnd.sqlite3',
  response: z.string(),
  errors: ['not_found'],
});

export const backupVerifyRoute = defineRoute({
  method: 'post',
  path: `${path}/{name}/verify`,
  tag: 'Backups',
  summary: 'Starts to verify a backup again: every page, every row count, the ledger',
  access: 'admin',
  action: 'backup.verify',
  params: backupParams,
  successStatus: 202,
  response: backupJobSchema,
  errors: ['not_found', 'conflict'],
});

export const backupDeleteRoute = defineRoute({
  method: 'delete',
  path: `${path}/{name}`,
  tag: 'Backups',
  summary: 'Deletes a backup that this program made',
  access: 'admin',
  action: 'backup.delete',
  params: backupParams,
  response: z.object({ deleted: z.string() }),
  errors: ['not_found', 'conflict'],
});

export const backupRestoreRoute = defineRoute({
  method: 'post',
  path: `${path}/{name}/restore`,
  tag: 'Backups',
  summary:
    'Starts to put a backup in the place of the database: it is verified, the present one is kept, storage restarts',
  access: 'admin',
  action: 'backup.restore',
  params: backupParams,
  successStatus: 202,
  response: backupJobSchema,
  errors: ['not_found', 'conflict', 'insufficient_storage'],
});
