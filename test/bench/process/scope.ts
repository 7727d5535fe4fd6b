import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';

type Release = () => Promise<void> | void;

const liveChildren = new Set<ChildProcess>();
const liveDirectories = new Set<string>();

/** Collects what one scenario opened; `close` gives it back in reverse order, also after a failure. */
export class Scope {
  private readonly releases: Release[] = [];
  private closed = false;

  /** Registers something to be undone when the scope closes; undoes it at once when it is closed already. */
  add(release: Release): void {
    if (!this.closed) {
      this.releases.push(release);
      return;
    }
    void release();
    throw new Error('the scenario is over');
  }

  /** Makes a temporary directory that is gone with the scope. */
  temporaryDirectory(): string {
    const directory = mkdtempSync(join(tmpdir(), 'xenblocks-bench-'));
    liveDirectories.add(directory);
    this.add(() => removeDirectory(directory));
    return directory;
  }

  /** Undoes everything; the first error is thrown after all releases ran. */
  async close(): Promise<void> {
    this.closed = true;
    let failure: unknown;
    for (let release = this.releases.pop(); release !== undefined; release = this.releases.pop()) {
      try {
        await release();
      } catch (error) {
        failure ??= error;
      }
    }
    if (failure !== undefined)
      throw failure instanceof Error ? failure : new Error('clean-up failed', { cause: failure });
  }
}

/** Remembers a child process until it exits, so that an interrupted run leaves none behind. */
export function trackChild(child: ChildProcess): void {
  liveChildren.add(child);
  const forget = (): void => void liveChildren.delete(child);
  child.once('exit', forget);
  child.once('error', forget);
}

/** Kills remembered children and removes temporary directories on exit, SIGINT, SIGTERM and SIGHUP. */
export function installEmergencyCleanup(): void {
  process.on('exit', () => {
    for (const child of liveChildren) child.kill('SIGKILL');
    for (const directory of liveDirectories) removeDirectory(directory);
  });
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.on(signal, () => process.exit(code));
  }
}

function removeDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  liveDirectories.delete(directory);
}
