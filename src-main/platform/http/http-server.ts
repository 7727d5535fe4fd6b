/** The HTTP server: routes, static pages, upgrades. Nothing outside this room imports express. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import compression from 'compression';
import express, { type Express, type Request, type Response } from 'express';
import clientAddress from 'proxy-addr';
import type { z } from 'zod';
import type { AccessMode } from '../../contract/config.ts';
import type { ErrorCode } from '../../contract/errors.ts';
import type { RouteDefinition } from '../../contract/rest/define-route.ts';
import { openApiRoute } from '../../contract/rest/service.routes.ts';
import { AppError } from '../kernel/app-error.ts';
import type { Component } from '../kernel/component.ts';
import { listen } from '../kernel/listen.ts';
import type { Logger } from '../kernel/logger.ts';
import { AccessControl, noCredentials, noIdentities, type Identities } from './access-control.ts';
import { createAccessLog } from './access-log.ts';
import { answerClientError, answerRaw, createErrorHandler, nothingAt } from './error-handler.ts';
import { RouteTable, type RecordChange, type RouteHandler } from './mount.ts';
import { HttpStats } from './http-stats.ts';
import { builtDashboard, serveDashboard } from './dashboard.ts';
import { servePages } from './pages.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';
import {
  foreignOrigins,
  isOriginAllowed,
  isOwnPage,
  denyAbilities,
  refuseMalformedPath,
  securityHeaders,
} from './security.ts';

export interface HttpServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly access: AccessMode;
  /** `loopback`, addresses, subnets or a hop count; undefined trusts no proxy. */
  readonly trustProxy: string | undefined;
  readonly allowedOrigins: readonly string[];
  readonly maxBodyBytes: number;
  /** Sign-in calls of one address in a minute. */
  readonly maxSignInsPerMin: number;
  readonly version: string;
  /** The folder of the built dashboard; where the build puts it unless given. */
  readonly dashboardFolder?: string | undefined;
  readonly logger: Logger;
  /** Nobody unless given. */
  readonly identities?: Identities;
  /** Nothing is recorded unless given. */
  readonly recordChange?: RecordChange;
}

/**
 * Takes over a connection that asks to become a WebSocket.
 *
 * @param address the client's own, also behind a trusted proxy
 */
export type UpgradeHandler = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  address: string,
) => void;

/** Requests under way get this long to end when the server stops. */
const graceMs = 2000;
const lookForIdleEveryMs = 50;

/** A whole request has to arrive within this time; it holds a connection until then. */
const requestTimeoutMs = 30_000;

/** Answers smaller than this gain nothing from compression. */
const compressAboveBytes = 2048;

export class HttpServer implements Component {
  readonly name = 'http';
  readonly stats = new HttpStats();
  readonly #options: HttpServerOptions;
  readonly #app: Express;
  readonly #access: AccessControl;
  readonly #table: RouteTable;
  readonly #rateLimit: RateLimit;
  readonly #upgrades = new Map<string, UpgradeHandler>();
  /** Those that were upgraded belong to their handlers. */
  readonly #connections = new Set<Duplex>();
  #server: Server | undefined;
  #finished = false;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#app = express();
    this.#app.disable('x-powered-by');
    // A hash of each answer costs more than it saves where every answer is new; what repeats says so itself.
    this.#app.set('etag', false);
    this.#app.set('query parser', 'simple');
    this.#app.set('trust proxy', parseTrustProxy(options.trustProxy));
    const accessLog = createAccessLog(options.logger);
    if (accessLog) this.#app.use(accessLog);
    this.#app.use(securityHeaders());
    this.#app.use(denyAbilities);
    if (options.allowedOrigins.length > 0) this.#app.use(foreignOrigins(options.allowedOrigins));
    this.#app.use(refuseMalformedPath);
    this.#app.use(compression({ threshold: compressAboveBytes, filter: isWholeAndCompressible }));
    this.#app.use(express.json({ limit: options.maxBodyBytes }));
    this.#rateLimit = createRateLimit(options.maxSignInsPerMin);
    this.#access = new AccessControl({
      mode: options.access,
      identities: options.identities ?? noIdentities,
      isOwnPage: (request) => isOwnPage(request, options.allowedOrigins, options.trustProxy !== undefined),
    });
    this.#table = new RouteTable({
      app: this.#app,
      access: this.#access,
      isStrict: options.access === 'strict',
      recordChange: options.recordChange ?? (() => Promise.resolve()),
      rateLimit: this.#rateLimit.handler,
    });
  }

  /** The port it listens on; 0 while it does not. */
  get port(): number {
    return (this.#server?.address() as AddressInfo | null)?.port ?? 0;
  }

  /** The mounted routes. */
  get routes(): readonly RouteDefinition[] {
    return this.#table.routes;
  }

  /** Adds a route; before the start. */
  mount<Params extends z.ZodType, Query extends z.ZodType, Answer extends z.ZodType, Body extends z.ZodType>(
    route: RouteDefinition<Params, Query, Answer, Body>,
    handler: RouteHandler<Params, Query, NoInfer<Answer>, Body>,
  ): void {
    this.#table.mount(route, handler);
  }

  /** Serves WebSocket upgrades on a path. Foreign web origins never reach the handler. */
  onUpgrade(path: string, handler: UpgradeHandler): void {
    this.#upgrades.set(path, handler);
  }

  /** @throws StartupError when the port is taken or not allowed */
  async start(): Promise<void> {
    this.#finish();
    const server = createServer(
      {
        noDelay: true,
        requestTimeout: requestTimeoutMs,
        // Other upgrades (Java's client offers h2c with each request) are answered as if they were not asked for.
        shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
      },
      this.#app,
    );
    server.on('request', () => (this.stats.requests += 1));
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    server.on('clientError', answerClientError);
    server.on('connection', (socket: Socket) => {
      this.#connections.add(socket);
      socket.once('close', () => this.#connections.delete(socket));
    });
    this.#server = server;
    const { host, port } = this.#options;
    try {
      await listen(server, { host, port, what: 'REST API', flag: '--api-port', hostFlag: '--api-host' });
    } catch (error) {
      this.#server = undefined;
      throw error;
    }
  }

  /** Takes no more requests, and waits for those under way; upgraded connections are left to their handlers. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    this.#rateLimit.stop();
    const ended = [...this.#connections].map(
      (connection) => new Promise<void>((resolve) => void connection.once('close', () => resolve())),
    );
    server.close();
    const idle = setInterval(() => server.closeIdleConnections(), lookForIdleEveryMs);
    const grace = setTimeout(() => {
      for (const connection of this.#connections) connection.destroy();
    }, graceMs);
    await Promise.all(ended);
    clearInterval(idle);
    clearTimeout(grace);
  }

  #finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#serveDocument();
    servePages(this.#app);
    serveDashboard(this.#app, this.#options.dashboardFolder ?? builtDashboard());
    this.#table.finish();
    this.#app.use((request) => {
      // Under strict access not even what exists is told.
      throw this.#options.access === 'strict' ? noCredentials() : nothingAt(request.path);
    });
    const { logger } = this.#options;
    const refused = (code: ErrorCode) => void (this.stats.refusals[code] += 1);
    this.#app.use(createErrorHandler(logger, refused, (path) => this.#table.speaksRpc(path)));
  }

  /** The OpenAPI document is built at its first request: most starts never need it. */
  #serveDocument(): void {
    const build = async () => {
      const { createOpenApiDocument } = await import('./openapi.ts');
      const text = JSON.stringify(createOpenApiDocument(this.#table.routes, this.#options.version));
      const hash = createHash('sha256').update(text).digest('base64url').slice(0, 22);
      return { text, etag: `W/"${hash}"` };
    };
    let document: ReturnType<typeof build> | undefined;
    this.#table.mount(openApiRoute, async ({ request, response }) => {
      document ??= build();
      const { text, etag } = await document;
      response.setHeader('ETag', etag);
      response.setHeader('Cache-Control', 'no-cache');
      if (request.fresh) response.status(304).end();
      else response.type('json').setHeader('Content-Length', Buffer.byteLength(text)).end(text);
      return undefined;
    });
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    if (this.#options.access !== 'strict') return this.#enter(request, socket, head);
    this.#access.admitUpgrade(request).then(
      () => {
        if (!socket.destroyed) this.#enter(request, socket, head);
      },
      (error: unknown) => {
        if (error instanceof AppError) return answerRaw(socket, error);
        this.#options.logger.error({ err: error }, 'upgrade failed');
        answerRaw(socket, new AppError('internal', 'The platform failed to answer; its log says why.'));
      },
    );
  }

  #enter(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = (request.url ?? '').split('?')[0] as string;
    const handler = this.#upgrades.get(path);
    const { allowedOrigins, trustProxy } = this.#options;
    if (!handler) return answerRaw(socket, nothingAt(path));
    if (!isOriginAllowed(request, allowedOrigins, trustProxy !== undefined)) {
      const message = 'A page of this origin may not connect; --allowed-origin permits it.';
      return answerRaw(socket, new AppError('forbidden', message));
    }
    this.#connections.delete(socket);
    handler(request, socket, head, this.#addressOf(request));
  }

  /** As Express tells it of an ordinary request. */
  #addressOf(request: IncomingMessage): string {
    const trusts = this.#app.get('trust proxy fn') as (address: string, hop: number) => boolean;
    return clientAddress(request, trusts);
  }
}

/** A range counts the bytes of the file, not of what compression makes of them. */
function isWholeAndCompressible(request: Request, response: Response): boolean {
  return response.statusCode !== 206 && compression.filter(request, response);
}

function parseTrustProxy(value: string | undefined): boolean | number | string[] {
  if (value === undefined) return false;
  return /^\d+$/.test(value) ? Number(value) : value.split(',').map((entry) => entry.trim());
}

/** `{items, total, page, limit, total_pages}` (rest.md, Pages). */
export function toPage<Item>(
  { items, total }: { items: Item[]; total: number },
  page: number,
  limit: number,
) {
  return { items, total, page, limit, total_pages: Math.max(1, Math.ceil(total / limit)) };
}
