/** The database's size and its upkeep; for the operator. */
import { cleanupReportSchema, storageReportSchema } from '../domain/storage.ts';
import { defineRoute } from './define-route.ts';

export const storageRoute = defineRoute({
  method: 'get',
  path: '/api/admin/storage',
  tag: 'Storage',
  summary: 'Size of the database by table, how it grows, and where it settles for the present fleet',
  access: 'admin',
  response: storageReportSchema,
});

export const storageCleanupRoute = defineRoute({
  method: 'post',
  path: '/api/admin/storage/cleanup',
  tag: 'Storage',
  summary: 'Deletes now what is older than it is kept, and gives free pages back to the disk',
  access: 'admin',
  action: 'storage.cleanup',
  response: cleanupReportSchema,
  errors: ['conflict'],
});
