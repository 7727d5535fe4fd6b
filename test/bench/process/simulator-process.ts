import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { trackChild } from './scope.ts';
import type { Scope } from './scope.ts';

/** The built program's `simulate` as a child process. */
export class SimulatorProcess {
  private readonly child: ChildProcess;
  private readonly exited: Promise<number | null>;

  /** Spawns it; it is killed when the scope closes, unless `stop` came first. */
  constructor(scope: Scope, cli: string, flags: readonly string[]) {
    this.child = spawn(process.execPath, [cli, 'simulate', '--broker', '127.0.0.1', ...flags], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    trackChild(this.child);
    this.exited = new Promise((resolve) => {
      this.child.once('exit', (code) => resolve(code));
      this.child.once('error', () => resolve(null));
    });
    scope.add(() => void this.child.kill('SIGKILL'));
  }

  /** The operating system's id of the simulator. */
  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Ends it like Ctrl-C; returns its exit code. */
  stop(): Promise<number | null> {
    this.child.kill('SIGINT');
    return this.exited;
  }
}
