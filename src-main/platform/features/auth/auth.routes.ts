import type { AccessMode } from '../../../contract/config.ts';
import { operatorAccountId } from '../../../contract/domain/account.ts';
import { ethAddressPattern } from '../../../contract/mqtt/miner-messages.ts';
import {
  apiKeysRoute,
  createApiKeyRoute,
  loginRoute,
  meRoute,
  nonceRoute,
  registerRoute,
  revokeApiKeyRoute,
  rotateAdminKeyRoute,
  verifyRoute,
} from '../../../contract/rest/accounts.routes.ts';
import type { HttpServer } from '../../http/http-server.ts';
import { AppError } from '../../kernel/app-error.ts';
import { toUnixSeconds } from '../../kernel/clock.ts';
import { toAccount, type Accounts } from '../accounts/index.ts';
import type { ApiKeys } from './api-keys.ts';
import type { Auth } from './auth.service.ts';
import type { ApiKeyRow } from './key.repository.ts';
import type { OperatorKey } from './operator-key.ts';
import type { Ownership } from './ownership.ts';

export interface AuthRoutesOptions {
  readonly http: HttpServer;
  readonly auth: Auth;
  readonly accounts: Accounts;
  readonly keys: ApiKeys;
  readonly operatorKey: OperatorKey;
  readonly ownership: Ownership;
  readonly access: AccessMode;
}

const loginKeyLabel = 'login';

const toSeconds = (timeMs: number | null) => (timeMs === null ? null : toUnixSeconds(timeMs));

function toApiKey(row: ApiKeyRow) {
  return {
    key_id: row.key_id,
    label: row.label,
    created_at: toUnixSeconds(row.created_at_ms),
    expires_at: toSeconds(row.expires_at_ms),
    last_used_at: toSeconds(row.last_used_at_ms),
    revoked_at: toSeconds(row.revoked_at_ms),
  };
}

/** rest.md: `/api/auth/*`, and keys. */
export function mountAuth(options: AuthRoutesOptions): void {
  mountSignIn(options);
  mountRegistration(options);
  mountKeys(options);
}

function mountSignIn({ http, auth, accounts }: AuthRoutesOptions): void {
  http.mount(nonceRoute, ({ query }) => {
    if (!ethAddressPattern.test(query.address))
      throw new AppError('bad_request', 'address has to be 0x and 40 hex digits.');
    return auth.challenge(query.address.toLowerCase());
  });

  http.mount(verifyRoute, ({ body }) => auth.signIn(body.address, body.signature, body.nonce));

  http.mount(meRoute, async ({ caller }) => {
    const row = await accounts.require(caller.accountId);
    const linked = await accounts.linkedTo(row);
    return {
      ...toAccount(row),
      linked_accounts: linked.map(toAccount).map(({ account_id, balance }) => ({ account_id, balance })),
    };
  });
}

function mountRegistration({ http, auth, accounts, keys, access }: AuthRoutesOptions): void {
  http.mount(registerRoute, async ({ body, caller }) => {
    if (access === 'strict' && !caller.actsForAll)
      throw new AppError(
        caller.kind === 'anonymous' ? 'unauthorized' : 'forbidden',
        'Under --access strict only the operator opens accounts.',
      );
    const row = await accounts.register({
      accountId: body.account_id,
      role: body.role,
      ethAddress: body.eth_address,
      balanceMicro: body.balance,
      isTrusted: caller.actsForAll,
      actor: caller.accountId,
    });
    const { key } = await keys.create(row.account_id, 'registration');
    return { ...toAccount(row), api_key: key };
  });

  http.mount(loginRoute, async ({ body }) => {
    const row = await accounts.require(body.account_id);
    const wrong = () => new AppError('unauthorized', `This is not a valid API key of ${row.account_id}.`);
    const { account_id, role } = row;
    if (row.closed_at_ms !== null) throw wrong();
    if (body.api_key !== '') {
      const caller = await auth.identify({ token: '', apiKey: body.api_key });
      if (caller.accountId !== account_id) throw wrong();
      return { account_id, role, api_key: body.api_key };
    }
    if (access !== 'open' || role === 'admin')
      throw new AppError('unauthorized', 'api_key is missing: it was shown when the account was opened.');
    const { key } = await keys.create(account_id, loginKeyLabel, undefined, loginKeyLabel);
    return { account_id, role, api_key: key };
  });
}

function mountKeys({ http, keys, operatorKey, ownership }: AuthRoutesOptions): void {
  const resolve = async (id: string) => (await ownership.providerAccount(id)) ?? id;

  http.mount(apiKeysRoute, async ({ params }) => {
    const rows = await keys.ofAccount(await resolve(params.account_id));
    return rows.map(toApiKey);
  });

  http.mount(createApiKeyRoute, async ({ params, body }) => {
    const accountId = await resolve(params.account_id);
    const { key, row } = await keys.create(accountId, body.label, body.expires_in_sec);
    return { ...toApiKey(row), api_key: key };
  });

  http.mount(revokeApiKeyRoute, async ({ params }) => {
    const accountId = await resolve(params.account_id);
    if (accountId === operatorAccountId && (await isOperatorKeyId(keys, params.key_id)))
      throw new AppError('bad_request', "The operator's key is replaced with POST /api/admin/key.");
    await keys.revoke(accountId, params.key_id);
    return { key_id: params.key_id, revoked: true as const };
  });

  http.mount(rotateAdminKeyRoute, async () => ({ api_key: await operatorKey.rotate() }));
}

async function isOperatorKeyId(keys: ApiKeys, keyId: string): Promise<boolean> {
  const rows = await keys.ofAccount(operatorAccountId);
  return rows.some((row) => row.key_id === keyId && row.label === 'operator');
}
