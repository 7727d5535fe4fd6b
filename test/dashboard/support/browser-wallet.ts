/** A wallet in the browser (EIP-1193, announced by EIP-6963) that signs with a key of the test. */
import type { BrowserContext } from 'playwright-core';
import type { PrivateKeyAccount } from 'viem/accounts';

export interface BrowserWalletOptions {
  /** As the page names it. */
  readonly name?: string;
  /** What its person answers to each question for a signature; always yes unless given. */
  readonly agrees?: () => boolean;
}

/** EIP-1193: the person said no. */
const refused = 4001;

/** Installs it in every page that the context opens from now on. */
export async function installWallet(
  context: BrowserContext,
  account: PrivateKeyAccount,
  { name = 'Test wallet', agrees = () => true }: BrowserWalletOptions = {},
): Promise<void> {
  await context.exposeFunction('signForTest', async (message: `0x${string}`) =>
    agrees() ? account.signMessage({ message: { raw: message } }) : '',
  );
  await context.addInitScript(
    ({ address, label, code }) => {
      const sign = (window as unknown as { signForTest: (message: string) => Promise<string> }).signForTest;
      const provider = {
        async request({ method, params = [] }: { method: string; params?: string[] }): Promise<unknown> {
          if (method === 'eth_requestAccounts' || method === 'eth_accounts') return [address];
          if (method === 'eth_chainId') return '0x1';
          if (method === 'personal_sign') {
            const signature = await sign(params[0] ?? '');
            if (signature !== '') return signature;
            throw Object.assign(new Error('The person refused.'), { code });
          }
          throw Object.assign(new Error(`${method} is not offered.`), { code: 4200 });
        },
        on: () => undefined,
        removeListener: () => undefined,
      };
      const info = {
        uuid: '6f0d1d3e-2d0c-4a5e-9d0f-5b1f3a2c7e11',
        name: label,
        icon: 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>',
        rdns: 'test.wallet',
      };
      const announce = () =>
        dispatchEvent(
          new CustomEvent('eip6963:announceProvider', { detail: Object.freeze({ info, provider }) }),
        );
      addEventListener('eip6963:requestProvider', announce);
      announce();
    },
    { address: account.address, label: name, code: refused },
  );
}
