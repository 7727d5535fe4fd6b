/** Wallets that a browser offers (EIP-6963, EIP-1193), and signing in with one. */
import type { EIP1193Provider } from 'viem';

export interface BrowserWallet {
  readonly id: string;
  readonly name: string;
  /** A data URL; empty when it brings none. */
  readonly icon: string;
  readonly provider: EIP1193Provider;
}

interface Announcement {
  readonly info: { readonly uuid: string; readonly name: string; readonly icon: string };
  readonly provider: EIP1193Provider;
}

declare global {
  interface Window {
    ethereum?: EIP1193Provider & { readonly isMetaMask?: boolean };
  }
  interface WindowEventMap {
    'eip6963:announceProvider': CustomEvent<Announcement>;
  }
}

/**
 * Tells of each wallet that announces itself, and of an older one that only sets `window.ethereum`.
 *
 * @returns ends it
 */
export function watchWallets(found: (wallets: readonly BrowserWallet[]) => void): () => void {
  const wallets = new Map<string, BrowserWallet>();
  const announced = ({ detail: { info, provider } }: CustomEvent<Announcement>) => {
    // An image from elsewhere would tell others who looks.
    const icon = info.icon.startsWith('data:image/') ? info.icon : '';
    wallets.set(info.uuid, { id: info.uuid, name: info.name, icon, provider });
    found([...wallets.values()]);
  };
  addEventListener('eip6963:announceProvider', announced);
  dispatchEvent(new Event('eip6963:requestProvider'));
  const provider = window.ethereum;
  if (wallets.size === 0 && provider)
    found([
      { id: 'injected', name: provider.isMetaMask === true ? 'MetaMask' : 'Wallet', icon: '', provider },
    ]);
  return () => removeEventListener('eip6963:announceProvider', announced);
}

/** The person said no to the wallet's question. */
export function isRefusal(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  const cause = (error as { cause?: { code?: unknown } } | null)?.cause?.code;
  return code === 4001 || cause === 4001;
}

/**
 * Lets a wallet sign the platform's message; what that takes is loaded now.
 *
 * @returns a token for 24 hours
 * @throws ApiError when the platform refuses, the wallet's error otherwise (`isRefusal`)
 */
export async function signInWithWallet(provider: EIP1193Provider): Promise<string> {
  const { signInWith } = await import('./wallet-sign-in.ts');
  return signInWith(provider);
}
