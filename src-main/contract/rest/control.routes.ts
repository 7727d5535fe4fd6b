/** rest.md: control of miners, by the operator and by the owners of workers. */
import { z } from 'zod';
import { commandSchema, commandStates, controlActions, walletCommands } from '../domain/command.ts';
import { minerConfigSchema, walletParamsSchema } from '../domain/miner-config.ts';
import { tagSchema } from '../domain/tag.ts';
import { workerStates } from '../domain/worker.ts';
import { defineRoute, offsetListOf, offsetQuery, queryText, workerParams } from './define-route.ts';

const oneOf = (names: readonly string[]) => `must be one of ${names.join(', ')}`;

const action = z.enum(controlActions, { error: oneOf(controlActions) });
const config = minerConfigSchema.default({}).meta({ description: 'For set_config: at least one field' });
const command = z.enum(walletCommands, { error: oneOf(walletCommands) });
const params = walletParamsSchema.default({}).meta({ description: 'For update_config: at least one field' });

interface Settings {
  action?: string | undefined;
  config?: object | undefined;
  command?: string | undefined;
  params?: object | undefined;
}

/** Neither set_config nor update_config says anything without a field. */
function hasSettings({ action, config = {}, command, params = {} }: Settings): boolean {
  if (action === 'set_config') return Object.keys(config).length > 0;
  return command !== 'update_config' || Object.keys(params).length > 0;
}
const noSettings = 'needs at least one setting: difficulty, address, prefix or block_pattern';

const control = { action, config };

export const controlRoute = defineRoute({
  method: 'post',
  path: '/api/workers/{worker_id}/control',
  tag: 'Control',
  summary: 'Sends a command to a miner; what became of it can be read back by its id',
  access: 'owner',
  openToAll: true,
  owner: { kind: 'worker', id: ({ params }) => params.worker_id },
  action: 'control.send',
  params: workerParams,
  body: z.object(control).refine(hasSettings, { path: ['config'], message: noSettings }),
  response: z.object({
    status: z.literal('sent'),
    worker_id: z.string(),
    action: z.enum(controlActions),
    command_id: z.string(),
  }),
  errors: ['bad_request'],
});

/** Workers by their ids, at least one. */
export const workerIdsSchema = z
  .array(z.string({ error: 'must be a worker id' }).min(1).max(256), {
    error: 'must be a list of worker ids',
  })
  .min(1, 'must name a worker')
  .max(10_000, 'may name up to 10000 workers');

const filterText = z
  .string({ error: 'must be text' })
  .max(128, 'must have at most 128 characters')
  .optional();

/** Which workers something is for; absent fields let everything through. */
export const targetFilterSchema = z.strictObject({
  state: z.enum(workerStates, { error: oneOf(workerStates) }).optional(),
  online: z.boolean({ error: 'must be true or false' }).optional(),
  search: filterText.meta({ description: 'Part of the worker id, the address or a GPU name, in any case' }),
  eth_address: filterText,
  gpu: filterText.meta({ description: 'Part of a GPU name, in any case' }),
  version: filterText,
  tag: tagSchema.optional().meta({ description: 'Only workers with this tag' }),
});

/** Whom an order is for. */
export const targetFields = {
  worker_ids: workerIdsSchema.optional(),
  filter: targetFilterSchema
    .optional()
    .meta({ description: 'All workers that pass; together with worker_ids both hold' }),
  include_leased: z
    .boolean({ error: 'must be true or false' })
    .default(false)
    .meta({ description: 'Also workers that are rented out now' }),
};

const batch = {
  status: z.literal('sent'),
  workers: z.array(z.string()).meta({ description: 'Who got it' }),
  batch_id: z.string(),
  commands: z.array(z.object({ worker_id: z.string(), command_id: z.string() })),
  skipped: z
    .array(z.object({ worker_id: z.string(), reason: z.enum(['unknown', 'leased', 'filtered']) }))
    .meta({ description: 'Named in worker_ids, and did not get it' }),
};

export const broadcastRoute = defineRoute({
  method: 'post',
  path: '/api/control/broadcast',
  tag: 'Control',
  summary: 'Sends a command to all online workers that are not rented out, or to a list or a filter',
  access: 'admin',
  openToAll: true,
  action: 'control.broadcast',
  target: (_input, answer) => answer?.batch_id ?? '',
  body: z
    .object({ ...control, ...targetFields })
    .refine(hasSettings, { path: ['config'], message: noSettings }),
  response: z.object({ ...batch, action: z.enum(controlActions) }),
  errors: ['bad_request'],
});

export const bulkCommandRoute = defineRoute({
  method: 'post',
  path: '/api/control/commands',
  tag: 'Control',
  summary: "Sends a command to a list of the caller's workers, or to those that pass a filter",
  access: 'signed_in',
  openToAll: true,
  action: 'control.bulk',
  target: (_input, answer) => answer?.batch_id ?? '',
  body: z
    .object({ action: action.optional(), config, command: command.optional(), params, ...targetFields })
    .refine((body) => (body.action === undefined) !== (body.command === undefined), {
      path: ['action'],
      message: 'or command has to be given, one of them',
    })
    .refine((body) => body.worker_ids !== undefined || body.filter !== undefined, {
      path: ['worker_ids'],
      message: 'or filter has to be given',
    })
    .refine(hasSettings, { path: ['config'], message: noSettings }),
  response: z.object({ ...batch, action: z.string() }),
  errors: ['bad_request', 'forbidden'],
});

export const commandsRoute = defineRoute({
  method: 'get',
  path: '/api/control/commands',
  tag: 'Control',
  summary: "Commands and what became of them, newest first: all for admins, else those to one's own workers",
  access: 'signed_in',
  openToAll: true,
  query: z.object({
    worker_id: queryText(256, 'Only commands to this worker'),
    batch_id: queryText(64, 'Only commands of this call'),
    state: z
      .enum(commandStates, { error: oneOf(commandStates) })
      .optional()
      .meta({ description: 'Only commands in this state' }),
    ...offsetQuery,
  }),
  response: offsetListOf(commandSchema),
});

export const commandRoute = defineRoute({
  method: 'get',
  path: '/api/control/commands/{command_id}',
  tag: 'Control',
  summary: 'One command and what became of it',
  access: 'owner',
  openToAll: true,
  owner: { kind: 'command', id: ({ params }) => params.command_id },
  params: z.object({ command_id: z.string().min(1).max(64) }),
  response: commandSchema,
});

export const walletCommandRoute = defineRoute({
  method: 'post',
  path: '/api/wallet/workers/{worker_id}/command',
  tag: 'Wallet',
  summary: "Sends a command to a worker of the wallet; list and unlist offer it for rent, or don't any more",
  access: 'wallet',
  owner: { kind: 'worker', id: ({ params }) => params.worker_id },
  action: 'wallet.command',
  params: workerParams,
  body: z
    .object({ command, params })
    .refine(hasSettings, { path: ['params'], message: `${noSettings}, or state` }),
  response: z.object({
    status: z.literal('sent'),
    worker_id: z.string(),
    command: z.enum(walletCommands),
    command_id: z.string(),
  }),
  errors: ['bad_request'],
});
