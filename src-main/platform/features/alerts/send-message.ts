/** Sends one message to a server over HTTP, by the kind of the channel. */
import { createHmac } from 'node:crypto';
import type { AlertChannelInput } from '../../../contract/domain/alert-channel.ts';
import { messageOf } from '../../kernel/app-error.ts';
import type { AlertFields } from './incident-text.ts';
import { sendMail } from './send-mail.ts';

/** Where the services are; others only in tests. */
export interface ServiceAddresses {
  readonly telegram: string;
  readonly discord: readonly string[];
}

export const serviceAddresses: ServiceAddresses = {
  telegram: 'https://api.telegram.org',
  discord: [
    'https://discord.com/api/webhooks/',
    'https://discordapp.com/api/webhooks/',
    'https://canary.discord.com/api/webhooks/',
    'https://ptb.discord.com/api/webhooks/',
  ],
};

export interface Letter {
  readonly messageId: number;
  /** Unix seconds. */
  readonly at: number;
  readonly title: string;
  readonly text: string;
  readonly fields: AlertFields;
}

export interface Sending {
  readonly channel: AlertChannelInput;
  readonly secret: string;
  readonly letter: Letter;
  readonly signal: AbortSignal;
  readonly services: ServiceAddresses;
}

/** What became of it. */
export interface Outcome {
  readonly isSent: boolean;
  /** What the server said, in a line. */
  readonly answer: string;
  readonly status: number | null;
  /** The server will never take it: another try is no use. */
  readonly isFinal: boolean;
  /** The server asked for patience. */
  readonly retryAfterMs: number | undefined;
}

/** As much of an answer as anybody reads. */
const maxAnswerLength = 300;
const maxAnswerBytes = 16_384;

const maxPatienceMs = 600_000;

/** Limits of the services. */
const telegramLength = 4096;
const discordLength = 2000;

export function failure(answer: string, isFinal = false, status: number | null = null): Outcome {
  return { isSent: false, answer: oneLine(answer), status, isFinal, retryAfterMs: undefined };
}

/** One line of printable text. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, maxAnswerLength);
}

/** Never throws, and never tells the secret. */
export async function sendMessage(sending: Sending): Promise<Outcome> {
  const { secret } = sending;
  let outcome: Outcome;
  try {
    outcome = await dispatch(sending);
  } catch (error) {
    outcome = failure(explain(error, sending.signal));
  }
  return secret === '' ? outcome : { ...outcome, answer: outcome.answer.replaceAll(secret, '…') };
}

/** The signature of a webhook: over the time and the body, so that neither can be replaced. */
export function signatureOf(secret: string, at: number, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`;
}

function dispatch(sending: Sending): Promise<Outcome> {
  const { channel, secret, letter, services } = sending;
  const whole = `${letter.title}\n${letter.text === letter.title ? '' : letter.text}`.trim();
  switch (channel.kind) {
    case 'webhook':
      return toWebhook(sending, channel.settings.url);
    case 'telegram':
      if (secret === '') return Promise.resolve(failure('The bot token is missing; enter it.', true));
      return post(sending, `${services.telegram}/bot${secret}/sendMessage`, {
        chat_id: channel.settings.chat_id,
        text: whole.slice(0, telegramLength),
        link_preview_options: { is_disabled: true },
      });
    case 'discord':
      if (!services.discord.some((base) => secret.startsWith(base)))
        return Promise.resolve(failure('The address of the Discord webhook is missing; enter it.', true));
      return post(sending, `${secret}${secret.includes('?') ? '&' : '?'}wait=true`, {
        content: whole.slice(0, discordLength),
        // Names of workers come from outside: they call nobody.
        allowed_mentions: { parse: [] },
      });
    case 'email':
      return sendMail({ settings: channel.settings, password: secret, letter, signal: sending.signal });
    default:
      return Promise.resolve(failure('This channel has no server.', true));
  }
}

function toWebhook(sending: Sending, url: string): Promise<Outcome> {
  const { letter, secret } = sending;
  const { messageId, at, title, text, fields } = letter;
  const body = { ...fields, message_id: messageId, sent_at: at, title, text };
  return post(sending, url, body, (json) => ({
    'X-XenBlocks-Message': String(messageId),
    'X-XenBlocks-Timestamp': String(at),
    ...(secret === '' ? {} : { 'X-XenBlocks-Signature': signatureOf(secret, at, json) }),
  }));
}

async function post(
  { signal }: Sending,
  url: string,
  body: object,
  headersOf: (json: string) => Record<string, string> = () => ({}),
): Promise<Outcome> {
  const json = JSON.stringify(body);
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    signal,
    headers: { 'Content-Type': 'application/json', 'User-Agent': 'XenBlocks', ...headersOf(json) },
    body: json,
  });
  const { status } = response;
  const said = oneLine(await readSome(response));
  const answer = `${status} ${response.statusText}${said === '' ? '' : `: ${said}`}`;
  if (status >= 300 && status < 400) return failure(`${answer} (redirects are not followed)`, true, status);
  if (response.ok)
    return { isSent: true, answer: oneLine(answer), status, isFinal: true, retryAfterMs: undefined };
  const isFinal = status >= 400 && status < 500 && ![408, 425, 429].includes(status);
  const patience = Number(response.headers.get('retry-after'));
  const retryAfterMs = patience > 0 ? Math.min(maxPatienceMs, patience * 1000) : undefined;
  return { ...failure(answer, isFinal, status), retryAfterMs };
}

/** The beginning of an answer; a server can't fill the memory. */
async function readSome(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= maxAnswerBytes) break;
  }
  return Buffer.concat(chunks).toString();
}

/** Why there was no answer. */
export function explain(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'It did not answer in time.';
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  const text = messageOf(cause);
  return code !== undefined && !text.includes(code) ? `${code}: ${text}` : text;
}
