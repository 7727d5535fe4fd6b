/** Who a client is: asked at CONNECT of those who know the credentials (mqtt.md, last section). */

/** What a client shows. */
export interface Login {
  /** Empty when it gives none. */
  readonly username: string;
  readonly password: string;
  /** Where it comes from. */
  readonly address: string;
}

/** Who is behind a connection. `anonymous` is everybody without credentials. */
export type Principal = 'anonymous' | 'operator' | 'worker';

/** What a login came to; a `worker` may speak for this worker only. */
export type LoginOutcome =
  | { readonly principal: 'anonymous' | 'operator' }
  | { readonly principal: 'worker'; readonly workerId: string }
  | { readonly principal: undefined; readonly refusal: LoginRefusal };

/** `no_credentials`: anonymous connections are not allowed; `too_many_tries`: wrong too often just before. */
export type LoginRefusal = 'no_credentials' | 'wrong_credentials' | 'too_many_tries';

export interface Logins {
  identify(login: Login): LoginOutcome;
  /** Whether the worker has credentials: then nobody speaks for it without them. */
  isGuarded(workerId: string): boolean;
}

/** MQTT 3.1.1 CONNACK return codes. */
const badCredentials = 4;
const notAuthorized = 5;

/** What a refused client is answered, and what the log says. */
export const loginRefusals: Readonly<Record<LoginRefusal, { returnCode: number; reason: string }>> = {
  no_credentials: { returnCode: notAuthorized, reason: 'anonymous connections are not allowed' },
  wrong_credentials: { returnCode: badCredentials, reason: 'wrong user name or password' },
  too_many_tries: { returnCode: notAuthorized, reason: 'too many wrong passwords in the last minute' },
};
