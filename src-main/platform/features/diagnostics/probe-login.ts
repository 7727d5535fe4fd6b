/** With which the platform's own try of the broker comes in, in every access mode. */
import { randomBytes, timingSafeEqual } from 'node:crypto';

export class ProbeLogin {
  readonly username = 'self-check';
  #password: Buffer | undefined;

  /** Lets one try in, until `close`. @returns its password */
  open(): string {
    const password = randomBytes(32).toString('base64url');
    this.#password = Buffer.from(password);
    return password;
  }

  close(): void {
    this.#password = undefined;
  }

  /** Whether it is the try that is under way. */
  matches(username: string, password: string): boolean {
    const given = Buffer.from(password);
    return (
      username === this.username &&
      this.#password?.length === given.length &&
      timingSafeEqual(this.#password, given)
    );
  }
}
