/** Signing in with a wallet's signature. */
import { createWalletClient, custom, getAddress, type EIP1193Provider } from 'viem';
import { nonceRoute, verifyRoute } from '../../../src-main/contract/rest/accounts.routes.ts';
import { call } from '../../api/call.ts';

/**
 * Lets a wallet sign the platform's message.
 *
 * @returns a token for 24 hours
 * @throws ApiError when the platform refuses, the wallet's error otherwise (`isRefusal`)
 */
export async function signInWith(provider: EIP1193Provider): Promise<string> {
  const client = createWalletClient({ transport: custom(provider) });
  const [account] = await client.requestAddresses();
  if (account === undefined) throw new Error('The wallet gave no address. Unlock it, and choose an account.');
  const address = getAddress(account);
  const { nonce, message } = await call(nonceRoute, { query: { address } });
  const signature = await client.signMessage({ account: address, message });
  const { token } = await call(verifyRoute, { body: { address, signature, nonce } });
  return token;
}
