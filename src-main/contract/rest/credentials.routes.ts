/** Credentials with which a miner connects to the broker (mqtt.md, last section). */
import { z } from 'zod';
import { defineRoute, workerParams } from './define-route.ts';

const ofWorker = {
  kind: 'worker_name',
  id: ({ params }: { params: { worker_id: string } }) => params.worker_id,
} as const;

export const credentialsRoute = defineRoute({
  method: 'get',
  path: '/api/workers/{worker_id}/credentials',
  tag: 'Fleet',
  summary: 'Whether a worker has credentials for the broker',
  access: 'owner',
  owner: ofWorker,
  params: workerParams,
  response: z.object({
    worker_id: z.string(),
    has_credentials: z.boolean(),
    created_at: z.number().nullable(),
  }),
});

export const createCredentialsRoute = defineRoute({
  method: 'post',
  path: '/api/workers/{worker_id}/credentials',
  tag: 'Fleet',
  summary:
    'Makes user name and password for the broker, shown once; earlier ones and the connections of the worker end. ' +
    'An admin may make them before the worker registers',
  access: 'owner',
  owner: ofWorker,
  action: 'worker.create_credentials',
  params: workerParams,
  response: z.object({ worker_id: z.string(), username: z.string(), password: z.string() }),
  errors: ['bad_request'],
});

export const revokeCredentialsRoute = defineRoute({
  method: 'delete',
  path: '/api/workers/{worker_id}/credentials',
  tag: 'Fleet',
  summary: 'Ends the credentials of a worker and its connections',
  access: 'owner',
  owner: ofWorker,
  action: 'worker.revoke_credentials',
  params: workerParams,
  response: z.object({ worker_id: z.string(), revoked: z.literal(true) }),
  errors: ['not_found'],
});
