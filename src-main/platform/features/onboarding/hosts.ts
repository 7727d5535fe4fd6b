/** Under which names and addresses a miner finds the broker. */
import type { OnboardingView } from '../../../contract/domain/onboarding.ts';
import { addressesOf, isLoopbackHost } from '../../kernel/own-addresses.ts';

type Host = OnboardingView['hosts'][number];

const hostPattern = /^[\w.:-]{1,253}$/;

/**
 * The likeliest first: the name under which this very dashboard was reached, then real interfaces, then virtual ones.
 * Loopback is last, because it works on this machine only.
 *
 * @param listenHost where the broker listens
 * @param requestHost the Host header's name; others are left out when they look like no host
 */
export function minerHosts(listenHost: string, requestHost: string): Host[] {
  const own = addressesOf(listenHost)
    .filter(({ family, kind }) => family === 'IPv4' || kind === 'lan')
    .map(({ address, kind, interfaceName }): Host => ({ host: address, kind, interface: interfaceName }));
  const isUsable =
    hostPattern.test(requestHost) && !isLoopbackHost(requestHost) && !isLoopbackHost(listenHost);
  const known = own.find(({ host }) => host === requestHost);
  const first: Host[] = isUsable
    ? [{ host: requestHost, kind: 'request', interface: known?.interface ?? '' }]
    : [];
  return [...first, ...own.filter((host) => host !== known || !isUsable)];
}
