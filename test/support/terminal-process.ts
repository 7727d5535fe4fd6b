import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { onTestFinished } from 'vitest';

/** The command that gives a program a terminal of its own. */
export const hasTerminal = spawnSync('script', ['--version']).error === undefined;

/** The built program on a terminal. */
export class TerminalProcess {
  screen = '';
  readonly #terminal: ChildProcessByStdio<Writable, Readable, null>;
  readonly #closed: Promise<unknown>;

  private constructor(args: readonly string[]) {
    const program = join(import.meta.dirname, '../../out/main/cli.js');
    const line = [process.execPath, program, ...args].map((word) => `'${word}'`).join(' ');
    this.#terminal = spawn('script', ['-q', '-e', '-f', '-c', `exec ${line}`, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#terminal.stdout.on('data', (chunk: Buffer) => (this.screen += chunk.toString()));
    this.#closed = once(this.#terminal, 'close');
    onTestFinished(async () => {
      this.#terminal.kill('SIGTERM');
      await this.#closed;
    });
  }

  static spawn(args: readonly string[]): TerminalProcess {
    return new TerminalProcess(args);
  }

  /** Types keys, and waits for the program's end. */
  async type(keys: string): Promise<void> {
    this.#terminal.stdin.write(keys);
    await this.#closed;
  }
}
