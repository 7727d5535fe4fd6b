import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const program = join(import.meta.dirname, '../../out/main/cli.js');

export interface ReadyRecord {
  readonly api_port: number;
  readonly mqtt_port: number;
  readonly pid: number;
}

/** The built program as a real process. */
export class PlatformProcess {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  readonly #exit: Promise<number | null>;

  private constructor(args: readonly string[], environment: Record<string, string>) {
    this.child = spawn(process.execPath, [program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.#exit = once(this.child, 'close').then(([code]) => code as number | null);
    onTestFinished(() => void this.child.kill('SIGKILL'));
  }

  /** Starts the program; it is killed when the test ends. */
  static spawn(args: readonly string[], environment: Record<string, string> = {}): PlatformProcess {
    return new PlatformProcess(args, environment);
  }

  /** Starts it on free loopback ports and waits until it is ready. */
  static async start(
    dataDir: string,
    args: readonly string[] = [],
    environment: Record<string, string> = {},
  ): Promise<PlatformProcess & { ready: ReadyRecord }> {
    const started = PlatformProcess.spawn(
      [
        ...[
          '--headless',
          '--api-host',
          '127.0.0.1',
          '--mqtt-host',
          '127.0.0.1',
          '--api-port',
          '0',
          '--mqtt-port',
          '0',
        ],
        ...['--data-dir', dataDir, '--log-format', 'json', ...args],
      ],
      environment,
    );
    return Object.assign(started, { ready: await started.#waitUntilReady() });
  }

  /** The exit code; null when a signal ended it. */
  exitCode(): Promise<number | null> {
    return this.#exit;
  }

  /** Sends a signal and waits for the end. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.#exit;
  }

  #waitUntilReady(): Promise<ReadyRecord> {
    const { stdout } = this.child;
    if (!stdout) throw new Error('the program has no output');
    return new Promise((resolve, reject) => {
      createInterface({ input: stdout }).on('line', (line) => {
        const record = JSON.parse(line) as ReadyRecord & { event?: string };
        if (record.event === 'ready') resolve(record);
      });
      void this.#exit.then(() => reject(new Error(`the program ended before it was ready: ${this.stderr}`)));
    });
  }
}
