/** Headers, foreign origins and proxies: what a browser on the LAN may do. */
import type { IncomingMessage } from 'node:http';
import cors from 'cors';
import type { RequestHandler } from 'express';
import helmet from 'helmet';
import { malformedPath } from './error-handler.ts';

/** What pages of this server may load. Styles are set by components as they are shown; scripts come from files only. */
const directives = {
  defaultSrc: ["'self'"],
  baseUri: ["'none'"],
  connectSrc: ["'self'"],
  fontSrc: ["'self'", 'data:'],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
  imgSrc: ["'self'", 'data:', 'blob:'],
  objectSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
};

/** Abilities of a browser that no page here asks for. */
const deniedAbilities = [
  'accelerometer',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'hid',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'serial',
  'usb',
];
const permissionsPolicy = deniedAbilities.map((ability) => `${ability}=()`).join(', ');

/** No page here asks for the camera, the place, a device and the like: not even a script that got in may. */
export const denyAbilities: RequestHandler = (_request, response, next) => {
  response.setHeader('Permissions-Policy', permissionsPolicy);
  next();
};

/** The same policy for the dashboard, which computes proofs in WebAssembly, in workers of its own. */
export function dashboardPolicy(): RequestHandler {
  return helmet.contentSecurityPolicy({
    useDefaults: false,
    directives: {
      ...directives,
      scriptSrc: [...directives.scriptSrc, "'wasm-unsafe-eval'"],
      workerSrc: ["'self'"],
    },
  });
}

/**
 * Security headers for a server that is mostly reached over plain HTTP on a LAN: no upgrade to HTTPS is asked
 * for (a reverse proxy with TLS adds that), everything else is strict.
 */
export function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    strictTransportSecurity: false,
    xFrameOptions: { action: 'deny' },
  });
}

/** Lets pages of other origins call. Without this a browser keeps the answers from them. */
export function foreignOrigins(allowedOrigins: readonly string[]): RequestHandler {
  const handle = cors({ origin: [...allowedOrigins], maxAge: 600, exposedHeaders: ['Retry-After'] });
  return (request, response, next) => {
    const isPlainOptions =
      request.method === 'OPTIONS' && request.headers['access-control-request-method'] === undefined;
    // Not a browser's question but a program's: it wants to know the methods.
    if (isPlainOptions) next();
    else handle(request, response, next);
  };
}

/** A path with a broken %-escape is refused everywhere in the same way, not only where it is decoded. */
export const refuseMalformedPath: RequestHandler = (request, _response, next) => {
  const { path } = request;
  if (path.includes('%') && !isDecodable(path)) throw malformedPath();
  next();
};

function isDecodable(path: string): boolean {
  try {
    // The result is used, because a bundler may drop a call whose result nobody uses.
    return decodeURIComponent(path) !== '';
  } catch {
    return false;
  }
}

/**
 * Whether a browser page may open a WebSocket here: pages of this server itself, of an allowed origin, and
 * programs, which send no Origin.
 *
 * @param behindProxy a trusted proxy may have changed the port in Host, so only the host name is compared
 */
export function isOriginAllowed(
  request: Pick<IncomingMessage, 'headers'>,
  allowedOrigins: readonly string[],
  behindProxy: boolean,
): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  if (allowedOrigins.includes(origin)) return true;
  const page = new URL(origin);
  // With the page's scheme, so that the default port and the case of the name make no difference.
  const own = `${page.protocol}//${host}`;
  if (host === undefined || !URL.canParse(own)) return false;
  const server = new URL(own);
  return behindProxy ? page.hostname === server.hostname : page.host === server.host;
}

/**
 * Whether the cookie of a session may be used for a change: by a page of this server itself or of an allowed origin,
 * or by no page. `Sec-Fetch-Site` tells of pages that only share the host's name with this one (another port).
 */
export function isOwnPage(
  request: Pick<IncomingMessage, 'headers'>,
  allowedOrigins: readonly string[],
  behindProxy: boolean,
): boolean {
  if (!isOriginAllowed(request, allowedOrigins, behindProxy)) return false;
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (origin !== undefined && allowedOrigins.includes(origin)) return true;
  return site === undefined || site === 'same-origin' || site === 'none';
}
