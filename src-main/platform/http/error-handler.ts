/** Every failure becomes `{"detail": "…"}` with the right status (rest.md, Errors). */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ErrorRequestHandler } from 'express';
import type { ErrorCode } from '../../contract/errors.ts';
import { AppError, messageOf } from '../kernel/app-error.ts';
import type { Logger } from '../kernel/logger.ts';

/** A connection that was answered with an error is read on for this long, so that the answer is not lost. */
const lingerMs = 1000;

interface HttpError {
  status?: number;
  type?: string;
  limit?: number;
  headers?: Readonly<Record<string, string>>;
}

/** What was said of a file that is not sent after all. */
const headersOfFile = ['Content-Encoding', 'Cache-Control', 'ETag', 'Last-Modified'];

/** Errors that Express, its body parser and its file server raise, in our words. */
function toAppError(error: unknown, path: string): AppError | undefined {
  if (error instanceof AppError) return error;
  if (error instanceof URIError) return malformedPath();
  const { status, type, limit } = error as HttpError;
  if (type === 'entity.too.large')
    return new AppError('body_too_large', `The body is larger than ${limit} bytes.`);
  if (type === 'entity.parse.failed') return new AppError('malformed_body', 'The body is not valid JSON.');
  if (status === 404) return nothingAt(path);
  if (status === 415) return new AppError('unsupported_media_type', `The body: ${messageOf(error)}.`);
  if (status === 416)
    return new AppError(
      'range_not_satisfiable',
      'The file ends before this range; ask for one inside of it.',
    );
  if (status !== undefined && status >= 400 && status < 500)
    return new AppError('malformed_request', `The request is malformed: ${messageOf(error)}.`);
  return undefined;
}

export function nothingAt(path: string): AppError {
  return new AppError('not_found', `There is nothing at ${path}; see /api/docs for what there is.`);
}

export function malformedPath(): AppError {
  return new AppError('malformed_request', 'The path is not valid URL encoding: write % as %25.');
}

/**
 * Answers errors; the unexpected ones are logged and show nothing of the inside.
 *
 * @param refused hears of each error that was answered
 * @param speaksRpc whether callers of a path read errors as miners do
 */
export function createErrorHandler(
  logger: Logger,
  refused: (code: ErrorCode) => void,
  speaksRpc: (path: string) => boolean,
): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const known = toAppError(error, request.path);
    if (!known) logger.error({ err: error, method: request.method, path: request.path }, 'request failed');
    const shown = known ?? new AppError('internal', 'The platform failed to answer; its log says why.');
    refused(shown.code);
    for (const name of headersOfFile) response.removeHeader(name);
    const range = (error as HttpError).headers?.['Content-Range'];
    if (shown.code === 'range_not_satisfiable' && range !== undefined)
      response.setHeader('Content-Range', range);
    if (shown.code === 'unauthorized') response.setHeader('WWW-Authenticate', 'Bearer');
    const { message } = shown;
    const rpc = speaksRpc(request.path) ? { status: 'error', message } : {};
    response.status(shown.status).json({ detail: message, ...rpc });
  };
}

/** Answers where no response object exists, and ends the connection. */
export function answerRaw(connection: Duplex, { status, message }: AppError): void {
  if (connection.destroyed || connection.writableEnded) return;
  const body = JSON.stringify({ detail: message });
  connection.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nX-Content-Type-Options: nosniff\r\n` +
      `Content-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  // Closing with unread bytes resets the connection, and the other side may lose the answer.
  connection.resume();
  const timer = setTimeout(() => connection.destroy(), lingerMs);
  connection.once('close', () => clearTimeout(timer));
}

/** What does not even become a request: not HTTP, too long, too slow. */
export function answerClientError(error: NodeJS.ErrnoException, connection: Duplex): void {
  if (error.code === 'ECONNRESET' || !connection.writable) return void connection.destroy();
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return answerRaw(
        connection,
        new AppError('headers_too_large', 'The path, query and headers are longer than 16 kB together.'),
      );
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return answerRaw(
        connection,
        new AppError('request_timeout', 'The request took too long to arrive; send it again.'),
      );
    default:
      return answerRaw(connection, new AppError('malformed_request', 'This is not a valid HTTP request.'));
  }
}
