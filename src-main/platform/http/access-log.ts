/** A debug line a request; costs nothing while that level is off. */
import type { RequestHandler } from 'express';
import type { Logger } from '../kernel/logger.ts';

/** Undefined when nobody would see the lines. */
export function createAccessLog(logger: Logger): RequestHandler | undefined {
  if (!logger.isLevelEnabled('debug')) return undefined;
  return (request, response, next) => {
    const startedMs = performance.now();
    const { method, path, ip } = request;
    response.once('close', () => {
      const ms = Math.round((performance.now() - startedMs) * 10) / 10;
      logger.debug({ method, path, status: response.statusCode, ms, address: ip }, 'request');
    });
    next();
  };
}
