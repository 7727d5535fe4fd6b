/** One MQTT connection as the platform knows it, beside aedes's own client object. */
import type { Socket } from 'node:net';
import type { Client } from 'aedes';
import type { Principal } from './logins.ts';
import type { TokenBucket } from './token-bucket.ts';

export interface Connection {
  readonly client: Client;
  readonly socket: Socket;
  readonly bucket: TokenBucket;
  /** Empty until CONNECT. */
  clientId: string;
  principal: Principal;
  /** With which it signed in; empty: anonymous. */
  username: string;
  /** Of its CONNECT, by the platform's clock. */
  connectedAtMs: number;
  /** As its CONNECT asked for; 0: none. */
  keepaliveSec: number;
  /** 3: MQTT 3.1, 4: MQTT 3.1.1. */
  protocolLevel: number;
  /** Published by it, and sent to it. */
  messagesIn: number;
  messagesOut: number;
  /** The only worker that this connection may speak for and listen to, once known. */
  workerId: string | undefined;
  /** Whether it subscribed to what the platform says to its worker. */
  listens: boolean;
  /** Under `--access open`, where a connection may listen for many workers: those that it named. */
  readonly listensFor: Set<string>;
  /** Set when the same client id connected again: this connection's will is no news. */
  superseded: boolean;
  /** The will of its CONNECT, and why it will not be published, if so. */
  will: { readonly topic: string; refusal: string | undefined } | undefined;
  /** Publishes that were received and not taken yet, in order: for each, one turn is scheduled. */
  readonly waiting: (() => void)[];
}
