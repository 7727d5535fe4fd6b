/** Whether the ports answer at each address of this machine: a real connection from this process to each. */
import { connect } from 'node:net';
import { messageOf } from '../../../kernel/app-error.ts';
import { addressesOf } from '../../../kernel/own-addresses.ts';
import type { Outcome } from './outcome.ts';

const timeoutMs = 2000;

export interface Listener {
  readonly host: string;
  readonly port: number;
  /** Of the address on which it listens. */
  readonly hostFlag: string;
}

/** @throws Error why not */
function dial(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    socket.once('connect', resolve);
    socket.once('timeout', () => reject(new Error(`no answer within ${timeoutMs / 1000} s`)));
    socket.once('error', reject);
    for (const event of ['connect', 'timeout'] as const) socket.once(event, () => socket.destroy());
  });
}

export async function checkPort({
  host,
  port,
  hostFlag,
}: Listener): Promise<Outcome<'api_port' | 'mqtt_port'>> {
  const addresses = addressesOf(host);
  const tries = await Promise.all(
    addresses.map(async ({ address, kind }) => {
      const begin = performance.now();
      const failure = await dial(address, port).then(() => '', messageOf);
      return { address, kind, failure, ms: performance.now() - begin };
    }),
  );
  const failed = tries.filter(({ failure }) => failure !== '');
  const others = tries.filter(({ kind }) => kind !== 'loopback');
  const names = (list: readonly { address: string }[]) => list.map(({ address }) => address).join(', ');
  if (failed.length > 0)
    return {
      state: 'failed',
      code: 'unreached',
      facts: { port, addresses: names(failed), reason: failed[0]?.failure ?? '' },
      detail: `Port ${port} does not answer at ${names(failed)}: ${failed[0]?.failure ?? ''}.`,
      advice: `A rule of this machine's own firewall may be in the way; see also ${hostFlag}.`,
    };
  const value = Math.max(...tries.map(({ ms }) => ms));
  if (others.length === 0)
    return {
      ...{ state: 'warning', code: 'loopback', value, unit: 'ms' },
      facts: { port, flag: hostFlag },
      detail: `Port ${port} listens on this machine only: no other machine reaches it.`,
      advice: `Start with ${hostFlag} 0.0.0.0 to open it to the network.`,
    };
  return {
    ...{ state: 'ok', code: 'reached', value, unit: 'ms' },
    facts: { port, addresses: names(others) },
    detail:
      `Port ${port} answers at ${names(others)}. A firewall between this machine and the others can't be seen ` +
      'from here.',
  };
}
