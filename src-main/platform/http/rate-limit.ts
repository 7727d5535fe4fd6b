/** Limits how often one address may try to sign in; its memory lasts a minute. */
import type { RequestHandler } from 'express';
import { MemoryStore, rateLimit } from 'express-rate-limit';
import { AppError } from '../kernel/app-error.ts';

const windowMs = 60_000;

export interface RateLimit {
  readonly handler: RequestHandler;
  /** Ends its timer. */
  stop(): void;
}

/** One counter for all routes that it guards. A refused call is answered with 429 and Retry-After. */
export function createRateLimit(callsPerMin: number): RateLimit {
  const store = new MemoryStore();
  const handler = rateLimit({
    windowMs,
    limit: callsPerMin,
    store,
    legacyHeaders: false,
    standardHeaders: false,
    // X-Forwarded-For without --trust-proxy is no misconfiguration here: it is ignored.
    validate: false,
    handler: (_request, response, next) => {
      response.setHeader('Retry-After', windowMs / 1000);
      next(new AppError('too_many_requests', 'Too many tries to sign in; wait a minute and try again.'));
    },
  });
  return { handler, stop: () => store.shutdown() };
}
