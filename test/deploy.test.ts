import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { configOptions } from '../src-main/contract/config.ts';
import { loadConfig } from '../src-main/platform/config/load-config.ts';
import { freePort } from './support/ports.ts';
import { PlatformProcess } from './support/platform-process.ts';
import { accountBlock } from './support/proof-vectors.ts';
import { temporaryFolder } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const top = join(import.meta.dirname, '..');
const deployFolder = join(top, 'resources/deploy');
const shipped = (name: string) => readFileSync(join(deployFolder, name), 'utf8');
const files = readdirSync(deployFolder);

interface PackageJson {
  readonly config: { readonly nodeFlags: string };
  readonly dependencies: Readonly<Record<string, string>>;
}
const packageJson = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')) as PackageJson;

describe('the deployment files', () => {
  test('name only settings that exist', () => {
    const known = new Set(configOptions.map(({ environmentName }) => environmentName));
    for (const file of files) {
      const named = [...shipped(file).matchAll(/\bXENBLOCKS_[A-Z_]+\b/g)].map(([name]) => name);
      expect(
        named.filter((name) => !known.has(name)),
        file,
      ).toEqual([]);
    }
  });

  test('name only flags that exist', () => {
    const known = new Set(configOptions.map(({ flag }) => flag));
    /** Of the other programs in these files. */
    const ofOthers = new Set([
      ...['--max-semi-space-size', '--ignore-scripts', '--omit', '--from', '--profile'],
      ...['--interval', '--timeout', '--start-period', '--retries', '--name'],
      ...['--config.file', '--storage.tsdb.path', '--storage.tsdb.retention.time', '--reuid', '--regid'],
      ...['--init-groups', '--system', '--home-dir', '--shell', '--now'],
      ...['--ff-only', '--webroot'],
    ]);
    for (const file of files) {
      const named = [...shipped(file).matchAll(/(?<![\w-])--[a-z][a-z.-]*[a-z]/g)].map(([flag]) => flag);
      expect(
        named.filter((flag) => !known.has(flag) && !ofOthers.has(flag)),
        file,
      ).toEqual([]);
    }
  });

  test('hold an example of settings in which every line is taken', () => {
    const lines = [...shipped('environment').matchAll(/^#?(XENBLOCKS_[A-Z_]+)=(.+)$/gm)];
    expect(lines.length).toBeGreaterThan(5);
    const environment = Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value]));
    const config = loadConfig({ args: ['--data-dir', temporaryFolder()], environment });
    expect(config).toMatchObject({ apiHost: '127.0.0.1', access: 'strict', logFormat: 'json' });
  });
});

interface Service {
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly networks: readonly string[] | Readonly<Record<string, { readonly ipv4_address: string }>>;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly configs?: readonly { readonly source: string }[];
  readonly stop_grace_period?: string;
  readonly profiles?: readonly string[];
  readonly build?: { readonly context: string; readonly dockerfile: string };
}
interface Compose {
  readonly services: Readonly<Record<'platform' | 'nginx' | 'prometheus' | 'grafana', Service>>;
  readonly configs: Readonly<Record<string, { readonly content: string }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly networks: {
    readonly xenblocks: { readonly ipam: { readonly config: readonly { readonly subnet: string }[] } };
  };
}

/** `[instruction, rest]` a line, lines that go on joined. */
const instructions = shipped('Dockerfile')
  .replace(/\\\n\s*/g, ' ')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)] as const);
const restOf = (name: string) =>
  instructions.filter(([instruction]) => instruction === name).map(([, rest]) => rest);

describe('the image', () => {
  test('is built of files that are there, which the build may see', () => {
    const seen = shipped('Dockerfile.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = restOf('COPY')
      .filter((rest) => !rest.startsWith('--from='))
      .flatMap((rest) => rest.split(' ').slice(0, -1));
    expect(copied.length).toBeGreaterThan(5);
    for (const path of copied) {
      expect(existsSync(join(top, path)), path).toBe(true);
      expect(seen, path).toContain(path);
    }
  });

  test('starts the program as it is measured, without root, and offers its ports and its data', () => {
    const [entry = ''] = restOf('ENTRYPOINT');
    expect(JSON.parse(entry)).toEqual(['node', packageJson.config.nodeFlags, 'out/main/cli.js']);
    expect(restOf('CMD')).toEqual(['["--headless"]']);
    expect(restOf('USER')).toEqual(['node']);
    expect(restOf('EXPOSE')).toEqual(['1883 8080']);
    expect(restOf('VOLUME')).toEqual(['/data']);
    expect(restOf('ENV')[0]).toContain('XENBLOCKS_DATA_DIR=/data');
    const [major] = packageJson.dependencies['node']!.split('.');
    for (const image of restOf('FROM')) expect(image).toMatch(`node:${major}-bookworm-slim`);
  });

  test('is healthy when the platform is ready, and only then', async () => {
    const [check = ''] = restOf('HEALTHCHECK');
    const [command, ...args] = JSON.parse(check.slice(check.indexOf('CMD ') + 4)) as [string, ...string[]];
    expect(command).toBe('node');
    const run = (port: number) =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, args, { env: { XENBLOCKS_API_PORT: String(port) } });
        child.on('close', resolve);
      });
    const { ready } = await PlatformProcess.start(temporaryFolder());
    expect(await run(ready.api_port)).toBe(0);
    expect(await run(await freePort())).toBe(1);
  });
});

test('the built program needs nothing of node_modules but what stays when the development packages go', async () => {
  const folder = temporaryFolder();
  cpSync(join(top, 'out'), join(folder, 'out'), { recursive: true });
  cpSync(join(top, 'resources/web'), join(folder, 'resources/web'), { recursive: true });
  cpSync(join(top, 'package.json'), join(folder, 'package.json'));
  const [, list = ''] =
    /external: \[([^\]]*)\]/.exec(readFileSync(join(top, 'electron.vite.config.ts'), 'utf8')) ?? [];
  const external = [...list.matchAll(/'([^']+)'/g)].map(([, name = '']) => name);
  expect(external.length).toBeGreaterThan(0);
  for (const name of external) {
    expect(packageJson.dependencies, name).toHaveProperty([name]);
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    // Through the link it finds what it needs itself beside its real place.
    symlinkSync(join(top, 'node_modules', name), link);
  }
  const program = join(folder, 'out/main/cli.js');
  const proof = ['--key', accountBlock.key, '--hash', accountBlock.hash];
  const verified = spawnSync(process.execPath, [program, 'verify-block', ...proof], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(verified.stdout, verified.stderr).toMatch(/^Proven/m);

  const ports = [
    '--api-port',
    '0',
    '--mqtt-port',
    '0',
    '--api-host',
    '127.0.0.1',
    '--mqtt-host',
    '127.0.0.1',
  ];
  const child = spawn(
    process.execPath,
    [program, '--headless', ...ports, '--data-dir', join(folder, 'data')],
    {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const url = await waitFor(() => /Dashboard +(http\S+)/.exec(said)?.[1], 'the banner');
  expect((await fetch(url)).status).toBe(200);
  expect((await fetch(new URL('/metrics', url))).status).toBe(200);
  child.kill('SIGTERM');
  expect(await once(child, 'close')).toEqual([0, null]);
});

describe('the compose file', () => {
  const compose = parse(shipped('compose.yaml')) as Compose;
  const { platform, nginx, prometheus, grafana } = compose.services;

  test('runs the image with its ports and data, and gives it the time to stop', () => {
    expect(platform.build).toEqual({ context: '../..', dockerfile: 'resources/deploy/Dockerfile' });
    expect(platform.ports).toEqual(['1883:1883', '127.0.0.1:8080:8080']);
    expect(platform.volumes).toEqual(['data:/data']);
    expect(Number.parseInt(platform.stop_grace_period ?? '', 10)).toBeGreaterThan(8);
    expect(platform.profiles).toBeUndefined();
    const config = loadConfig({
      args: ['--data-dir', temporaryFolder()],
      environment: platform.environment ?? {},
    });
    const [subnet] = compose.networks.xenblocks.ipam.config;
    const address = Object.values(nginx.networks)[0] as { ipv4_address: string };
    expect(config.trustProxy).toBe(address.ipv4_address);
    expect(subnet!.subnet).toBe(address.ipv4_address.replace(/\d+$/, '0/24'));
  });

  test('brings its other programs the files that are shipped, and only in their profiles', () => {
    expect(nginx.profiles).toEqual(['proxy']);
    expect(prometheus.profiles).toEqual(['monitoring']);
    expect(grafana.profiles).toEqual(['monitoring']);
    for (const { volumes = [], configs = [] } of Object.values(compose.services)) {
      for (const volume of volumes) {
        const [source = ''] = volume.split(':');
        // The certificate is the operator's.
        if (source === './tls') continue;
        if (source.startsWith('./')) expect(existsSync(join(deployFolder, source)), source).toBe(true);
        else expect(compose.volumes).toHaveProperty(source);
      }
      for (const { source } of configs)
        expect(parse(compose.configs[source]!.content)).toHaveProperty('apiVersion', 1);
    }
  });

  test.each([
    ['nginx', nginx.command, 'nginx.conf', '127.0.0.1:8080'],
    ['prometheus', prometheus.entrypoint, 'prometheus.yml', 'localhost:8080'],
  ] as const)('points %s to the platform', (_name, command, file, shippedTarget) => {
    const [edit = ''] = command![2]!.split(' >');
    const script = edit.replace(/ \/site\/\S+/, ` ${join(deployFolder, file)}`);
    const edited = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
    const settings = (text: string) => text.replace(/^\s*#.*$/gm, '');
    expect(settings(edited)).toContain('platform:8080');
    expect(settings(edited)).toBe(settings(shipped(file)).replaceAll(shippedTarget, 'platform:8080'));
  });
});

test('the command for servers runs the program, with the settings of the environment', () => {
  const path = join(deployFolder, 'xenblocks');
  expect(statSync(path).mode & 0o111).not.toBe(0);
  const folder = temporaryFolder();
  const link = join(folder, 'xenblocks');
  symlinkSync(path, link);
  const environment = { PATH: process.env['PATH'], XENBLOCKS_DATA_DIR: join(folder, 'nothing') };
  const run = (...args: string[]) => spawnSync(link, args, { encoding: 'utf8', env: environment });
  expect(run('--version')).toMatchObject({ status: 0, stderr: '' });
  const refused = run('check-ledger');
  expect(refused.status).toBe(1);
  expect(refused.stderr).toContain(join(folder, 'nothing'));
});

const hasLogrotate = spawnSync('logrotate', ['--version']).error === undefined;

test.skipIf(!hasLogrotate)(
  'logrotate takes the log away while the platform writes to it, and no line is torn or lost' +
    (hasLogrotate ? '' : ' (SKIPPED: logrotate is not installed)'),
  async () => {
    const folder = temporaryFolder();
    const log = join(folder, 'server.log');
    const ports = [
      '--api-port',
      '0',
      '--mqtt-port',
      '0',
      '--api-host',
      '127.0.0.1',
      '--mqtt-host',
      '127.0.0.1',
    ];
    const file = openSync(log, 'a');
    const child = spawn(
      process.execPath,
      [join(top, 'out/main/cli.js'), '--headless', ...ports, '--data-dir', join(folder, 'data')],
      { stdio: ['ignore', file, file] },
    );
    onTestFinished(() => void child.kill('SIGKILL'));
    await waitFor(() => /Access +standard\n.*\n/.test(readFileSync(log, 'utf8')), 'the banner');
    const before = readFileSync(log, 'utf8');
    const configuration = join(folder, 'logrotate');
    writeFileSync(configuration, shipped('logrotate').replace('/var/log/xenblocks', folder), { mode: 0o600 });
    execFileSync('logrotate', ['--force', '--state', join(folder, 'state'), configuration]);
    expect(readFileSync(`${log}.1`, 'utf8')).toBe(before);
    child.kill('SIGTERM');
    await once(child, 'close');
    expect(readFileSync(log, 'utf8')).toMatch(
      /^\d\d:\d\d:\d\d \[server {4}\] INFO SIGTERM: stopping\n\d\d:\d\d:\d\d \[server {4}\] INFO stopped\n$/,
    );
  },
);
