/** Who listens on a port of this machine. */
import { createServer } from 'node:net';
import type { PortUse } from '../../../contract/domain/help.ts';
import { listenersOn, type KnownProcess } from '../../kernel/processes.ts';

/** So many ports above are tried for one that is free. */
const maxTries = 50;
const lastPort = 65_535;
const unprivileged = 1024;

type Trial = 'free' | 'taken' | 'forbidden';

/** Really listens for a moment. */
function tryPort(port: number): Promise<Trial> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', ({ code }: NodeJS.ErrnoException) =>
      resolve(code === 'EACCES' ? 'forbidden' : 'taken'),
    );
    server.listen({ port, host: '0.0.0.0', exclusive: true }, () => server.close(() => resolve('free')));
  });
}

async function nextFree(port: number): Promise<number | null> {
  const first = Math.max(port + 1, unprivileged);
  for (let next = first; next < first + maxTries && next <= lastPort; next += 1)
    if ((await tryPort(next)) === 'free') return next;
  return null;
}

export function toProcessView({ pid, name, isSelf }: KnownProcess) {
  return { pid, name, is_self: isSelf };
}

/** @param own ports of this platform */
export async function portUseOf(
  port: number,
  own: { readonly api: number; readonly mqtt: number },
): Promise<PortUse> {
  const usedFor = port === own.api ? 'api' : port === own.mqtt ? 'mqtt' : '';
  const trial = usedFor === '' ? await tryPort(port) : 'taken';
  return {
    port,
    state: usedFor === '' ? trial : 'own',
    used_for: usedFor,
    processes: trial === 'free' ? [] : listenersOn(port).map(toProcessView),
    suggestion: trial === 'free' ? port : await nextFree(port),
  };
}
