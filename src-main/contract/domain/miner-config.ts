/** What a miner can be told to mine (mqtt.md, Platform to miner; rest.md, Wallet). */
import { z } from 'zod';
import { ethAddressPattern } from '../mqtt/miner-messages.ts';
import { ownerStates } from './command.ts';

/** The settings that a miner takes, each optional. */
const minerConfigFields = {
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
export const configFieldNames = Object.keys(minerConfigFields);

/** What a miner can be told to mine. Unknown fields are refused and named. */
export const minerConfigSchema = z
  .strictObject(minerConfigFields, {
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
    ...minerConfigFields,
    state: z.enum(ownerStates, { error: `must be one of ${ownerStates.join(', ')}` }).optional(),
  })
  .catchall(otherParam)
  .refine((params) => Object.keys(params).length <= 16, 'has more than 16 fields')
  .refine(
    (params) => !reservedParams.some((name) => Object.hasOwn(params, name)),
    `may not hold ${reservedParams.join(', ')}`,
  );
export type WalletParams = z.infer<typeof walletParamsSchema>;
