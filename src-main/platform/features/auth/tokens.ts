/** Sign-in tokens (rest.md): JWT, HS256, 24 hours by the platform's clock. */
import { randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { AppError } from '../../kernel/app-error.ts';
import type { Clock } from '../../kernel/clock.ts';

const validSec = 24 * 3600;
const issuer = 'xenblocks';

/** What a token says. */
export interface TokenClaims {
  /** Lower-case address. */
  readonly address: string;
  readonly accountId: string;
}

/** What a token that was checked says. */
export interface CheckedClaims extends TokenClaims {
  /** Unix seconds. */
  readonly expiresAtSec: number;
}

export class Tokens {
  readonly #secret: Uint8Array;
  readonly #clock: Clock;

  constructor(secret: string, clock: Clock) {
    this.#secret = new TextEncoder().encode(secret);
    this.#clock = clock;
  }

  issue({ address, accountId, role }: TokenClaims & { readonly role: string }): Promise<string> {
    const nowSec = Math.floor(this.#clock.nowMs() / 1000);
    return new SignJWT({ role, account_id: accountId })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer(issuer)
      .setSubject(address)
      .setJti(randomUUID())
      .setIssuedAt(nowSec)
      .setExpirationTime(nowSec + validSec)
      .sign(this.#secret);
  }

  /** @throws AppError `unauthorized`; whether the account is still there is not looked at */
  async check(token: string): Promise<CheckedClaims> {
    try {
      const { payload } = await jwtVerify(token, this.#secret, {
        algorithms: ['HS256'],
        issuer,
        requiredClaims: ['sub', 'exp', 'iat', 'jti', 'account_id'],
        maxTokenAge: validSec,
        currentDate: new Date(this.#clock.nowMs()),
      });
      const { sub, exp = 0, account_id: accountId } = payload;
      if (typeof sub === 'string' && typeof accountId === 'string')
        return { address: sub, accountId, expiresAtSec: exp };
    } catch (error) {
      if (error instanceof errors.JWTExpired)
        throw new AppError('unauthorized', 'The token has expired; sign in again.');
      if (!(error instanceof errors.JOSEError)) throw error;
    }
    throw new AppError('unauthorized', 'The token is not valid here; sign in again.');
  }
}
