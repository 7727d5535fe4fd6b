/** Tries the broker as a client does: connect, subscribe, publish, and hear it again. */
import { connect } from 'mqtt';

export interface BrokerProbe {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly topic: string;
  readonly timeoutMs: number;
}

/** MQTT 3.1.1, 3.9.3: the broker refuses the subscription. */
const subscriptionRefused = 0x80;

/**
 * Publishes one message with QoS 1 to itself.
 *
 * @returns milliseconds to connect, and from the publish to its arrival
 * @throws Error in words for people
 */
export async function probeBroker(probe: BrokerProbe): Promise<{ connectMs: number; roundTripMs: number }> {
  const { host, port, username, password, topic, timeoutMs } = probe;
  const begin = performance.now();
  const client = connect({
    ...{ protocol: 'mqtt', host, port, username, password, clean: true, reconnectPeriod: 0 },
    clientId: `self-check-${crypto.randomUUID()}`,
    connectTimeout: timeoutMs,
    protocolVersion: 4,
    timerVariant: 'native',
  });
  let timer: NodeJS.Timeout | undefined;
  const failure = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
    client.on('error', reject);
    client.on('close', () => reject(new Error('the broker closed the connection')));
  });
  async function exchange() {
    await new Promise<void>((resolve) => client.once('connect', () => resolve()));
    const connectMs = performance.now() - begin;
    const [granted] = await client.subscribeAsync(topic, { qos: 1 });
    if (granted?.qos === subscriptionRefused) throw new Error('the broker refused the subscription');
    const sentMs = performance.now();
    const heard = new Promise<void>((resolve) => client.once('message', () => resolve()));
    await Promise.all([heard, client.publishAsync(topic, 'self-check', { qos: 1 })]);
    return { connectMs, roundTripMs: performance.now() - sentMs };
  }
  try {
    return await Promise.race([exchange(), failure]);
  } finally {
    clearTimeout(timer);
    failure.catch(() => undefined);
    client.end(true);
  }
}
