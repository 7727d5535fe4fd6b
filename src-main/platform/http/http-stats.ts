import { errorCodes, type ErrorCode } from '../../contract/errors.ts';

/** Counters of the HTTP server since the platform's start. */
export class HttpStats {
  /** Requests that arrived, upgrades to the feed not among them. */
  requests = 0;
  /** Those of them that were answered with an error. */
  readonly refusals = Object.fromEntries(errorCodes.map((code) => [code, 0])) as Record<ErrorCode, number>;
}
