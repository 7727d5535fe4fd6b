import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { temporaryFolder } from './test-platform.ts';

export interface BuiltDashboard {
  readonly folder: string;
  readonly page: string;
  /** Larger than what is compressed on the fly; with its copies. */
  readonly script: string;
  /** The same without copies. */
  readonly picture: string;
}

/** Paths of the files that the page loads. */
export const builtPaths = {
  script: '/dashboard/assets/index-BxK2c9Qd.js',
  style: '/dashboard/assets/index-C3dd81Lq.css',
  picture: '/dashboard/assets/mark-DaT0qk3z.svg',
};

/** A folder as the build leaves it: hashed assets, with compressed copies of what is text. Gone with the test. */
export function buildDashboard(folder = join(temporaryFolder(), 'renderer')): BuiltDashboard {
  const script = `export const lines = ${JSON.stringify(Array.from({ length: 300 }, (_, line) => `line ${line}`))};\n`;
  const picture = `<svg xmlns="http://www.w3.org/2000/svg">${'<path d="M8 1l6 3.5v7z" />'.repeat(200)}</svg>\n`;
  const page =
    '<!doctype html><html lang="en"><head><title>XenBlocks</title>' +
    `<script type="module" src="${builtPaths.script}"></script><link rel="stylesheet" href="${builtPaths.style}" />` +
    '</head><body><div id="app"></div></body></html>\n';
  mkdirSync(join(folder, 'assets'), { recursive: true });
  const write = (path: string, text: string, hasCopies: boolean) => {
    const file = join(folder, path.replace(/^\/dashboard\//, ''));
    writeFileSync(file, text);
    if (!hasCopies) return;
    writeFileSync(`${file}.br`, brotliCompressSync(text));
    writeFileSync(`${file}.gz`, gzipSync(text));
  };
  write('/dashboard/index.html', page, true);
  write(builtPaths.script, script, true);
  write(builtPaths.style, 'body { margin: 0 }\n', true);
  write(builtPaths.picture, picture, false);
  return { folder, page, script, picture };
}
