import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatePrivateKey, privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts';
import type { TestPlatform } from './test-platform.ts';

/** How a call says who it is. */
export interface Who {
  readonly token?: string;
  readonly key?: string;
}

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
  readonly headers: Headers;
}

type Reached = Pick<TestPlatform, 'apiUrl'>;

/** Makes a call; JSON in and out. */
export async function call<Body = Record<string, unknown>>(
  platform: Reached,
  method: string,
  path: string,
  { body, who = {}, headers = {} }: { body?: unknown; who?: Who; headers?: Record<string, string> } = {},
): Promise<Answer<Body>> {
  const response = await fetch(`${platform.apiUrl}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(who.token === undefined ? {} : { authorization: `Bearer ${who.token}` }),
      ...(who.key === undefined ? {} : { 'x-api-key': who.key }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  return {
    status: response.status,
    headers: response.headers,
    body: (isJson ? JSON.parse(text) : text) as Body,
  };
}

/** A call that has to be answered with 200; returns the body. */
export async function ok<Body = Record<string, unknown>>(
  ...parameters: Parameters<typeof call>
): Promise<Body> {
  const { status, body } = await call<Body>(...parameters);
  if (status !== 200)
    throw new Error(`${parameters[1]} ${parameters[2]} answered ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** The operator's key, from the file that the first start wrote. */
export function admin(platform: Pick<TestPlatform, 'dataDir'>): Who {
  return { key: readFileSync(join(platform.dataDir, 'admin-key'), 'utf8').trim() };
}

/** A wallet that nobody else has. */
export function newWallet(): PrivateKeyAccount {
  return privateKeyToAccount(generatePrivateKey());
}

/** Signs a wallet in, as a browser does. */
export async function signIn(platform: Reached, wallet: PrivateKeyAccount): Promise<Who & { token: string }> {
  const { nonce, message } = await ok<{ nonce: string; message: string }>(
    platform,
    'GET',
    `/api/auth/nonce?address=${wallet.address}`,
  );
  const signature = await wallet.signMessage({ message });
  const { token } = await ok<{ token: string }>(platform, 'POST', '/api/auth/verify', {
    body: { address: wallet.address, signature, nonce },
  });
  return { token };
}

/** Opens an account and returns its key. */
export async function register(
  platform: Reached,
  accountId: string,
  role: 'consumer' | 'provider' = 'consumer',
  who: Who = {},
  fields: Record<string, unknown> = {},
): Promise<Who & { key: string }> {
  const { api_key } = await ok<{ api_key: string }>(platform, 'POST', '/api/auth/register', {
    body: { account_id: accountId, role, ...fields },
    who,
  });
  return { key: api_key };
}

/** Credits money to an account. */
export async function deposit(platform: TestPlatform, accountId: string, amount: number): Promise<void> {
  await ok(platform, 'POST', `/api/accounts/${encodeURIComponent(accountId)}/deposit`, {
    body: { amount },
    who: admin(platform),
  });
}
