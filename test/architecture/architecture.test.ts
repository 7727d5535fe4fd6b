import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findCrossing } from './walls.ts';

const top = join(import.meta.dirname, '../..');
const sources = globSync('src-{main,preload,renderer}/**/*.{ts,vue}', { cwd: top }).map((path) =>
  path.replaceAll('\\', '/'),
);
const importPattern = /(?:from\s+|import\s*\(\s*|import\s+)'([^']+)'/g;

function importsOf(path: string): string[] {
  return [...readFileSync(join(top, path), 'utf8').matchAll(importPattern)].map((match) => match[1]!);
}

describe('the walls', () => {
  test('no import crosses a wall', () => {
    const crossings = sources.flatMap((path) =>
      importsOf(path).flatMap((specifier) => {
        const crossing = findCrossing(path, specifier);
        return crossing === undefined ? [] : [`${path}: ${crossing}`];
      }),
    );
    expect(sources.length).toBeGreaterThan(30);
    expect(crossings).toEqual([]);
  });

  test.each([
    ['src-main/contract/config.ts', 'node:fs'],
    ['src-main/contract/config.ts', '../platform/kernel/clock.ts'],
    ['src-main/platform/kernel/clock.ts', '../storage/storage.ts'],
    ['src-main/platform/http/mount.ts', '../features/fleet/index.ts'],
    ['src-main/platform/broker/broker.ts', '../http/http-server.ts'],
    ['src-main/platform/features/blocks/block.service.ts', '../fleet/fleet.service.ts'],
    ['src-main/platform/features/blocks/block.service.ts', 'kysely'],
    ['src-main/platform/features/fleet/fleet.service.ts', 'express'],
    ['src-main/platform/realtime/feed-client.ts', 'electron'],
    ['src-main/platform/platform.ts', '../cli/run.ts'],
    ['src-renderer/state/live.ts', '../../src-main/platform/kernel/clock.ts'],
    ['src-renderer/features/fleet/fleet-page.vue', 'electron'],
    ['src-main/cli/run.ts', '../electron/main.ts'],
    ['src-main/platform/platform.ts', 'electron'],
    ['src-preload/bridge.ts', '../src-main/platform/platform.ts'],
    ['src-preload/bridge.ts', '../src-main/electron/main.ts'],
  ])('%s may not import %s', (importer, specifier) => {
    expect(findCrossing(importer, specifier)).toBeTypeOf('string');
  });

  test('features do not import each other in circles', () => {
    const edges = new Map<string, Set<string>>();
    for (const path of sources) {
      const own = /features\/([^/]+)\//.exec(path)?.[1];
      if (own === undefined) continue;
      for (const specifier of importsOf(path)) {
        const other = /^\.\.\/([^/.]+)\/index\.ts$/.exec(specifier)?.[1];
        if (other !== undefined) edges.set(own, (edges.get(own) ?? new Set()).add(other));
      }
    }
    const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
      [...(edges.get(from) ?? [])].some((next) => {
        if (next === to) return true;
        if (seen.has(next)) return false;
        seen.add(next);
        return reaches(next, to, seen);
      });
    expect([...edges.keys()].filter((feature) => reaches(feature, feature))).toEqual([]);
  });

  test('only the command line ends the process', () => {
    const enders = sources.filter((path) => readFileSync(join(top, path), 'utf8').includes('process.exit('));
    expect(enders.every((path) => path.startsWith('src-main/cli/'))).toBe(true);
  });
});
