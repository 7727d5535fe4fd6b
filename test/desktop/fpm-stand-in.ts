/**
 * Stands in for fpm, which electron-builder downloads to make packages of Linux: takes the same line, and makes a
 * Debian package with `dpkg-deb`. So what electron-builder asks for is tested where fpm can't be had.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const text = { type: 'string' } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    source: { ...text, short: 's' },
    target: { ...text, short: 't' },
    force: { type: 'boolean' },
    depends: { ...text, short: 'd', multiple: true },
    'deb-recommends': { ...text, multiple: true },
    'deb-compression': text,
    'deb-priority': text,
    architecture: text,
    'after-install': text,
    'after-remove': text,
    description: text,
    version: text,
    package: text,
    name: text,
    maintainer: text,
    vendor: text,
    url: text,
    license: text,
    category: text,
  },
});
const given = (name: keyof typeof values): string => {
  const value = values[name];
  if (typeof value !== 'string') throw new Error(`--${name} was not given`);
  return value;
};
if (given('source') !== 'dir' || given('target') !== 'deb') throw new Error('only deb of dir is known');

const top = mkdtempSync(join(tmpdir(), 'fpm-'));
try {
  for (const pair of positionals) {
    const [from = '', to = ''] = pair.split('=', 2);
    const place = join(top, to);
    mkdirSync(dirname(place), { recursive: true });
    // The package is large: its files are shared, not copied.
    if (from.endsWith('/')) execFileSync('cp', ['-al', from.slice(0, -1), place]);
    else cpSync(from, place);
  }
  const control = join(top, 'DEBIAN');
  mkdirSync(control);
  const [summary = '', ...more] = given('description').split('\n');
  const fields = {
    Package: given('name'),
    Version: given('version'),
    Architecture: given('architecture') === 'x86_64' ? 'amd64' : given('architecture'),
    Maintainer: given('maintainer'),
    Depends: (values.depends ?? []).join(', '),
    Recommends: (values['deb-recommends'] ?? []).join(', '),
    Section: values.category ?? 'default',
    Priority: given('deb-priority'),
    Homepage: given('url'),
    Description: [summary.trim(), ...more.map((line) => ` ${line.trim() === '' ? '.' : line.trim()}`)].join(
      '\n',
    ),
  };
  writeFileSync(
    join(control, 'control'),
    `${Object.entries(fields)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n')}\n`,
  );
  for (const [script, path] of [
    ['postinst', given('after-install')],
    ['postrm', given('after-remove')],
  ] as const)
    writeFileSync(join(control, script), readFileSync(path), { mode: 0o755 });
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zgzip', '-z1', '-b', top, given('package')]);
} finally {
  rmSync(top, { recursive: true });
}
