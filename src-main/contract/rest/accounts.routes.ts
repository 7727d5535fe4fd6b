/** rest.md, Sign-in and accounts. */
import { z } from 'zod';
import {
  accountPostingSchema,
  accountRoles,
  accountSchema,
  ownAccountSchema,
  apiKeySchema,
  listedAccountSchema,
  ethAddressSchema,
  optionalEthAddressSchema,
  workerAccountPrefix,
} from '../domain/account.ts';
import { amountSchema, maxAmountCredits, toMicro } from '../domain/money.ts';
import { ethAddressPattern } from '../mqtt/miner-messages.ts';
import { defineRoute, offsetListOf, offsetQuery, queryText } from './define-route.ts';

const accountParams = z.object({ account_id: z.string().min(1).max(256) });
const ofAccount = {
  kind: 'account',
  id: ({ params }: { params: { account_id: string } }) => params.account_id,
} as const;

/** A name that somebody may take: never one that belongs to a wallet or to a worker by its form. */
const newAccountIdSchema = z
  .string({ error: 'must be text' })
  .min(1, 'must not be empty')
  .max(128, 'must have at most 128 characters')
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._@:-]*$/u, 'may hold letters, digits and . _ @ : -')
  .refine(
    (id) => !ethAddressPattern.test(id) && !id.startsWith(workerAccountPrefix),
    'must not look like an address or a worker; a wallet signs in with its signature',
  );

const label = z.string().max(64, 'must have at most 64 characters').default('');

export const nonceRoute = defineRoute({
  method: 'get',
  path: '/api/auth/nonce',
  tag: 'Accounts',
  summary: 'A message for a wallet to sign; valid for five minutes and once',
  access: 'always',
  rateLimited: true,
  query: z.object({ address: queryText(128, 'The address of the wallet') }),
  response: z.object({ nonce: z.string(), message: z.string() }),
  errors: ['bad_request'],
});

export const verifyRoute = defineRoute({
  method: 'post',
  path: '/api/auth/verify',
  tag: 'Accounts',
  summary: 'Signs a wallet in: its EIP-191 signature of the message gets a token for 24 hours',
  access: 'always',
  rateLimited: true,
  action: 'auth.sign_in',
  target: ({ body }) => body.address,
  body: z.object({
    address: ethAddressSchema,
    signature: z.string().max(4096),
    nonce: z.string().min(1).max(256),
  }),
  response: z.object({
    token: z.string(),
    address: z.string(),
    account_id: z.string(),
    role: z.enum(accountRoles),
  }),
  errors: ['unauthorized', 'forbidden'],
});

export const registerRoute = defineRoute({
  method: 'post',
  path: '/api/auth/register',
  tag: 'Accounts',
  summary: 'Opens an account and shows its API key, once; under strict access only admins may',
  access: 'always',
  optionalCaller: true,
  rateLimited: true,
  action: 'account.register',
  target: ({ body }) => body.account_id,
  body: z.object({
    account_id: newAccountIdSchema,
    role: z.enum(['provider', 'consumer'], { error: 'must be provider or consumer' }),
    eth_address: optionalEthAddressSchema.default(''),
    balance: z
      .number({ error: 'must be a number of credits' })
      .min(0, 'must not be negative')
      .max(maxAmountCredits, `must be at most ${maxAmountCredits} credits`)
      .transform(toMicro)
      .default(0)
      .meta({ description: 'Counts only when an admin (or, under open access, anybody) gives it' }),
  }),
  response: z.object({ ...accountSchema.shape, api_key: z.string() }),
  errors: ['bad_request', 'unauthorized', 'forbidden'],
});

export const loginRoute = defineRoute({
  method: 'post',
  path: '/api/auth/login',
  tag: 'Accounts',
  summary: 'Checks an API key; under open access the account alone gets a new one',
  access: 'always',
  rateLimited: true,
  action: 'auth.login',
  target: ({ body }) => body.account_id,
  body: z.object({ account_id: z.string().min(1).max(256), api_key: z.string().max(512).default('') }),
  response: z.object({ account_id: z.string(), role: z.enum(accountRoles), api_key: z.string() }),
  errors: ['not_found', 'unauthorized'],
});

export const meRoute = defineRoute({
  method: 'get',
  path: '/api/auth/me',
  tag: 'Accounts',
  summary: 'The account of the credentials',
  access: 'signed_in',
  response: ownAccountSchema,
});

export const accountsRoute = defineRoute({
  method: 'get',
  path: '/api/accounts',
  tag: 'Accounts',
  summary: 'All accounts by their id',
  access: 'admin',
  response: z.record(z.string(), accountSchema),
});

export const balanceRoute = defineRoute({
  method: 'get',
  path: '/api/accounts/{account_id}/balance',
  tag: 'Accounts',
  summary: "An account's money; a worker's id stands for its owner's account",
  access: 'owner',
  owner: ofAccount,
  params: accountParams,
  response: accountSchema,
});

export const depositRoute = defineRoute({
  method: 'post',
  path: '/api/accounts/{account_id}/deposit',
  tag: 'Accounts',
  summary: 'Credits money that came in',
  access: 'admin',
  openToAll: true,
  refusal: 'The operator credits deposits: ask the admin of this platform.',
  action: 'account.deposit',
  params: accountParams,
  body: z.object({ amount: amountSchema, note: z.string().max(200).default('') }),
  response: z.object({ account_id: z.string(), balance: z.number() }),
  errors: ['bad_request', 'not_found'],
});

export const withdrawRoute = defineRoute({
  method: 'post',
  path: '/api/accounts/{account_id}/withdraw',
  tag: 'Accounts',
  summary: 'Takes free money out',
  access: 'owner',
  owner: ofAccount,
  action: 'account.withdraw',
  params: accountParams,
  body: z.object({ amount: amountSchema, eth_address: optionalEthAddressSchema.default('') }),
  response: z.object({ account_id: z.string(), balance: z.number(), withdrawn: z.number() }),
  errors: ['bad_request'],
});

export const transferRoute = defineRoute({
  method: 'post',
  path: '/api/accounts/{account_id}/transfer',
  tag: 'Accounts',
  summary: 'Moves free money to another account',
  access: 'admin',
  action: 'account.transfer',
  params: accountParams,
  body: z.object({
    to: z.string().min(1).max(256),
    amount: amountSchema,
    note: z.string().max(200).default(''),
  }),
  response: z.object({ account_id: z.string(), balance: z.number(), to: z.string(), amount: z.number() }),
  errors: ['bad_request', 'not_found'],
});

export const closeAccountRoute = defineRoute({
  method: 'delete',
  path: '/api/accounts/{account_id}',
  tag: 'Accounts',
  summary: 'Closes an account without money and workers; its keys and tokens end',
  access: 'admin',
  action: 'account.close',
  params: accountParams,
  response: z.object({ account_id: z.string(), closed: z.literal(true) }),
  errors: ['bad_request', 'not_found'],
});

export const accountTransactionsRoute = defineRoute({
  method: 'get',
  path: '/api/accounts/{account_id}/transactions',
  tag: 'Accounts',
  summary: 'Every movement that explains the balance, newest first',
  access: 'owner',
  owner: ofAccount,
  params: accountParams,
  query: z.object(offsetQuery),
  response: offsetListOf(accountPostingSchema),
});

export const accountTransactionsCsvRoute = defineRoute({
  method: 'get',
  path: '/api/accounts/{account_id}/transactions.csv',
  tag: 'Accounts',
  summary: 'The same as CSV, all of them, oldest first',
  access: 'owner',
  owner: ofAccount,
  params: accountParams,
  mediaType: 'text/csv',
  response: z.string(),
});

export const apiKeysRoute = defineRoute({
  method: 'get',
  path: '/api/accounts/{account_id}/keys',
  tag: 'Accounts',
  summary: 'The API keys of an account, without their secrets',
  access: 'owner',
  owner: ofAccount,
  params: accountParams,
  response: z.array(apiKeySchema),
});

export const createApiKeyRoute = defineRoute({
  method: 'post',
  path: '/api/accounts/{account_id}/keys',
  tag: 'Accounts',
  summary: 'Makes an API key and shows it, once',
  access: 'owner',
  owner: ofAccount,
  action: 'key.create',
  params: accountParams,
  body: z.object({
    label,
    expires_in_sec: z.number().int().min(1).max(315_360_000).optional(),
  }),
  response: z.object({ ...apiKeySchema.shape, api_key: z.string() }),
  errors: ['bad_request'],
});

export const revokeApiKeyRoute = defineRoute({
  method: 'delete',
  path: '/api/accounts/{account_id}/keys/{key_id}',
  tag: 'Accounts',
  summary: 'Ends an API key',
  access: 'owner',
  owner: ofAccount,
  action: 'key.revoke',
  params: z.object({ ...accountParams.shape, key_id: z.string().min(1).max(64) }),
  response: z.object({ key_id: z.string(), revoked: z.literal(true) }),
});

export const accountListRoute = defineRoute({
  method: 'get',
  path: '/api/admin/accounts',
  tag: 'Accounts',
  summary: 'All accounts by id, closed ones too, with what belongs to each, and the sums of those that match',
  access: 'admin',
  query: z.object({
    search: queryText(256, 'Part of an account id or an address, in any case'),
    role: z.enum(accountRoles, { error: `must be one of ${accountRoles.join(', ')}` }).optional(),
    ...offsetQuery,
  }),
  response: offsetListOf(listedAccountSchema).extend({
    totals: z
      .object({ balance: z.number(), held: z.number() })
      .meta({ description: 'Credits of all accounts that match' }),
  }),
});

export const rotateAdminKeyRoute = defineRoute({
  method: 'post',
  path: '/api/admin/key',
  tag: 'Accounts',
  summary: "Replaces the operator's key and shows the new one, once",
  access: 'admin',
  action: 'admin.rotate_key',
  response: z.object({ api_key: z.string() }),
  errors: ['bad_request'],
});
