/** Packs what helps to find a fault into one zip: each part by itself, so that one that fails leaves the others. */
import { PassThrough, type Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { messageOf } from '../../kernel/app-error.ts';
import { within } from './checks/outcome.ts';

/** One file of the bundle. */
export interface BundlePart {
  readonly name: string;
  /** A line for README.txt. */
  readonly about: string;
  /** Text as it is, anything else as JSON. */
  readonly read: () => unknown;
}

export interface BundleOptions {
  readonly parts: readonly BundlePart[];
  /** Lines above the list in README.txt. */
  readonly heading: readonly string[];
  /** Texts that must not be in it, whatever wrote them. */
  readonly secrets: readonly string[];
  readonly madeAt: Date;
}

/** A part that takes longer is left out: somebody waits for the download. */
const maxPartMs = 45_000;

const redacted = '[removed]';
/** Shorter ones are no secrets, and would tear words apart. */
const leastSecretLength = 8;

/** What looks like a key or a token of the platform, wherever it stands. */
const secretLooks = [
  /xb_[0-9a-f]{12}_[\w-]{20,}/g,
  /eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g,
  // Bots of Telegram, webhooks of Discord, passwords in URLs.
  /(?<!\d)\d{6,12}:[\w-]{30,}/g,
  /(\/api\/webhooks\/\d+\/)[\w-]+()/g,
  /(:\/\/[^\s/:@"]+:)[^\s/@"]+(@)/g,
];

/** Takes secrets out of a text, those that are known and those that look like one. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const known = secrets
    .filter((secret) => secret.length >= leastSecretLength)
    // As they stand in JSON, too.
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  const cleaned = known.reduce((rest, secret) => rest.replaceAll(secret, redacted), text);
  return secretLooks.reduce(
    (rest, look) =>
      rest.replace(look, (_all, before: unknown, after: unknown) =>
        typeof before === 'string' && typeof after === 'string' ? `${before}${redacted}${after}` : redacted,
      ),
    cleaned,
  );
}

function readmeOf({ parts, heading, madeAt }: BundleOptions): string {
  const width = Math.max(...parts.map(({ name }) => name.length)) + 2;
  return [
    `XenBlocks diagnostics, made at ${madeAt.toISOString()}`,
    ...heading,
    '',
    'Keys, passwords and secrets are not in it. It does name workers, addresses and files of this machine: look through',
    'it before you give it to somebody.',
    '',
    ...parts.map(({ name, about }) => `${name.padEnd(width)}${about}`),
    '',
  ].join('\n');
}

async function textOf({ read }: BundlePart): Promise<string> {
  try {
    const content = await within(Promise.resolve(read()), maxPartMs);
    if (content === 'late') return `It was not there after ${maxPartMs / 1000} s and was left out.\n`;
    return typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`;
  } catch (error) {
    return `It could not be read: ${messageOf(error)}\n`;
  }
}

/** The zip, made while it is read: README.txt first, then part by part. */
export function createBundle(options: BundleOptions): Readable {
  const { parts, secrets, madeAt } = options;
  const zip = new ZipFile();
  const add = (name: string, text: string) =>
    zip.addBuffer(Buffer.from(withoutSecrets(text, secrets)), name, { mtime: madeAt, mode: 0o100600 });
  const output = new PassThrough();
  zip.outputStream.pipe(output);
  zip.on('error', (error: Error) => void output.destroy(error));
  async function fill(): Promise<void> {
    add('README.txt', readmeOf(options));
    for (const part of parts) {
      // Nobody reads it any more.
      if (output.destroyed) return;
      add(part.name, await textOf(part));
    }
    zip.end();
  }
  fill().catch((error: unknown) => output.destroy(error instanceof Error ? error : new Error(String(error))));
  return output;
}
