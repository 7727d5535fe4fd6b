import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/test-platform.ts';
import { describeInElectron } from './electron.ts';
import { copyPackage, grantSandbox, startPackaged } from './packaged-window.ts';
import { makePackage } from './package.ts';

/** Everybody of Linux has it; it owns nothing. */
const user = 'nobody';

/** The processes of a program's pages. */
function pageProcesses(userFolder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return line.includes('--type=renderer') && line.includes(`--user-data-dir=${userFolder}`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

const fieldOf = (pid: number, name: string) =>
  new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];

const isRoot = process.platform === 'linux' && process.getuid?.() === 0;

describeInElectron('the sandbox of the pages', () => {
  beforeAll(makePackage, 300_000);

  // Only root can give the helper its rights and start a program as somebody else.
  describe.runIf(isRoot)('of somebody who is not root', () => {
    test('is closed: system calls are filtered, nothing of the machine is seen, and the dashboard works in it', async () => {
      const program = copyPackage();
      grantSandbox(program);
      const userFolder = temporaryFolder();
      execFileSync('chown', ['-R', user, userFolder]);
      const started = await startPackaged({ program, userFolder, user, environment: { HOME: userFolder } });
      await started.page.getByText('Operator').first().waitFor();
      const pids = pageProcesses(userFolder);
      expect(pids.length).toBeGreaterThan(0);
      for (const pid of pids) {
        expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain('--no-sandbox');
        // 2: by a filter of the program's own (SECCOMP_MODE_FILTER).
        expect([fieldOf(pid, 'Seccomp'), fieldOf(pid, 'NoNewPrivs'), fieldOf(pid, 'CapEff')]).toEqual([
          '2',
          '1',
          '0000000000000000',
        ]);
      }
    });
  });
});
