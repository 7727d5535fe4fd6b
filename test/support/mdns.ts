/** A real mDNS browser, and whether this machine has multicast at all. */
import { createSocket } from 'node:dgram';
import { setTimeout as delay } from 'node:timers/promises';
import { Bonjour, type Service } from 'bonjour-service';
import { onTestFinished } from 'vitest';

const group = '224.0.0.251';

/** Sends a datagram to the group of mDNS and waits for it: some containers refuse multicast. */
export async function findMulticastRefusal(): Promise<string | undefined> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  try {
    return await new Promise<string | undefined>((resolve) => {
      socket.once('error', (error) => resolve(error.message));
      socket.once('message', () => resolve(undefined));
      socket.bind(0, () => {
        try {
          socket.addMembership(group);
          socket.setMulticastLoopback(true);
        } catch (error) {
          return resolve((error as Error).message);
        }
        const { port } = socket.address();
        socket.send('here', port, group, (error) => error && resolve(error.message));
        void delay(2000).then(() => resolve('nothing that is sent to the group comes back'));
      });
    });
  } finally {
    socket.close();
  }
}

/** What was seen of a type of service, in order. */
export class MdnsBrowser {
  readonly up: Service[] = [];
  readonly down: Service[] = [];
  readonly #browser: ReturnType<Bonjour['find']>;

  constructor(type: string) {
    const bonjour = new Bonjour();
    this.#browser = bonjour.find({ type });
    this.#browser.on('up', (service) => this.up.push(service));
    this.#browser.on('down', (service) => this.down.push(service));
    onTestFinished(() => new Promise<void>((resolve) => bonjour.destroy(() => resolve())));
  }

  /** That are there now, with this port. */
  at(port: number): Service[] {
    return this.#browser.services.filter((service) => service.port === port);
  }
}
