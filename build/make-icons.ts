/** Makes every icon from `build/icon.svg`: run it after the drawing has changed (`npm run icons`). */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';

const top = join(import.meta.dirname, '..');

/** The drawing; the fill of its hexagon tells the tray's states apart, and so does a mark in its corner. */
const source = readFileSync(join(import.meta.dirname, 'icon.svg'), 'utf8');
const ownFill = '#0d8f9f';

const trays = {
  ok: { fill: ownFill, mark: '' },
  warning: {
    fill: '#b9770e',
    mark: '<path fill="#fff" stroke="#b9770e" stroke-width="1" d="M25 19l6.5 11.5h-13z"/>',
  },
  offline: {
    fill: '#7b8087',
    mark: '<circle cx="25.5" cy="25.5" r="5.5" fill="#fff" stroke="#7b8087" stroke-width="2"/>',
  },
} as const;

/** Sizes of Linux's icon folders; the largest is what the other systems' icons are made from. */
const sizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024];

function render(svg: string, size: number): Buffer {
  return new Resvg(svg, { fitTo: { mode: 'width', value: size } }).render().asPng();
}

/** Every made file by its path from the top, with what it should hold. */
export function makeIcons(): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const size of sizes) files.set(`build/icons/${size}x${size}.png`, render(source, size));
  files.set('build/icon.png', render(source, 1024));
  files.set('resources/desktop/icon.svg', Buffer.from(source));
  files.set('src-renderer/public/icon.svg', Buffer.from(source));
  for (const [name, { fill, mark }] of Object.entries(trays)) {
    const svg = source.replace(ownFill, fill).replace('</svg>', `${mark}</svg>`);
    files.set(`resources/desktop/tray-${name}.png`, render(svg, 16));
    files.set(`resources/desktop/tray-${name}@2x.png`, render(svg, 32));
  }
  return files;
}

if (import.meta.main) {
  mkdirSync(join(top, 'build/icons'), { recursive: true });
  for (const [path, content] of makeIcons()) writeFileSync(join(top, path), content);
}
