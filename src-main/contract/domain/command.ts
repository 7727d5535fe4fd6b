/** Commands to miners and what became of them (mqtt.md, Platform to miner; rest.md, Fleet and Wallet). */
import { z } from 'zod';
import { ethAddressPattern } from '../mqtt/miner-messages.ts';

/** Actions that every miner knows. */
export const controlActions = ['set_config', 'pause', 'resume', 'shutdown'] as const;
export type ControlAction = (typeof controlActions)[number];

/** Commands of a worker's owner. */
export const walletCommands = ['restart', 'stop', 'start', 'update_config', 'list', 'unlist'] as const;
export type WalletCommand = (typeof walletCommands)[number];

export const commandActions = [...controlActions, ...walletCommands] as const;
export type CommandAction = (typeof commandActions)[number];

/** States that an owner may ask for. */
export const ownerStates = ['SELF_MINING', 'AVAILABLE', 'LEASED'] as const;
export type OwnerState = (typeof ownerStates)[number];

/**
 * - `sent`: published to the worker's control topic;
 * - `delivered`: the miner's connection acknowledged it;
 * - `confirmed`: a heartbeat, a status or a register shows its effect;
 * - `undelivered`: nobody listens on the topic, or no acknowledgement came in time;
 * - `unconfirmed`: it was acknowledged, and nothing shows its effect.
 */
export const commandStates = ['sent', 'delivered', 'confirmed', 'undelivered', 'unconfirmed'] as const;
export type CommandState = (typeof commandStates)[number];

/** A connection has this long to acknowledge a command. */
export const deliveryTimeoutMs = 30_000;

/** From when it was sent, a command has this long to show its effect. */
export const confirmationTimeoutMs = 120_000;

const configFields = {
  difficulty: z
    .number({ error: 'must be a whole number of at least 1' })
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(2_147_483_647, 'must be at most 2147483647')
    .optional()
    .meta({ description: 'Memory cost in KiB' }),
  address: z
    .string({ error: 'must be 0x and 40 hex digits' })
    .regex(ethAddressPattern, 'must be 0x and 40 hex digits')
    .optional()
    .meta({ description: 'Address to mine for' }),
  prefix: z
    .string({ error: 'must be text' })
    .regex(/^[0-9a-f]{0,64}$/i, 'may hold up to 64 hex digits')
    .optional()
    .meta({ description: 'Hex digits with which keys begin; empty for none' }),
  block_pattern: z
    .string({ error: 'must be text' })
    .regex(/^[\x21-\x7e]{0,64}$/, 'may hold up to 64 printable ASCII characters')
    .optional()
    .meta({ description: 'Text that makes a hash a block; empty for the default' }),
};

/** Names of the settings that a miner takes. */
export const configFieldNames = Object.keys(configFields);

/** What a miner can be told to mine. Unknown fields are refused and named. */
export const minerConfigSchema = z
  .strictObject(configFields, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `has unknown fields: ${issue.keys.join(', ')}; known are ${configFieldNames.join(', ')}`
        : undefined,
  })
  .meta({ id: 'MinerConfig' });
export type MinerConfig = z.infer<typeof minerConfigSchema>;

/** Names that `params` of a wallet command may not take: the message itself uses them. */
const reservedParams = ['action', 'command', 'config', 'worker_id'];

const otherParam = z.union(
  [z.string().max(256, 'must have at most 256 characters'), z.number(), z.boolean()],
  {
    error: 'must be text, a number, true or false',
  },
);

/** Parameters of a wallet command: known ones are checked, others travel to the miner as they are. */
export const walletParamsSchema = z
  .object({
    ...configFields,
    state: z.enum(ownerStates, { error: `must be one of ${ownerStates.join(', ')}` }).optional(),
  })
  .catchall(otherParam)
  .refine((params) => Object.keys(params).length <= 16, 'has more than 16 fields')
  .refine(
    (params) => !reservedParams.some((name) => Object.hasOwn(params, name)),
    `may not hold ${reservedParams.join(', ')}`,
  );
export type WalletParams = z.infer<typeof walletParamsSchema>;

export const commandSchema = z
  .object({
    command_id: z.string(),
    batch_id: z.string().meta({ description: 'Shared by the commands of one call; empty for a single one' }),
    worker_id: z.string(),
    action: z.enum(commandActions),
    payload: z.record(z.string(), z.unknown()).meta({ description: 'As it was published' }),
    issued_by: z.string(),
    state: z.enum(commandStates),
    detail: z.string().meta({ description: 'Explains the state' }),
    created_at: z.number(),
    delivered_at: z.number().nullable(),
    confirmed_at: z.number().nullable(),
  })
  .meta({ id: 'Command' });
export type Command = z.infer<typeof commandSchema>;
