/** Who makes a call, once the credentials were checked. */

export interface Caller {
  /**
   * `key`: an API key; `token`: a wallet's token; `trusted`: nobody in particular, under `--access open`;
   * `anonymous`: nobody in particular, on a public call.
   */
  readonly kind: 'key' | 'token' | 'trusted' | 'anonymous';
  /** `anonymous` without an account. */
  readonly accountId: string;
  readonly role: 'admin' | 'provider' | 'consumer' | 'none';
  /** Lower case; empty without one. Proven for a token. */
  readonly ethAddress: string;
  /** An admin, or anybody under `--access open` on a call that is open to all: acts for every account. */
  readonly actsForAll: boolean;
}

/** Nobody in particular on a public call. */
export const anonymousCaller: Caller = {
  kind: 'anonymous',
  accountId: 'anonymous',
  role: 'none',
  ethAddress: '',
  actsForAll: false,
};

/** Nobody in particular on a trusted network (`--access open`). */
export const trustedCaller: Caller = { ...anonymousCaller, kind: 'trusted', actsForAll: true };

/** Whether a caller may do what the account may. */
export function actsFor({ actsForAll, accountId }: Caller, ownerId: string): boolean {
  return actsForAll || accountId === ownerId;
}
