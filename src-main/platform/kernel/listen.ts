/** Listening on a port, with an error that an operator can act on. */
import { once } from 'node:events';
import type { Server } from 'node:net';
import { StartupError } from './app-error.ts';
import { listenersOn } from './processes.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** What listens, for the error message. */
  readonly what: string;
  /** The flag that changes the port, and the one that changes the address. */
  readonly flag: string;
  readonly hostFlag: string;
}

/** Another server has the port. */
export class PortTaken extends StartupError {
  readonly port: number;
  /** The flag that chooses another. */
  readonly flag: string;

  constructor(message: string, { port, flag }: Pick<ListenOptions, 'port' | 'flag'>, cause: unknown) {
    super(message, { cause });
    this.port = port;
    this.flag = flag;
  }
}

/** Longest queue of connections that wait to be accepted; a fleet reconnects all at once. */
const backlog = 4096;

/** Where the system tells, the process by name. */
function whoHas(port: number): string {
  const [other] = listenersOn(port).filter(({ isSelf }) => !isSelf);
  return other
    ? `by ${other.name === '' ? 'a program' : other.name} (process ${other.pid})`
    : 'probably by another instance of this program or another server';
}

/** @throws StartupError in one line that names the port, the likely cause and the flag that changes it */
export async function listen(server: Server, options: ListenOptions): Promise<void> {
  const { host, port, what, flag, hostFlag } = options;
  try {
    server.listen({ host, port, backlog });
    await once(server, 'listening');
  } catch (error) {
    const reason = error as NodeJS.ErrnoException;
    throw reason.code === 'EADDRINUSE'
      ? new PortTaken(explain(reason), options, error)
      : new StartupError(explain(reason), { cause: error });
  }

  function explain({ code, message }: NodeJS.ErrnoException): string {
    switch (code) {
      case 'EADDRINUSE':
        return (
          `Port ${port} for the ${what} is already in use, ${whoHas(port)}; ` +
          `stop it or choose another port with ${flag}.`
        );
      case 'EACCES':
        return `Port ${port} for the ${what} needs more rights than this user has; choose one above 1023 with ${flag}.`;
      case 'EADDRNOTAVAIL':
      case 'ENOTFOUND':
        return `The address ${host} for the ${what} does not belong to this machine; choose another with ${hostFlag}.`;
      default:
        return `The ${what} can't listen on ${host}:${port}: ${message}. See ${flag} and ${hostFlag}.`;
    }
  }
}
