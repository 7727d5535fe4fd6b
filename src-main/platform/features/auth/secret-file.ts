/** Secrets that the platform makes for itself and keeps beside the database. */
import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { randomBytes } from 'node:crypto';
import { minSecretLength } from '../../../contract/config.ts';
import { messageOf, StartupError } from '../../kernel/app-error.ts';

const ownerOnly = 0o600;

/** Replaces the file at once: nobody ever reads half of it, or may read it at all. */
export function writeSecretFile(path: string, secret: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, `${secret}\n`, { mode: ownerOnly, flag: 'wx' });
  renameSync(draft, path);
}

/**
 * The secret in a file; undefined when there is no such file. A file that others may read is closed to them.
 *
 * @throws StartupError when it can't be read or holds too little
 */
export function readSecretFile(path: string): string | undefined {
  let secret: string;
  try {
    secret = readFileSync(path, 'utf8').trim();
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, ownerOnly);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new StartupError(`${path} can't be read: ${messageOf(error)}. Nothing was started.`);
  }
  if (secret.length >= minSecretLength) return secret;
  throw new StartupError(
    `${path} must hold at least ${minSecretLength} characters. Remove it and a new secret is made; what the old one ` +
      'opened ends.',
  );
}

/** The secret in a file, made when there is none. */
export function keepSecret(path: string): string {
  const known = readSecretFile(path);
  if (known !== undefined) return known;
  const secret = randomBytes(32).toString('base64url');
  try {
    writeSecretFile(path, secret);
  } catch (error) {
    throw new StartupError(`${path} can't be written: ${messageOf(error)}. Nothing was started.`);
  }
  return secret;
}
