/** Accounts and their API keys (rest.md, Sign-in and accounts). */
import { z } from 'zod';
import { ethAddressPattern } from '../mqtt/miner-messages.ts';

export const accountRoles = ['admin', 'provider', 'consumer'] as const;
export type AccountRole = (typeof accountRoles)[number];

/** The operator's account, and the one that takes the platform's fees. Nobody can register these names. */
export const operatorAccountId = 'admin';
export const treasuryAccountId = 'platform-treasury';

/** Begins the account id of a worker whose own name was taken. */
export const workerAccountPrefix = 'worker:';

/** `0x` and 40 hex digits, in any case; comes out in lower case. */
export const ethAddressSchema = z
  .string({ error: 'must be 0x and 40 hex digits' })
  .regex(ethAddressPattern, 'must be 0x and 40 hex digits')
  .transform((address) => address.toLowerCase());

/** The same, or empty for none. */
export const optionalEthAddressSchema = z.union([z.literal(''), ethAddressSchema], {
  error: 'must be 0x and 40 hex digits, or empty',
});

const balance = z.number().meta({ description: 'Free credits' });

export const accountSchema = z
  .object({
    account_id: z.string(),
    role: z.enum(accountRoles),
    eth_address: z.string().meta({ description: 'EIP-55 form; empty without one' }),
    balance,
    held: z.number().meta({ description: 'Credits that are set aside for leases under way' }),
  })
  .meta({ id: 'Account' });
export type Account = z.infer<typeof accountSchema>;

/** An account as its owner sees it. */
export const ownAccountSchema = z
  .object({
    ...accountSchema.shape,
    linked_accounts: z.array(z.object({ account_id: z.string(), balance })).meta({
      description: "Accounts of the earlier platform with this wallet's address: it may use them, too",
    }),
  })
  .meta({ id: 'OwnAccount' });

/** How an account came to be. */
export const accountOrigins = ['worker', 'wallet', 'registered', 'system'] as const;
export type AccountOrigin = (typeof accountOrigins)[number];

/** An account as the operator sees it. */
export const listedAccountSchema = z
  .object({
    ...accountSchema.shape,
    is_proven: z.boolean().meta({
      description:
        'Whether the address is its own: a wallet proved it, a worker has it, or the operator set it',
    }),
    origin: z.enum(accountOrigins),
    workers: z.number().meta({ description: 'That belong to it' }),
    live_keys: z.number().meta({ description: 'API keys that sign in now' }),
    last_used_at: z.number().nullable().meta({ description: 'Of its API keys; null: never' }),
    created_at: z.number(),
    closed_at: z.number().nullable().meta({ description: 'null: it is open' }),
  })
  .meta({ id: 'ListedAccount' });
export type ListedAccountView = z.infer<typeof listedAccountSchema>;

export const apiKeySchema = z
  .object({
    key_id: z.string(),
    label: z.string(),
    created_at: z.number(),
    expires_at: z.number().nullable(),
    last_used_at: z.number().nullable(),
    revoked_at: z.number().nullable(),
  })
  .meta({ id: 'ApiKey' });

/** One side of a ledger entry, as the account's owner sees it. */
export const accountPostingSchema = z
  .object({
    id: z.number(),
    transaction_id: z.number(),
    account_id: z.string(),
    type: z.string().meta({ description: 'deposit, withdrawal, hold, lease_charge, payout, fee, refund …' }),
    bucket: z.enum(['available', 'held']),
    amount: z.number().meta({ description: 'Credits; negative when they go' }),
    balance_after: z.number().meta({ description: "Of this account's bucket" }),
    lease_id: z.string(),
    reference_id: z.string().meta({ description: 'The lease, if any' }),
    note: z.string(),
    actor: z.string(),
    created_at: z.number(),
  })
  .meta({ id: 'AccountPosting' });
export type AccountPosting = z.infer<typeof accountPostingSchema>;
