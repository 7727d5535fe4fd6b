/** The HTTP server: routes, static pages, upgrades. The only importer of express. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import compression from 'compression';
import express, { type Express } from 'express';
import type { z } from 'zod';
import type { AccessMode } from '../../contract/config.ts';
import type { RouteDefinition } from '../../contract/rest/define-route.ts';
import type { Component } from '../kernel/component.ts';
import { listen } from '../kernel/listen.ts';
import type { Logger } from '../kernel/logger.ts';
import { createErrorHandler, unknownPath } from './error-handler.ts';
import { RouteTable, type RouteHandler } from './mount.ts';
import { findProgramRoot } from './resources.ts';
import { foreignOrigins, isOriginAllowed, securityHeaders } from './security.ts';

export interface HttpServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly access: AccessMode;
  /** `loopback`, addresses, subnets or a hop count; undefined trusts no proxy. */
  readonly trustProxy: string | undefined;
  readonly allowedOrigins: readonly string[];
  readonly maxBodyBytes: number;
  readonly version: string;
  readonly logger: Logger;
}

/** Takes over a connection that asks to become a WebSocket. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Requests under way get this long to end when the server stops. */
const graceMs = 2000;

/** Answers smaller than this gain nothing from compression. */
const compressAboveBytes = 2048;

export class HttpServer implements Component {
  readonly name = 'http';
  readonly #options: HttpServerOptions;
  readonly #app: Express;
  readonly #table: RouteTable;
  readonly #upgrades = new Map<string, UpgradeHandler>();
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
    this.#app.use(securityHeaders(), foreignOrigins(options.allowedOrigins));
    this.#app.use(compression({ threshold: compressAboveBytes }));
    this.#app.use(express.json({ limit: options.maxBodyBytes }));
    this.#table = new RouteTable(this.#app, options.access);
  }

  /** The port it listens on; 0 while it does not. */
  get port(): number {
    return (this.#server?.address() as AddressInfo | null)?.port ?? 0;
  }

  /** Adds a route; before the start. */
  mount<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType>(
    route: RouteDefinition<Params, Query, Body>,
    handler: RouteHandler<Params, Query, NoInfer<Body>>,
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
    const server = createServer({ noDelay: true }, this.#app);
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#server = server;
    const { host, port } = this.#options;
    try {
      await listen(server, { host, port, what: 'REST API', flag: '--api-port', hostFlag: '--api-host' });
    } catch (error) {
      this.#server = undefined;
      throw error;
    }
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(timer);
  }

  #finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#serveDocument();
    this.#servePages();
    this.#table.finish();
    this.#app.use(unknownPath);
    this.#app.use(createErrorHandler(this.#options.logger));
  }

  /** The OpenAPI document is built at its first request: most starts never need it. */
  #serveDocument(): void {
    const { version } = this.#options;
    let document: Promise<string> | undefined;
    this.#app.get('/api/openapi.json', async (request, response) => {
      document ??= import('./openapi.ts').then(({ createOpenApiDocument }) =>
        JSON.stringify(createOpenApiDocument(this.#table.routes, version)),
      );
      response.setHeader('ETag', `"${version}"`);
      response.type('json');
      if (request.fresh) response.status(304).end();
      else response.end(await document);
    });
  }

  #servePages(): void {
    const pages = join(findProgramRoot(), 'resources', 'web');
    const files = (folder: string) =>
      express.static(join(pages, folder), { redirect: false, etag: true, index: false });
    for (const [path, folder] of [
      ['/api/docs', 'api-docs'],
      ['/dashboard', 'dashboard'],
    ] as const) {
      this.#app.use(path, files(folder));
      this.#app.get([path, `${path}/*rest`], (_request, response) => {
        response.sendFile('index.html', { root: join(pages, folder) });
      });
    }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refuse = (status: string) =>
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    socket.on('error', () => socket.destroy());
    const handler = this.#upgrades.get((request.url ?? '').split('?')[0] as string);
    const { allowedOrigins, trustProxy, access } = this.#options;
    if (!handler) refuse('404 Not Found');
    else if (access === 'strict') refuse('401 Unauthorized');
    else if (!isOriginAllowed(request, allowedOrigins, trustProxy !== undefined)) refuse('403 Forbidden');
    else handler(request, socket, head);
  }
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
  return { items, total, page, limit, total_pages: Math.ceil(total / limit) };
}
