/** The broker and the feed, tried as a client uses them. */
import { probeBroker } from '../../../broker/broker-probe.ts';
import { probeFeed } from '../../../realtime/feed-probe.ts';
import { messageOf } from '../../../kernel/app-error.ts';
import { selfAddress } from '../../../kernel/own-addresses.ts';
import type { ProbeLogin } from '../probe-login.ts';
import { round, type Outcome } from './outcome.ts';

const timeoutMs = 5000;
const slowMs = 250;

/** Nobody else uses it: without the operator's rights nothing below it can be read or written. */
const topic = 'xenblocks/self-check';

export async function checkBroker(
  { host, port }: { readonly host: string; readonly port: number },
  login: ProbeLogin,
): Promise<Outcome<'broker'>> {
  const { username } = login;
  const password = login.open();
  try {
    const { roundTripMs } = await probeBroker({
      ...{ host: selfAddress(host), port, username, password, timeoutMs },
      topic: `${topic}/${crypto.randomUUID()}`,
    });
    return timed(roundTripMs, 'A message to the broker and back');
  } catch (error) {
    const reason = messageOf(error);
    return {
      ...{ state: 'failed', code: 'failed', facts: { reason } },
      detail: `A message to the broker did not come back: ${reason}.`,
      advice: 'The log of the broker says more; a restart of the platform starts it anew.',
    };
  } finally {
    login.close();
  }
}

export async function checkFeed(
  { host, port }: { readonly host: string; readonly port: number },
  headers: Readonly<Record<string, string>>,
): Promise<Outcome<'feed'>> {
  const address = selfAddress(host);
  const url = `ws://${address.includes(':') ? `[${address}]` : address}:${port}/ws/dashboard`;
  try {
    return timed(await probeFeed({ url, headers, timeoutMs }), 'The first frame of the live feed');
  } catch (error) {
    const reason = messageOf(error);
    return {
      ...{ state: 'failed', code: 'failed', facts: { reason } },
      detail: `The live feed sent nothing: ${reason}.`,
      advice: 'Code 1013 means that too many clients are connected: see --ws-max-clients.',
    };
  }
}

function timed(ms: number, what: string): Outcome<'broker'> & Outcome<'feed'> {
  const isSlow = ms > slowMs;
  return {
    state: isSlow ? 'warning' : 'ok',
    code: isSlow ? 'slow' : 'answered',
    value: ms,
    unit: 'ms',
    detail: `${what} took ${round(ms)} ms.`,
    advice: isSlow ? 'The machine is busy: see the event loop below.' : '',
  };
}
