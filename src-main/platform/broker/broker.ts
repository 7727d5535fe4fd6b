/** The MQTT broker inside the process: aedes behind our limits, rights and session counts. */
import type { EventEmitter } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import {
  Aedes,
  type AedesPublishPacket,
  type AuthenticateError,
  type Client,
  type Subscription,
} from 'aedes';
import type { PlatformMessages } from '../../contract/mqtt/platform-messages.ts';
import {
  minerTopic,
  parseWorkerTopic,
  platformTopic,
  type PlatformMessageType,
} from '../../contract/mqtt/topics.ts';
import { messageOf } from '../kernel/app-error.ts';
import type { Component } from '../kernel/component.ts';
import { PacedQueue } from '../kernel/paced-queue.ts';
import { listen } from '../kernel/listen.ts';
import type { BrokerOptions } from './broker-options.ts';
import { toConnectedClient, type ConnectedClient } from './client-list.ts';
import { ClockOffsets } from './clock-offsets.ts';
import { BrokerRights } from './broker-rights.ts';
import { BrokerStats, type RefusalKind } from './broker-stats.ts';
import type { Connection } from './connection.ts';
import { loginRefusals, type Login } from './logins.ts';
import { MessageIntake, nowhere, type Done, type Packet } from './message-intake.ts';
import { MinerInbox } from './miner-inbox.ts';
import { guardPacketSize } from './packet-size-guard.ts';
import { RecentRefusals } from './recent-refusals.ts';
import { Receipts, type AcknowledgementStore } from './receipts.ts';
import { RetainedTopics } from './retained-topics.ts';
import { limitSessionQueues, type SessionQueues } from './session-queue-limit.ts';
import { TokenBucket } from './token-bucket.ts';

/** MQTT 3.1.1 CONNACK return code. */
const identifierRejected = 2;

const maxClientIdLength = 256;

const tcpKeepAliveMs = 60_000;

/**
 * A publisher waits for a subscriber whose socket is full. `authorizeForward` ends that subscriber with the next
 * message; when none comes, because everyone waits for it, it ends after this time.
 */
const drainTimeoutMs = 1000;

/** Messages and connects are taken in for this long in one turn of the event loop. */
const workPerTurnMs = 2;

export class Broker implements Component {
  readonly name = 'broker';
  /** How far the clocks of miners are from this one. */
  readonly clockOffsets = new ClockOffsets();
  readonly inbox = new MinerInbox((workerId, timestampSec) =>
    this.clockOffsets.note(workerId, timestampSec, this.#options.clock.nowMs()),
  );
  readonly stats = new BrokerStats();
  /** What was turned away lately, for whoever looks for a miner that does not appear. */
  readonly recentRefusals: RecentRefusals;
  /** Messages that were passed on, but are of no miner: only under `--access open`, where nothing is refused. */
  readonly recentStrays: RecentRefusals;
  readonly #options: BrokerOptions;
  readonly #rights: BrokerRights;
  readonly #receipts = new Receipts();
  /** Open sockets; `#connectionOf` knows a connection for as long as aedes does, which is a little longer. */
  readonly #connections = new Set<Connection>();
  readonly #connectionOf = new WeakMap<Client, Connection>();
  readonly #connectionsById = new Map<string, Connection>();
  #intake: MessageIntake;
  readonly #waits = new Set<NodeJS.Timeout>();
  readonly #work = new PacedQueue(workPerTurnMs);
  #stopping = false;
  #aedes: Aedes | undefined;
  #server: Server | undefined;

  constructor(options: BrokerOptions) {
    this.#options = options;
    this.recentRefusals = new RecentRefusals(options.clock);
    this.recentStrays = new RecentRefusals(options.clock);
    this.#rights = new BrokerRights(options.access, (workerId) => options.logins.isGuarded(workerId));
    this.#intake = this.#createIntake();
  }

  /** The port it listens on; 0 while it does not. */
  get port(): number {
    return (this.#server?.address() as AddressInfo | null)?.port ?? 0;
  }

  /** Client ids of the live sessions, counted here because the broker library's own count drifts. */
  clientIds(): string[] {
    return [...this.#connectionsById.keys()];
  }

  /** The live sessions, with what they did. */
  clients(): ConnectedClient[] {
    return [...this.#connectionsById.values()].map(toConnectedClient);
  }

  get connectedClients(): number {
    return this.#connectionsById.size;
  }

  /** @throws StartupError when the port is taken or not allowed */
  async start(): Promise<void> {
    this.#stopping = false;
    this.#intake = this.#createIntake();
    const { host, port, maxConnections, maxQueueBytes, maxPacketBytes, connectTimeoutMs, maxTopicLevels } =
      this.#options;
    const aedes = await Aedes.createBroker({
      connectTimeout: connectTimeoutMs,
      maxTopicLevels,
      concurrency: 10_000,
      drainTimeout: drainTimeoutMs,
      preConnect: (client, packet, done) => this.#onConnect(client, packet, done),
      authenticate: (client, username = '', password, done) =>
        this.#authenticate(client, { username, password: password?.toString() ?? '' }, done),
      authorizePublish: (client, packet, done) => this.#onPublish(client, packet, done),
      authorizeSubscribe: (client, subscription, done) => this.#onSubscribe(client, subscription, done),
      authorizeForward: (client, packet) => this.#onForward(client, packet),
    });
    const { persistence } = aedes as unknown as { persistence: SessionQueues & AcknowledgementStore };
    limitSessionQueues(persistence, maxQueueBytes, (id) =>
      this.#refused(
        'queue_full',
        this.#connectionsById.get(id),
        `more than ${maxQueueBytes} bytes wait for it`,
      ),
    );
    this.#receipts.watch(persistence, (client) => this.#connectionOf.get(client));
    // The library's types do not know this one; without a listener it would end the process.
    (aedes as EventEmitter).on('error', (error: unknown) => {
      this.#options.logger.error({ err: error }, `the broker failed: ${messageOf(error)}`);
    });
    aedes.on('clientError', (client, error) => this.#onProtocolError(client, error));
    aedes.on('connectionError', (client, error) => this.#onProtocolError(client, error));
    const highWaterMark = maxQueueBytes + maxPacketBytes;
    const server = createServer({ highWaterMark, noDelay: true }, (socket) => this.#accept(socket));
    server.maxConnections = maxConnections;
    server.on('drop', () =>
      this.#refused('too_many_connections', undefined, `more than ${maxConnections} connections`),
    );
    this.#aedes = aedes;
    try {
      await listen(server, { host, port, what: 'MQTT broker', flag: '--mqtt-port', hostFlag: '--mqtt-host' });
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#server = server;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const closed = this.#server && new Promise<void>((resolve) => this.#server?.close(() => resolve()));
    for (const timer of this.#waits) clearTimeout(timer);
    this.#waits.clear();
    this.#work.clear();
    const aedes = this.#aedes;
    if (aedes && !aedes.closed) await new Promise<void>((resolve) => aedes.close(() => resolve()));
    for (const { socket } of this.#connections) socket.destroy();
    await closed;
    this.#server = undefined;
    this.#aedes = undefined;
  }

  /**
   * Sends a typed message to one worker with QoS 1. Resolves when the broker took it, not when the miner did.
   *
   * @param acknowledged called once, when the worker's own connection acknowledged it
   * @returns whether a connection of the worker listens for it; nothing is kept for one that is away
   */
  publish<Type extends PlatformMessageType>(
    workerId: string,
    type: Type,
    message: PlatformMessages[Type],
    acknowledged?: () => void,
  ): Promise<boolean> {
    const aedes = this.#aedes;
    if (!aedes || aedes.closed) return Promise.resolve(false);
    const payload = Buffer.from(JSON.stringify(message));
    const followed = { workerId, takers: 0, acknowledged };
    this.#receipts.follow(payload, followed);
    return new Promise((resolve, reject) => {
      aedes.publish(
        { cmd: 'publish', topic: platformTopic(workerId, type), payload, qos: 1, retain: false, dup: false },
        (error) => (error ? reject(error) : resolve(followed.takers > 0)),
      );
    });
  }

  /** Ends the connections that speak for a worker or listen to what it is told; not the operator's. */
  disconnectWorker(workerId: string): void {
    this.#disconnect((connection) => connection.workerId === workerId && connection.principal !== 'operator');
  }

  /** The feature that owns registers did not take one: counted and shown with its connection, where it has one. */
  refuseRegister(workerId: string, reason: string): void {
    const connection = [...this.#connections].find((candidate) => candidate.workerId === workerId);
    this.#refused('register_refused', connection, reason, minerTopic(workerId, 'register'));
  }

  /** Ends the connection of a client: its will is published. @returns false when there is none */
  disconnectClient(clientId: string): boolean {
    const connection = this.#connectionsById.get(clientId);
    connection?.socket.destroy();
    return connection !== undefined;
  }

  /** Ends the connections that came in with the operator's key. */
  disconnectOperators(): void {
    this.#disconnect(({ principal }) => principal === 'operator');
  }

  #disconnect(isMeant: (connection: Connection) => boolean): void {
    for (const connection of this.#connections) if (isMeant(connection)) connection.socket.destroy();
  }

  /** With each start anew: the topics with a retained message are the ones of this run. */
  #createIntake(): MessageIntake {
    return new MessageIntake({
      inbox: this.inbox,
      rights: this.#rights,
      retained: new RetainedTopics(this.#options.maxRetained),
      refused: (...refusal) => this.#refused(...refusal),
      forwardsMalformed: this.#options.access === 'open',
      strayed: (connection, topic) => this.#noteStray(connection, topic),
    });
  }

  #accept(socket: Socket): void {
    const aedes = this.#aedes;
    if (!aedes) return void socket.destroy();
    socket.setKeepAlive(true, tcpKeepAliveMs);
    guardPacketSize(socket, this.#options.maxPacketBytes, () =>
      this.#refused(
        'packet_too_large',
        undefined,
        `packet larger than ${this.#options.maxPacketBytes} bytes`,
      ),
    );
    const client = aedes.handle(socket);
    const connection: Connection = {
      client,
      socket,
      bucket: new TokenBucket(this.#options.maxMessagesPerSec, performance.now()),
      clientId: '',
      principal: 'anonymous',
      username: '',
      connectedAtMs: 0,
      keepaliveSec: 0,
      protocolLevel: 0,
      messagesIn: 0,
      messagesOut: 0,
      workerId: undefined,
      listens: false,
      listensFor: new Set(),
      superseded: false,
      will: undefined,
      waiting: [],
    };
    this.#connections.add(connection);
    this.#connectionOf.set(client, connection);
    socket.once('close', () => this.#onClosed(connection));
  }

  #onClosed(connection: Connection): void {
    this.#connections.delete(connection);
    this.#rights.release(connection);
    if (this.#connectionsById.get(connection.clientId) === connection)
      this.#connectionsById.delete(connection.clientId);
  }

  #onConnect(
    client: Client,
    packet: Parameters<Aedes['preConnect']>[1],
    done: (error: Error | null, success: boolean) => void,
  ): void {
    const connection = this.#liveConnection(client);
    if (!connection) return done(new Error('connection closed'), false);
    connection.keepaliveSec = packet.keepalive ?? 0;
    connection.protocolLevel = packet.protocolVersion ?? 0;
    connection.will = packet.will ? { topic: packet.will.topic, refusal: undefined } : undefined;
    this.#work.push(() => done(null, true));
  }

  #authenticate(
    client: Client,
    shown: Omit<Login, 'address'>,
    done: (error: AuthenticateError | null, success: boolean | null) => void,
  ): void {
    const connection = this.#liveConnection(client);
    const refuse = (kind: RefusalKind, reason: string, returnCode: number) => {
      this.#refused(kind, connection, reason, undefined, { clientId: client.id, username: shown.username });
      done(Object.assign(new Error(reason), { returnCode }), false);
    };
    if (!connection) return done(null, false);
    if (client.id.length > maxClientIdLength)
      return refuse('client_id_not_allowed', 'client id too long', identifierRejected);
    const { remoteAddress: address = '' } = connection.socket;
    const outcome = this.#options.logins.identify({ ...shown, address });
    if (outcome.principal === undefined) {
      const { reason, returnCode } = loginRefusals[outcome.refusal];
      return refuse('bad_credentials', reason, returnCode);
    }
    connection.principal = outcome.principal;
    connection.username = outcome.principal === 'anonymous' ? '' : shown.username;
    if (outcome.principal === 'worker') connection.workerId = outcome.workerId;
    const previous = this.#connectionsById.get(client.id);
    if (previous && !this.#rights.mayTakeOver(connection, previous)) {
      const reason = 'a connection with credentials has this client id';
      return refuse('client_id_not_allowed', reason, identifierRejected);
    }
    if (!this.#rights.mayKeepSession(connection)) client.clean = true;
    this.#enter(connection, client.id);
    done(null, true);
  }

  /** [MQTT-3.1.4-2]: the same client id takes over; the old session's will is no news any more. */
  #enter(connection: Connection, clientId: string): void {
    connection.clientId = clientId;
    connection.connectedAtMs = this.#options.clock.nowMs();
    const previous = this.#connectionsById.get(clientId);
    if (previous) {
      previous.superseded = true;
      this.stats.takeovers += 1;
      this.#rights.release(previous);
      // aedes ends the session that it knows under this id; one that is still connecting it does not know yet.
      previous.socket.destroy();
    }
    this.#connectionsById.set(clientId, connection);
    this.stats.connects += 1;
    const { will } = connection;
    if (!will) return;
    will.refusal = this.#rights.refuseWill(connection, will.topic);
    if (will.refusal !== undefined) this.#refused('will_not_allowed', connection, will.refusal, will.topic);
  }

  #liveConnection(client: Client): Connection | undefined {
    const connection = this.#connectionOf.get(client);
    return connection && this.#connections.has(connection) ? connection : undefined;
  }

  #onPublish(client: Client | null, packet: Packet, done: Done): void {
    const connection = client ? this.#connectionOf.get(client) : undefined;
    if (!client || !connection) return done(null);
    if ((client as Client & { will?: unknown }).will === packet)
      return this.#onWill(connection, packet, done);
    this.stats.messages += 1;
    connection.messagesIn += 1;
    const arrivedMs = performance.now();
    const answered = packet.qos === 0 ? done : this.#timed(arrivedMs, done);
    connection.waiting.push(() => this.#intake.takePublish(connection, packet, answered));
    const takeNext = () => connection.waiting.shift()?.();
    const waitMs = connection.bucket.take(arrivedMs);
    if (waitMs <= 0) return this.#work.push(takeNext);
    this.#refused('throttled', connection, `more than ${this.#options.maxMessagesPerSec} messages a second`);
    const timer = setTimeout(() => {
      this.#waits.delete(timer);
      takeNext();
    }, waitMs);
    this.#waits.add(timer);
  }

  #timed(arrivedMs: number, done: Done): Done {
    return (error) => {
      if (!error) this.stats.acknowledgements.observe(performance.now() - arrivedMs);
      done(error);
    };
  }

  /** The will is the connection's last word: what it sent before and still waits is taken first. */
  #onWill(connection: Connection, packet: Packet, done: Done): void {
    // The platform's own stop says nothing about the miners.
    if (this.#stopping || connection.will?.refusal !== undefined)
      return done(new Error('will not published'));
    const { waiting } = connection;
    waiting.push(() => this.#intake.takeWill(connection, packet, done));
    for (let count = waiting.length; count > 0; count -= 1) this.#work.push(() => waiting.shift()?.());
  }

  #onSubscribe(
    client: Client,
    subscription: Subscription,
    done: (error: Error | null, subscription?: Subscription | null) => void,
  ): void {
    const connection = this.#liveConnection(client);
    if (!connection) return done(null, null);
    const refusal = this.#rights.refuseSubscribe(connection, subscription.topic);
    if (refusal === undefined && !subscription.topic.startsWith(nowhere)) return done(null, subscription);
    this.#refused('subscribe_not_allowed', connection, refusal ?? 'not a topic', subscription.topic);
    done(null, null);
  }

  /** A subscriber that does not drain must not hold up the others: past its queue it is disconnected. */
  #onForward(client: Client, packet: AedesPublishPacket): AedesPublishPacket | null {
    const connection = this.#connectionOf.get(client);
    if (!connection) return packet;
    if (!this.#rights.mayReceive(connection, packet.topic)) return null;
    if (connection.socket.writableLength < this.#options.maxQueueBytes) {
      connection.messagesOut += 1;
      return this.#receipts.address(connection, packet, (id) => this.#rights.listensFor(connection, id));
    }
    if (!connection.socket.destroyed) {
      this.#refused('queue_full', connection, `more than ${this.#options.maxQueueBytes} bytes wait for it`);
      connection.socket.destroy();
    }
    return null;
  }

  #onProtocolError(client: Client, error: Error): void {
    // A connection that just breaks, with answers under way or not, is everyday life.
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ECONNRESET' || code === 'EPIPE' || error.message === 'connection closed') return;
    // Everything else is worth a counter.
    const kind = error.message === 'drain timeout' ? 'queue_full' : 'protocol_error';
    this.#refused(kind, this.#connectionOf.get(client), error.message);
  }

  #noteStray({ clientId, workerId = '', socket }: Connection, topic: string): void {
    const reason = 'passed on, but not a topic on which a miner speaks';
    const address = socket.remoteAddress ?? '';
    this.recentStrays.note({ kind: 'publish_not_allowed', reason, clientId, workerId, address, topic });
  }

  #refused(
    kind: RefusalKind,
    connection: Connection | undefined,
    reason: string,
    topic = '',
    /** What a connection showed that did not come in. */
    shown: { readonly clientId: string; readonly username: string } = { clientId: '', username: '' },
  ): void {
    const clientId = (connection?.clientId || shown.clientId).slice(0, maxClientIdLength);
    const address = connection?.socket.remoteAddress ?? '';
    this.stats.refused(kind);
    this.recentRefusals.note({
      ...{ kind, reason, clientId, address, topic },
      workerId: parseWorkerTopic(topic)?.workerId ?? connection?.workerId ?? shown.username,
    });
    // Of a flood, the log shows the beginning and then a sample; the counter has them all.
    const count = this.stats.refusals[kind];
    if (count > 100 && count % 1000 !== 0) return;
    this.#options.logger.warn(
      {
        kind,
        count,
        ...(connection === undefined ? {} : { client: clientId, address }),
        ...(topic === '' ? {} : { topic: topic.slice(0, maxClientIdLength) }),
      },
      reason,
    );
  }
}
