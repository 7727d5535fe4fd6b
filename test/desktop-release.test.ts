import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const top = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(top, path), 'utf8');
const { scripts, dependencies } = JSON.parse(read('package.json')) as {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
};

/** What GitHub takes of a workflow, as far as this one uses it: a word that is not in it is a mistake. */
const stepSchema = z
  .strictObject({
    name: z.string().optional(),
    if: z.string().optional(),
    uses: z
      .string()
      .regex(/^actions\/[a-z-]+@v\d+$/)
      .optional(),
    with: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
    run: z.string().optional(),
    shell: z.enum(['bash', 'pwsh']).optional(),
    env: z.record(z.string(), z.string()).optional(),
  })
  .refine(({ uses, run }) => (uses === undefined) !== (run === undefined), 'either uses or run');
const jobSchema = z.strictObject({
  'runs-on': z.literal('${{ matrix.os }}'),
  needs: z.string().optional(),
  if: z.string().optional(),
  permissions: z.record(z.string(), z.enum(['read', 'write', 'none'])).optional(),
  strategy: z.strictObject({
    'fail-fast': z.boolean().optional(),
    matrix: z.strictObject({ os: z.array(z.string()) }),
  }),
  'timeout-minutes': z.number().int().optional(),
  steps: z.array(stepSchema),
});
const workflowSchema = z.strictObject({
  name: z.string(),
  on: z.strictObject({
    push: z.strictObject({ branches: z.array(z.string()), tags: z.array(z.string()) }),
    pull_request: z.null(),
  }),
  permissions: z.record(z.string(), z.enum(['read', 'write'])),
  jobs: z.strictObject({ test: jobSchema, package: jobSchema }),
});
type Job = z.infer<typeof jobSchema>;

const workflow = () => workflowSchema.parse(parse(read('.github/workflows/desktop.yml')));
const linesOf = ({ steps }: Job) =>
  steps.flatMap(({ run = '' }) => run.split('\n').filter((line) => line !== ''));

describe('the workflow of releases', () => {
  test('tests and packs on three systems; only a tag that all pass drafts a release, and only that may write', () => {
    const { jobs, permissions, on } = workflow();
    for (const job of Object.values(jobs))
      expect(job.strategy.matrix.os.map((os) => os.split('-')[0]).sort()).toEqual([
        'macos',
        'ubuntu',
        'windows',
      ]);
    expect(permissions).toEqual({ contents: 'read' });
    expect(on.push.tags).toEqual(['v*']);
    expect(jobs.package).toMatchObject({
      needs: 'test',
      if: "startsWith(github.ref, 'refs/tags/v')",
      permissions: { contents: 'write' },
    });
    expect(linesOf(jobs.package).join('\n')).toContain('--publish always');
    expect(linesOf(jobs.test).join('\n')).not.toContain('--publish always');
  });

  test('calls only scripts, programs and tests that there are', () => {
    const lines = Object.values(workflow().jobs).flatMap(linesOf);
    const called = lines.flatMap((line) =>
      [...line.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name),
    );
    expect(called).toEqual(expect.arrayContaining(['check', 'build']));
    for (const name of called) expect(scripts).toHaveProperty([name]);
    const programs = lines.flatMap((line) =>
      [...line.matchAll(/npx ([\w-]+)/g)].map(([, name = '']) => name),
    );
    for (const name of programs) expect(existsSync(join(top, 'node_modules/.bin', name)), name).toBe(true);
    const paths = lines.flatMap((line) => [...line.matchAll(/\btest\/[\w./-]+/g)].map(([path]) => path));
    expect(paths.length).toBeGreaterThan(0);
    for (const path of paths) expect(existsSync(join(top, path)), path).toBe(true);
  });

  test('is sound for the shell', () => {
    for (const line of Object.values(workflow().jobs).flatMap(({ steps }) =>
      steps.map(({ run = '' }) => run),
    ))
      execFileSync('bash', ['-n'], { input: line.replaceAll(/\$\{\{.*?\}\}/g, 'x') });
  });
});

describe('the configuration of packages', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.resetModules();
  });
  const load = async () => (await import('../build/electron-builder.ts')).default;

  test('names no place of its own: the repository of the workflow is where releases and updates are', async () => {
    vi.stubEnv('GITHUB_REPOSITORY', 'somebody/a-farm');
    expect(await load()).toMatchObject({
      publish: { provider: 'github', owner: 'somebody', repo: 'a-farm', releaseType: 'draft' },
      linux: { maintainer: 'somebody <somebody@users.noreply.github.com>' },
      extraMetadata: { homepage: 'https://github.com/somebody/a-farm' },
    });
  });

  test('publishes nowhere without one', async () => {
    vi.stubEnv('GITHUB_REPOSITORY', '');
    expect((await load()).publish).toBeNull();
  });

  test('makes what each system installs', async () => {
    const { linux, mac, win } = await load();
    expect(linux?.target).toEqual(['AppImage', 'deb', 'rpm']);
    expect(mac?.target).toEqual([
      { target: 'dmg', arch: 'universal' },
      { target: 'zip', arch: 'universal' },
    ]);
    expect(win?.target).toBe('nsis');
  });

  test('packs native code that is there for every system that it is for', () => {
    const prebuilds = globSync('node_modules/better-sqlite3/prebuilds/*.node', { cwd: top }).map((path) =>
      path.split(/[\\/]/).at(-1),
    );
    for (const system of ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64'])
      expect(prebuilds).toContain(`${system}.node`);
    expect(dependencies).toHaveProperty(['@node-rs/argon2']);
  });
});
