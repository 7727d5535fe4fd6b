/**
 * Every error that reaches a caller: its code, its HTTP status and what it means. The wire shape stays
 * `{"detail": "…"}` (rest.md); the code is for logs, metrics and the OpenAPI document.
 */
export const errorRegistry = {
  invalid_input: {
    status: 422,
    meaning: 'A parameter or field is missing, of the wrong type or out of bounds.',
  },
  bad_request: { status: 400, meaning: 'This is not possible with these values; the answer says why.' },
  malformed_request: { status: 400, meaning: 'The path is not valid URL encoding, or this is not HTTP.' },
  invalid_body: {
    status: 400,
    meaning: 'A field of the body is missing, of the wrong type, out of bounds or not possible now.',
  },
  malformed_body: { status: 400, meaning: 'The request body is not valid JSON.' },
  unauthorized: { status: 401, meaning: 'The call needs credentials, or the credentials are not valid.' },
  payment_required: { status: 402, meaning: 'The free balance of the account is too small.' },
  forbidden: { status: 403, meaning: 'The credentials, or the web page, are not allowed to do this.' },
  not_found: { status: 404, meaning: 'There is no such path or thing.' },
  method_not_allowed: { status: 405, meaning: 'The path exists, but not with this method.' },
  request_timeout: { status: 408, meaning: 'The request took too long to arrive.' },
  conflict: { status: 409, meaning: 'It contradicts what is there already.' },
  body_too_large: { status: 413, meaning: 'The request body is larger than the limit.' },
  unsupported_media_type: { status: 415, meaning: 'The encoding of the request body is not known here.' },
  range_not_satisfiable: {
    status: 416,
    meaning: 'The file ends before the range begins; Content-Range says how long it is.',
  },
  too_many_requests: { status: 429, meaning: 'Too many calls; Retry-After says when to try again.' },
  headers_too_large: { status: 431, meaning: 'The path, query and headers together are too long.' },
  not_verified: {
    status: 500,
    meaning: 'The chain simulator does not take the block, or not now. Miners rely on this status.',
  },
  internal: { status: 500, meaning: 'The platform failed; the log says why.' },
  insufficient_storage: {
    status: 507,
    meaning: 'The disk has too little room for it; the answer says how much is needed.',
  },
  not_ready: { status: 503, meaning: 'The platform is starting or stopping.' },
} as const satisfies Record<string, { status: number; meaning: string }>;

export type ErrorCode = keyof typeof errorRegistry;

/** All codes. */
export const errorCodes = Object.keys(errorRegistry) as readonly ErrorCode[];
