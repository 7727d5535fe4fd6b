/** Sends one message by e-mail. */
import { createTransport } from 'nodemailer';
import type { MailSettings } from '../../../contract/domain/alert-channel.ts';
import { messageOf } from '../../kernel/app-error.ts';
import { failure, oneLine, type Letter, type Outcome } from './send-message.ts';

export interface MailSending {
  readonly settings: MailSettings;
  readonly password: string;
  readonly letter: Letter;
  readonly signal: AbortSignal;
}

/** Each step of the conversation; the whole is bounded by the caller. */
const stepTimeoutMs = 8000;

interface SmtpError extends Error {
  readonly code?: string;
  readonly response?: string;
  readonly responseCode?: number;
}

/** Never waits beyond the signal, whatever the server does. */
export async function sendMail({ settings, password, letter, signal }: MailSending): Promise<Outcome> {
  const { host, port, security, username, from, to } = settings;
  const transport = createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(username === '' ? {} : { auth: { user: username, pass: password } }),
    connectionTimeout: stepTimeoutMs,
    greetingTimeout: stepTimeoutMs,
    socketTimeout: stepTimeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const { response } = await Promise.race([
      transport.sendMail({
        from,
        to,
        subject: oneLine(letter.title),
        text: letter.text,
        messageId: `<alert-${letter.messageId}-${letter.at}@xenblocks>`,
      }),
      rejectedWith(signal),
    ]);
    const status = Number.parseInt(response, 10);
    return {
      ...{ isSent: true, answer: oneLine(response), isFinal: true, retryAfterMs: undefined },
      status: Number.isNaN(status) ? null : status,
    };
  } catch (error) {
    if (signal.aborted) return failure('It did not answer in time.');
    const { response, responseCode, code } = error as SmtpError;
    const said = response ?? messageOf(error);
    // 5xx is for ever (RFC 5321, 4.2.1), but for a sign-in that may be mended at the server.
    return failure(
      code === undefined || said.includes(code) ? said : `${code}: ${said}`,
      (responseCode ?? 0) >= 500,
      responseCode ?? null,
    );
  } finally {
    transport.close();
  }
}

function rejectedWith(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const tell = () => reject(new Error('It did not answer in time.'));
    if (signal.aborted) tell();
    else signal.addEventListener('abort', tell, { once: true });
  });
}
