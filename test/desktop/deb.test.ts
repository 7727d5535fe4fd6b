import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/test-platform.ts';
import { describeInElectron } from './electron.ts';
import { copyPackage } from './packaged-window.ts';
import { build, makePackage } from './package.ts';

const isDebian = existsSync('/usr/bin/dpkg-deb');

/** A folder with a program `fpm` that makes Debian packages as electron-builder asks for them. */
function fpmFolder(): string {
  const folder = temporaryFolder();
  const script = join(import.meta.dirname, 'fpm-stand-in.ts');
  writeFileSync(join(folder, 'fpm'), `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`);
  chmodSync(join(folder, 'fpm'), 0o755);
  return folder;
}

describeInElectron('the package of Debian', () => {
  beforeAll(makePackage, 300_000);

  describe.runIf(isDebian)('as electron-builder asks for it', () => {
    test('puts the program, its command, its entry in the menus, its links and its icons in their places', async () => {
      const output = temporaryFolder();
      const prepackaged = dirname(copyPackage());
      await build(
        [
          '--linux',
          'deb',
          `--${process.arch}`,
          '--prepackaged',
          prepackaged,
          `-c.directories.output=${output}`,
        ],
        {
          USE_SYSTEM_FPM: 'true',
          PATH: `${fpmFolder()}:${process.env['PATH']}`,
          GITHUB_REPOSITORY: 'somebody/a-farm',
        },
      );
      const [name = ''] = readdirSync(output).filter((file) => file.endsWith('.deb'));
      const deb = join(output, name);
      expect(name).toMatch(/^xenblocks-control-center_\d+\.\d+\.\d+_(amd64|arm64)\.deb$/);
      const fieldOf = (field: string) => execFileSync('dpkg-deb', ['-f', deb, field]).toString().trim();
      expect(fieldOf('Package')).toBe('xenblocks-control-center');
      expect(fieldOf('Maintainer')).toBe('somebody <somebody@users.noreply.github.com>');
      expect(fieldOf('Homepage')).toBe('https://github.com/somebody/a-farm');
      expect(fieldOf('Depends')).toContain('libgtk-3-0');

      const [tree, control] = [temporaryFolder(), temporaryFolder()];
      execFileSync('dpkg-deb', ['-x', deb, tree]);
      execFileSync('dpkg-deb', ['-e', deb, control]);
      const entry = readFileSync(join(tree, 'usr/share/applications/xenblocks.desktop'), 'utf8');
      expect(entry).toMatch(/^Exec=\/opt\/XenBlocks\/xenblocks %U$/m);
      expect(entry).toMatch(/^MimeType=x-scheme-handler\/xenblocks;$/m);
      expect(entry).toMatch(/^Icon=xenblocks$/m);
      for (const size of [16, 48, 256, 512])
        expect(existsSync(join(tree, `usr/share/icons/hicolor/${size}x${size}/apps/xenblocks.png`))).toBe(
          true,
        );
      expect(readFileSync(join(control, 'postinst'), 'utf8')).toContain("'/opt/XenBlocks/xenblocks'");

      const folder = join(tree, 'opt/XenBlocks');
      const resources = join(folder, 'resources');
      expect(readFileSync(join(resources, 'package-type'), 'utf8')).toBe('deb');
      expect(readFileSync(join(resources, 'app-update.yml'), 'utf8')).toContain('owner: somebody');
      expect(statSync(join(folder, 'xenblocks')).mode & 0o111).toBe(0o111);
      const version = execFileSync(join(folder, 'xenblocks'), ['--no-sandbox', '--version'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      expect(version.toString()).toMatch(/^\d+\.\d+\.\d+\n$/);
    });
  });
});
