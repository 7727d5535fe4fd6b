import { errorRegistry, type ErrorCode } from '../../contract/errors.ts';

/** An error that a caller may see: its message says what was wrong and what to do. */
export class AppError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AppError';
    this.code = code;
  }

  /** HTTP status of this error (contract/errors.ts). */
  get status(): number {
    return errorRegistry[this.code].status;
  }
}

/** The platform can't start; the message is one line for the operator, without a stack. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}

/** The database can't be used as it is; a backup may help. */
export class DatabaseProblem extends StartupError {}

/** Text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
