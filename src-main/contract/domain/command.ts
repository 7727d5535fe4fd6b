/** Commands to miners and what became of them (mqtt.md, Platform to miner; rest.md, Fleet and Wallet). */
import { z } from 'zod';

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
