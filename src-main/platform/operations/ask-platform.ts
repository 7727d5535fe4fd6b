/** Calls the platform that runs with the same settings, as its operator. */
import type { Config } from '../../contract/config.ts';
import { operatorKeyFile, readSecretFile } from '../features/auth/index.ts';
import { messageOf } from '../kernel/app-error.ts';
import { selfAddress } from '../kernel/own-addresses.ts';

export interface PlatformCall {
  readonly method: string;
  readonly path: string;
  /** So long it may take until the answer begins. */
  readonly answerMs: number;
  /** Aborted: the call is given up. */
  readonly signal?: AbortSignal;
}

/** An answer with status 200, or why there is none. */
export type PlatformAnswer =
  | { readonly response: Response; readonly reason: '' }
  | { readonly response?: undefined; readonly reason: string };

/** Never rejects: whatever went wrong is the reason. */
export async function askPlatform(
  config: Config,
  { method, path, answerMs, signal }: PlatformCall,
): Promise<PlatformAnswer> {
  const host = selfAddress(config.apiHost);
  const authority = `${host.includes(':') ? `[${host}]` : host}:${config.apiPort}`;
  // What follows the headers may take its time.
  const patience = new AbortController();
  const timer = setTimeout(
    () => patience.abort(new Error(`there was no answer within ${answerMs / 1000} s`)),
    answerMs,
  );
  try {
    const key = config.adminKey ?? readSecretFile(config.adminKeyFile ?? operatorKeyFile(config.dataDir));
    if (key === undefined) return { reason: 'there is no key of the operator in the data folder' };
    const response = await fetch(`http://${authority}${path}`, {
      method,
      headers: { 'X-API-Key': key },
      signal: signal ? AbortSignal.any([signal, patience.signal]) : patience.signal,
    });
    if (response.status === 200) return { response, reason: '' };
    await response.body?.cancel();
    return { reason: `${authority} answered with HTTP ${response.status}` };
  } catch (error) {
    const { cause } = error as Error;
    return { reason: `no platform answers at ${authority}: ${messageOf(cause ?? error)}` };
  } finally {
    clearTimeout(timer);
  }
}
