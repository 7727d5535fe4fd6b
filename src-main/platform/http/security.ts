/** Headers, foreign origins and proxies: what a browser on the LAN may do. */
import type { IncomingMessage } from 'node:http';
import cors from 'cors';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Security headers for a server that is mostly reached over plain HTTP on a LAN: no upgrade to HTTPS is asked
 * for (a reverse proxy with TLS adds that), everything else is strict.
 */
export function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
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
      },
    },
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    strictTransportSecurity: false,
    xFrameOptions: { action: 'deny' },
  });
}

/** Closed unless an origin was allowed by option. */
export function foreignOrigins(allowedOrigins: readonly string[]): RequestHandler {
  return cors({ origin: [...allowedOrigins], maxAge: 600, exposedHeaders: ['Retry-After'] });
}

/**
 * Whether a browser page may open a WebSocket here: pages of this server itself, of an allowed origin, and
 * programs, which send no Origin.
 *
 * @param behindProxy a trusted proxy may have changed the port in Host, so only the host name is compared
 */
export function isOriginAllowed(
  request: IncomingMessage,
  allowedOrigins: readonly string[],
  behindProxy: boolean,
): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  if (allowedOrigins.includes(origin)) return true;
  const page = new URL(origin);
  if (page.host === host) return true;
  return (
    behindProxy &&
    host !== undefined &&
    URL.canParse(`http://${host}`) &&
    page.hostname === new URL(`http://${host}`).hostname
  );
}
