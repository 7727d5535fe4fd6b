import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Listens on a free loopback port until the test ends, and returns it. */
export async function takenPort(): Promise<number> {
  const server = createServer((socket) => void socket.destroy()).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Below the ports that systems give to who asks for any: nobody else's listener or connection gets one of these. */
const chosenPorts = { first: 10_000, count: 20_000 };

/** A loopback port on which nobody listened a moment ago, and on which nobody will by chance. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = chosenPorts.first + Math.floor(Math.random() * chosenPorts.count);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

/** Fails when somebody listens on a loopback port. */
export async function requireFree(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}
