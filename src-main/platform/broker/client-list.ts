/** Live sessions as the operator sees them. */
import type { Connection } from './connection.ts';

export interface ConnectedClient {
  readonly clientId: string;
  /** Empty: it speaks for no worker, or is not known to yet. */
  readonly workerId: string;
  /** Empty: anonymous. */
  readonly username: string;
  readonly address: string;
  readonly connectedAtMs: number;
  /** As its CONNECT asked for; 0: none. */
  readonly keepaliveSec: number;
  readonly messagesIn: number;
  readonly messagesOut: number;
  /** Bytes that wait in its socket. */
  readonly queuedBytes: number;
  readonly protocol: string;
  /** Whether it subscribed to what the platform says to a worker. */
  readonly listens: boolean;
}

/** Levels of the protocol as its CONNECT names them [MQTT-3.1.2-2]. */
const protocols: Readonly<Record<number, string>> = { 3: 'MQTT 3.1', 4: 'MQTT 3.1.1' };

/** What is known of a live session. */
export function toConnectedClient(connection: Connection): ConnectedClient {
  const {
    clientId,
    workerId = '',
    username,
    socket,
    connectedAtMs,
    keepaliveSec,
    protocolLevel,
  } = connection;
  return {
    ...{ clientId, workerId, username, connectedAtMs, keepaliveSec },
    address: socket.remoteAddress ?? '',
    messagesIn: connection.messagesIn,
    messagesOut: connection.messagesOut,
    queuedBytes: socket.writableLength,
    listens: connection.listens || connection.listensFor.size > 0,
    protocol: protocols[protocolLevel] ?? `MQTT level ${protocolLevel}`,
  };
}
