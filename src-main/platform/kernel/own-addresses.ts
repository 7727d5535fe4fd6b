/** The addresses of this machine, the ones by which others most likely reach it first. */
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** `virtual`: of containers, virtual machines and tunnels: seldom what another machine reaches. */
export type AddressKind = 'lan' | 'virtual' | 'loopback';

export interface OwnAddress {
  readonly address: string;
  readonly family: 'IPv4' | 'IPv6';
  readonly interfaceName: string;
  readonly kind: AddressKind;
}

const virtualInterface =
  /^(docker|podman|br-|veth|virbr|vmnet|vbox|lxc|lxd|incus|cni|flannel|cali|cilium|kube|tun|tap|utun|wg|tailscale|zt|ham|vEthernet|VirtualBox|VMware|Hyper-V)/i;

/** Given by nobody: a card that found no network. */
const linkLocal = /^(169\.254\.|fe80:)/i;

const rank: Readonly<Record<AddressKind, number>> = { lan: 0, virtual: 1, loopback: 2 };

/** All of them: IPv4 before IPv6, real interfaces before virtual ones, loopback last. */
export function ownAddresses(): OwnAddress[] {
  const found = Object.entries(networkInterfaces()).flatMap(([interfaceName, addresses]) =>
    (addresses ?? [])
      .filter(({ address }) => !linkLocal.test(address))
      .map(({ address, family, internal }): OwnAddress => {
        const kind = internal ? 'loopback' : virtualInterface.test(interfaceName) ? 'virtual' : 'lan';
        return { address, family, interfaceName, kind };
      }),
  );
  return found.sort(
    (left, right) => rank[left.kind] - rank[right.kind] || left.family.localeCompare(right.family),
  );
}

/** Whether a host is this machine only. */
export function isLoopbackHost(host: string): boolean {
  return /^(localhost\.?|127(\.\d{1,3}){3}|\[?::1\]?|::ffff:127\.\d.*)$/i.test(host);
}

const isEverywhere = (host: string) => host === '0.0.0.0' || host === '::';

/** The addresses at which something that listens on `host` is reached. */
export function addressesOf(host: string): OwnAddress[] {
  const all = ownAddresses();
  if (host === '::') return all;
  if (host === '0.0.0.0') return all.filter(({ family }) => family === 'IPv4');
  const known = all.find(({ address }) => address === host);
  if (known) return [known];
  const kind = isLoopbackHost(host) ? 'loopback' : 'lan';
  return [{ address: host, family: isIPv6(host) ? 'IPv6' : 'IPv4', interfaceName: '', kind }];
}

/** Where this machine reaches a listener of its own. */
export function selfAddress(host: string): string {
  if (!isEverywhere(host)) return host;
  return host === '::' ? '::1' : '127.0.0.1';
}
