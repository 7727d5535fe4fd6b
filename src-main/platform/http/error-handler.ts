/** Every failure becomes `{"detail": "…"}` with the right status (rest.md, Errors). */
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { AppError } from '../kernel/app-error.ts';
import type { Logger } from '../kernel/logger.ts';

/** Answers what no route took. */
export const unknownPath: RequestHandler = (request) => {
  throw new AppError('not_found', `There is nothing at ${request.path}; see /api/docs for what there is.`);
};

interface HttpError {
  status?: number;
  type?: string;
  limit?: number;
}

/** Errors that Express and its body parser raise, in our words. */
function toAppError(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error;
  const { status, type, limit } = error as HttpError;
  if (type === 'entity.too.large')
    return new AppError('body_too_large', `The body is larger than ${limit} bytes.`);
  if (type === 'entity.parse.failed') return new AppError('malformed_body', 'The body is not valid JSON.');
  if (status === 413) return new AppError('body_too_large', 'The request is too large.');
  if (error instanceof URIError) return new AppError('malformed_body', 'The path is not valid URL encoding.');
  if (status !== undefined && status >= 400 && status < 500) {
    return new AppError(
      'malformed_body',
      error instanceof Error ? error.message : 'The request is malformed.',
    );
  }
  return undefined;
}

/** Answers errors; the unexpected ones are logged and show nothing of the inside. */
export function createErrorHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const known = toAppError(error);
    if (!known) logger.error({ err: error, method: request.method, path: request.path }, 'request failed');
    const shown = known ?? new AppError('internal', 'The platform failed to answer; its log says why.');
    response.status(shown.status).json({ detail: shown.message });
  };
}
