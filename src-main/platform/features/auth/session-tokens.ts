/** What the cookie of a browser's session holds: a JWT (HS256) that no other call takes, and that opens no other. */
import { randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { AppError } from '../../kernel/app-error.ts';
import type { Clock } from '../../kernel/clock.ts';

/** Not that of a wallet's token: neither is taken in the place of the other. */
const issuer = 'xenblocks-session';

/**
 * What opened the session, and with what it ends: a wallet's lower-case address, the id of a key, or the mark of the
 * operator's key.
 */
export interface SessionClaims {
  readonly sessionId: string;
  readonly accountId: string;
  readonly kind: 'wallet' | 'key' | 'operator';
  readonly boundTo: string;
  /** Unix seconds. */
  readonly expiresAtSec: number;
}

const kinds: readonly unknown[] = ['wallet', 'key', 'operator'] satisfies SessionClaims['kind'][];

export class SessionTokens {
  readonly #secret: Uint8Array;
  readonly #clock: Clock;

  constructor(secret: string, clock: Clock) {
    this.#secret = new TextEncoder().encode(secret);
    this.#clock = clock;
  }

  issue({ accountId, kind, boundTo, expiresAtSec }: Omit<SessionClaims, 'sessionId'>): Promise<string> {
    return new SignJWT({ account_id: accountId, kind, bound_to: boundTo })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer(issuer)
      .setJti(randomUUID())
      .setIssuedAt(Math.floor(this.#clock.nowMs() / 1000))
      .setExpirationTime(expiresAtSec)
      .sign(this.#secret);
  }

  /** @throws AppError `unauthorized`; whether it was ended is not looked at */
  async check(token: string): Promise<SessionClaims> {
    try {
      const { payload } = await jwtVerify(token, this.#secret, {
        algorithms: ['HS256'],
        issuer,
        requiredClaims: ['exp', 'jti'],
        currentDate: new Date(this.#clock.nowMs()),
      });
      const { jti = '', exp = 0, account_id: accountId, kind, bound_to: boundTo } = payload;
      if (typeof accountId === 'string' && typeof boundTo === 'string' && kinds.includes(kind))
        return {
          sessionId: jti,
          accountId,
          kind: kind as SessionClaims['kind'],
          boundTo,
          expiresAtSec: exp,
        };
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
    }
    throw sessionEnded();
  }
}

/** What is said of a cookie that opens nothing, whatever the reason. */
export function sessionEnded(): AppError {
  return new AppError('unauthorized', 'The session has ended; sign in again.');
}
