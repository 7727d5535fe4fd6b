/** The live feed `/ws/dashboard` (websocket.md). The only importer of ws. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws';
import type { FeedWorker } from '../../contract/domain/worker.ts';
import type {
  AlertData,
  BlockData,
  CommandData,
  FeedEvent,
  HealthData,
  HeartbeatData,
  LeaseData,
} from '../../contract/ws/feed.ts';
import { toUnixSeconds, type Clock } from '../kernel/clock.ts';
import type { Component } from '../kernel/component.ts';
import type { Logger } from '../kernel/logger.ts';
import { FeedClient } from './feed-client.ts';

export interface FeedGatewayOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** One more client is closed with 1013. */
  readonly maxClients: number;
  /** Unsent bytes for one client; past that it is disconnected. */
  readonly maxQueueBytes: number;
  /** A client that does not answer until the next ping is disconnected; 30 s unless given. */
  readonly pingEveryMs?: number;
  /** The whole state, for a client that just came. */
  readonly snapshot: () => Extract<FeedEvent, { type: 'snapshot' }>['data'];
}

/** Newcomers wait this long, so that those of a reconnect storm share one snapshot. */
const admitEveryMs = 20;

/** Batched clients get a frame this often. */
const batchEveryMs = 100;

const defaultPingEveryMs = 30_000;

/** What a client may send; it is ignored. */
const maxIncomingBytes = 1_048_576;

/** Clients get this long to say goodbye when the server stops. */
const graceMs = 500;

/** Of those turned away, the log shows the first and then a sample; the counter has them all. */
const logRefusedEvery = 100;

const tryAgainLater = 1013;
const goingAway = 1001;

const serverOptions: ServerOptions & { closeTimeout: number } = {
  noServer: true,
  perMessageDeflate: false,
  maxPayload: maxIncomingBytes,
  // One that was turned away and does not say goodbye may not hold its connection for long.
  closeTimeout: graceMs,
};

export class FeedGateway implements Component {
  readonly name = 'realtime';
  readonly #options: FeedGatewayOptions;
  readonly #clients = new Set<FeedClient>();
  readonly #newcomers = new Set<FeedClient>();
  readonly #heartbeats = new Map<string, HeartbeatData>();
  readonly #changedWorkers = new Map<string, FeedWorker>();
  readonly #changedCommands = new Map<string, CommandData>();
  #single: { kind: 'telemetry' | 'event'; frame: Buffer }[] = [];
  readonly #server = new WebSocketServer(serverOptions);
  /** Clients by address. */
  readonly #addresses = new Map<string, number>();
  #running = false;
  #open = 0;
  #sentFrames = 0;
  #refused = 0;
  #dropped = 0;
  #timers: (() => void)[] = [];
  #admission: NodeJS.Timeout | undefined;
  #flush: NodeJS.Immediate | undefined;

  constructor(options: FeedGatewayOptions) {
    this.#options = options;
  }

  /** Connected clients; since the start: frames sent, clients turned away, and clients that did not drain. */
  get stats(): { clients: number; frames: number; refused: number; dropped: number } {
    return {
      clients: this.#open,
      frames: this.#sentFrames,
      refused: this.#refused,
      dropped: this.#dropped,
    };
  }

  /** Where its clients come from, most first. */
  addresses(): { address: string; clients: number }[] {
    return [...this.#addresses]
      .map(([address, clients]) => ({ address, clients }))
      .sort((left, right) => right.clients - left.clients || (left.address < right.address ? -1 : 1));
  }

  start(): void {
    const { clock, pingEveryMs = defaultPingEveryMs } = this.#options;
    this.#running = true;
    const batchTimer = setInterval(() => this.#sendBatch(), batchEveryMs);
    const pingTimer = setInterval(() => {
      for (const client of this.#clients) client.checkAlive(clock.nowMs());
    }, pingEveryMs);
    this.#timers = [() => clearInterval(batchTimer), () => clearInterval(pingTimer)];
  }

  async stop(): Promise<void> {
    this.#running = false;
    for (const cancel of this.#timers.splice(0)) cancel();
    // Nothing that was reported before the stop is lost.
    this.#admit();
    this.#sendBatch();
    const sockets = [...this.#server.clients];
    const closed = sockets.map(
      (socket) => new Promise<void>((resolve) => void socket.once('close', () => resolve())),
    );
    for (const socket of sockets) socket.close(goingAway, 'Server stops');
    const timer = setTimeout(() => {
      for (const socket of sockets) socket.terminate();
    }, graceMs);
    await Promise.all(closed);
    clearTimeout(timer);
  }

  /** Takes over an HTTP connection. Closes it with 1013 when the platform is not ready or is full. */
  handleUpgrade(request: IncomingMessage, connection: Duplex, head: Buffer, address: string): void {
    this.#server.handleUpgrade(request, connection, head, (socket) =>
      this.#join(socket, request, { connection, address }),
    );
  }

  /** A worker's heartbeat: one frame, or the newest of the worker in the next batch. */
  heartbeat(data: HeartbeatData): void {
    if (this.#open === 0) return;
    this.#heartbeats.set(data.worker_id, data);
    this.#queueSingle({ type: 'heartbeat', data }, 'telemetry');
  }

  /** A block that was reported. */
  block(data: BlockData): void {
    if (this.#open === 0) return;
    this.#queueSingle({ type: 'block', data }, 'event');
    this.#broadcast({ type: 'block', data }, 'event', true);
  }

  /** A lease that began or ended: for batched clients. */
  lease(data: LeaseData): void {
    if (this.#open > 0) this.#broadcast({ type: 'lease', data }, 'event', true);
  }

  /** An incident began, changed or is over: for batched clients. */
  alert(data: AlertData): void {
    if (this.#open > 0) this.#broadcast({ type: 'alert', data }, 'event', true);
  }

  /** Workers that are offline; nothing is sent when there is none. */
  health(data: HealthData[]): void {
    if (this.#open === 0 || data.length === 0) return;
    this.#queueSingle({ type: 'health', data }, 'event');
    this.#broadcast({ type: 'health', data }, 'event', true);
  }

  /** A worker registered or changed: for batched clients. */
  worker(data: FeedWorker): void {
    if (this.#open > 0) this.#changedWorkers.set(data.worker_id, data);
  }

  /** A command was sent or changed state: for batched clients. */
  command(data: CommandData): void {
    if (this.#open > 0) this.#changedCommands.set(data.command_id, data);
  }

  #join(
    socket: WebSocket,
    request: IncomingMessage,
    { connection, address }: { readonly connection: Duplex; readonly address: string },
  ): void {
    socket.on('error', () => socket.terminate());
    if (!this.#running) return socket.close(tryAgainLater, 'Service unavailable');
    if (this.#open >= this.#options.maxClients) return this.#turnAway(socket);
    const batched = new URLSearchParams((request.url ?? '').split('?')[1]).get('batch') === '1';
    const client = new FeedClient({
      socket,
      connection,
      batched,
      maxQueueBytes: this.#options.maxQueueBytes,
      onDropped: () => {
        this.#dropped += 1;
        this.#options.logger.warn({ address }, 'feed client does not drain');
      },
    });
    this.#count(address, 1);
    socket.on('close', () => {
      this.#count(address, -1);
      this.#clients.delete(client);
      this.#newcomers.delete(client);
    });
    this.#newcomers.add(client);
    this.#admission ??= setTimeout(() => this.#admit(), admitEveryMs);
  }

  #count(address: string, change: 1 | -1): void {
    this.#open += change;
    const clients = (this.#addresses.get(address) ?? 0) + change;
    if (clients > 0) this.#addresses.set(address, clients);
    else this.#addresses.delete(address);
  }

  #turnAway(socket: WebSocket): void {
    if (this.#refused % logRefusedEvery === 0) {
      const figures = { clients: this.#open, refused: this.#refused + 1 };
      this.#options.logger.warn(figures, 'feed client turned away: too many clients');
    }
    this.#refused += 1;
    socket.close(tryAgainLater, 'Server overloaded');
  }

  #admit(): void {
    clearTimeout(this.#admission);
    this.#admission = undefined;
    // What is queued happened before the snapshot and is part of it.
    this.#sendSingle();
    if (this.#newcomers.size === 0) return;
    this.#sendBatch();
    this.#sendSnapshot([...this.#newcomers]);
    for (const client of this.#newcomers) this.#clients.add(client);
    this.#newcomers.clear();
  }

  #sendSnapshot(clients: readonly FeedClient[]): void {
    if (clients.length === 0) return;
    const frame = this.#frame({ type: 'snapshot', data: this.#options.snapshot() });
    for (const client of clients) if (client.sendSnapshot(frame)) this.#sentFrames += 1;
  }

  #queueSingle(event: FeedEvent, kind: 'telemetry' | 'event'): void {
    this.#single.push({ kind, frame: this.#frame(event) });
    this.#flush ??= setImmediate(() => this.#sendSingle());
  }

  /** Sends the frames of this turn of the event loop to the clients that want one frame an event. */
  #sendSingle(): void {
    if (this.#flush) clearImmediate(this.#flush);
    this.#flush = undefined;
    const queued = this.#single;
    if (queued.length === 0) return;
    this.#single = [];
    const all = queued.map(({ frame }) => frame);
    const events = queued.filter(({ kind }) => kind === 'event').map(({ frame }) => frame);
    for (const client of this.#clients) {
      if (client.batched) continue;
      if (!this.#send(client, all, 'telemetry') && events.length > 0) this.#send(client, events, 'event');
    }
  }

  #sendBatch(): void {
    const heartbeats = [...this.#heartbeats.values()];
    const workers = [...this.#changedWorkers.values()];
    const commands = [...this.#changedCommands.values()];
    this.#heartbeats.clear();
    this.#changedWorkers.clear();
    this.#changedCommands.clear();
    const batched = [...this.#clients].filter((client) => client.batched);
    if (batched.length === 0) return;
    this.#sendSnapshot(batched.filter((client) => client.takeRecovery()));
    const frames: Buffer[] = [];
    if (workers.length > 0) frames.push(this.#frame({ type: 'workers', data: workers }));
    if (heartbeats.length > 0) frames.push(this.#frame({ type: 'heartbeats', data: heartbeats }));
    if (commands.length > 0) frames.push(this.#frame({ type: 'commands', data: commands }));
    if (frames.length === 0) return;
    for (const client of batched) this.#send(client, frames, 'telemetry');
  }

  #broadcast(event: FeedEvent, kind: 'telemetry' | 'event', batched: boolean): void {
    const frame = this.#frame(event);
    for (const client of this.#clients) if (client.batched === batched) this.#send(client, [frame], kind);
  }

  #send(client: FeedClient, frames: readonly Buffer[], kind: 'telemetry' | 'event'): boolean {
    const sent = client.send(frames, kind, this.#options.clock.nowMs());
    if (sent) this.#sentFrames += frames.length;
    return sent;
  }

  #frame(event: FeedEvent): Buffer {
    return Buffer.from(JSON.stringify({ ...event, ts: toUnixSeconds(this.#options.clock.nowMs()) }));
  }
}
