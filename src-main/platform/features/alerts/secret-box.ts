/** Secrets of channels as the database keeps them: a copy of the database alone opens nothing. */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const version = 'v1';
const cipher = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

export class SecretBox {
  readonly #key: () => Buffer;

  /** @param secret text that lies outside of the database; read with the first use */
  constructor(secret: () => string) {
    let key: Buffer | undefined;
    this.#key = () => (key ??= createHash('sha256').update(secret()).digest());
  }

  /** Empty stays empty. @param owner whose secret it is: for another it does not open */
  seal(plain: string, owner: string): string {
    if (plain === '') return '';
    const iv = randomBytes(ivBytes);
    const sealing = createCipheriv(cipher, this.#key(), iv).setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([sealing.update(plain, 'utf8'), sealing.final()]);
    return `${version}.${Buffer.concat([iv, sealing.getAuthTag(), sealed]).toString('base64url')}`;
  }

  /** undefined: it was sealed with another key, or is damaged. */
  open(sealed: string, owner: string): string | undefined {
    if (sealed === '') return '';
    try {
      const bytes = Buffer.from(sealed.slice(version.length + 1), 'base64url');
      const opening = createDecipheriv(cipher, this.#key(), bytes.subarray(0, ivBytes));
      opening.setAAD(Buffer.from(owner)).setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
      return Buffer.concat([opening.update(bytes.subarray(ivBytes + tagBytes)), opening.final()]).toString();
    } catch {
      return undefined;
    }
  }
}
