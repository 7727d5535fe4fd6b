import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configOptions } from '../src-main/contract/config.ts';
import { ConfigError, loadConfig } from '../src-main/platform/config/load-config.ts';
import { databasePathOf } from '../src-main/platform/platform.ts';
import { temporaryFolder } from './support/test-platform.ts';

/** Loads with a data folder that has no settings unless the test wrote some. */
function load(args: string[], environment: Record<string, string> = {}, dataDir = temporaryFolder()) {
  return loadConfig({ args: ['--data-dir', dataDir, ...args], environment });
}

function problemsOf(args: string[], environment: Record<string, string> = {}, dataDir?: string): string[] {
  try {
    load(args, environment, dataDir);
  } catch (error) {
    if (error instanceof ConfigError) return [...error.problems];
    throw error;
  }
  return [];
}

function folderWithSettings(settings: unknown): string {
  const folder = temporaryFolder();
  writeFileSync(
    join(folder, 'settings.json'),
    typeof settings === 'string' ? settings : JSON.stringify(settings),
  );
  return folder;
}

describe('defaults', () => {
  test('are those of the deployment guide, and are safe limits for the rest', () => {
    const config = loadConfig({ args: [], environment: {} });
    expect(config).toEqual({
      apiHost: '0.0.0.0',
      apiPort: 8080,
      announce: 'on',
      mqttHost: '0.0.0.0',
      mqttPort: 1883,
      trustProxy: undefined,
      allowedOrigin: [],
      dataDir: 'data',
      dbPath: undefined,
      backupDir: undefined,
      backupSchedule: '0 2 * * *',
      backupKeepDaily: 7,
      backupKeepWeekly: 4,
      ledgerCheckSchedule: '0 4 * * *',
      access: 'standard',
      jwtSecret: undefined,
      jwtSecretFile: undefined,
      adminKey: undefined,
      adminKeyFile: undefined,
      signInMaxPerMin: 30,
      verify: 'pow',
      difficulty: undefined,
      xuniWindow: undefined,
      blockMarker: '',
      noChain: false,
      simulate: 0,
      mqttMaxConnections: 10_000,
      mqttMaxPacketBytes: 65_536,
      mqttMaxTopicLevels: 10,
      mqttConnectTimeoutSec: 10,
      mqttMaxQueueBytes: 1_048_576,
      mqttMaxMessagesPerSec: 200,
      mqttMaxRetained: 50_000,
      maxWorkers: 20_000,
      wsMaxClients: 200,
      wsMaxQueueBytes: 8_388_608,
      httpMaxBodyBytes: 262_144,
      logLevel: 'info',
      logFormat: 'text',
      headless: false,
    });
    expect(databasePathOf(config)).toBe(join('data', 'marketplace.db'));
  });

  test('the database lies in the data folder unless it is named', () => {
    expect(databasePathOf(load([], {}, '/srv/farm'))).toBe('/srv/farm/marketplace.db');
    expect(databasePathOf(load(['--db-path', '/srv/other.db']))).toBe('/srv/other.db');
  });

  test('every setting has a flag and an environment variable after its name', () => {
    for (const { key, flag, environmentName } of configOptions) {
      const words = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      expect(flag).toBe(`--${words}`);
      expect(environmentName).toBe(`XENBLOCKS_${words.toUpperCase().replaceAll('-', '_')}`);
    }
  });
});

describe('precedence', () => {
  test('a flag wins over the environment, that over the settings file, that over the default', () => {
    const folder = folderWithSettings({ apiPort: 1001, mqttPort: 1002, maxWorkers: 1003 });
    const environment = { XENBLOCKS_API_PORT: '2001', XENBLOCKS_MQTT_PORT: '2002' };
    const config = load(['--api-port', '3001'], environment, folder);
    expect(config).toMatchObject({ apiPort: 3001, mqttPort: 2002, maxWorkers: 1003, wsMaxClients: 200 });
  });

  test('a switch in the environment can be turned off by its flag', () => {
    expect(load(['--no-chain=false'], { XENBLOCKS_NO_CHAIN: 'true' }).noChain).toBe(false);
  });

  test('an empty environment variable counts as absent', () => {
    expect(load([], { XENBLOCKS_API_PORT: '' }).apiPort).toBe(8080);
  });

  test('the environment names the data folder in which the settings file lies', () => {
    const folder = folderWithSettings({ apiPort: 1001 });
    const config = loadConfig({ args: [], environment: { XENBLOCKS_DATA_DIR: folder } });
    expect(config).toMatchObject({ dataDir: folder, apiPort: 1001 });
  });

  test('a value that is overridden is not looked at', () => {
    expect(load(['--api-port', '3001'], { XENBLOCKS_API_PORT: 'nonsense' }).apiPort).toBe(3001);
  });
});

describe('spelling', () => {
  test('a value follows its flag after a blank or an equals sign', () => {
    expect(load(['--api-port=9090', '--mqtt-port', '11883'])).toMatchObject({
      apiPort: 9090,
      mqttPort: 11_883,
    });
    expect(load(['--jwt-secret=a=b=c=d=e=f=g=h=i']).jwtSecret).toBe('a=b=c=d=e=f=g=h=i');
  });

  test('switches need no value and take one after an equals sign', () => {
    expect(load(['--headless', '--no-chain'])).toMatchObject({ headless: true, noChain: true });
    for (const [value, expected] of [
      ['1', true],
      ['on', true],
      ['no', false],
      ['FALSE', false],
    ] as const)
      expect(load([`--headless=${value}`]).headless).toBe(expected);
  });

  test('origins come repeated, as a list, and as an array in the settings file', () => {
    const expected = ['https://a.example', 'https://b.example:8443', 'http://c.example'];
    const [a = '', b = '', c = ''] = expected;
    expect(load(['--allowed-origin', `${a},${b}`, `--allowed-origin=${c}/`]).allowedOrigin).toEqual(expected);
    expect(load([], { XENBLOCKS_ALLOWED_ORIGIN: expected.join(', ') }).allowedOrigin).toEqual(expected);
    expect(load([], {}, folderWithSettings({ allowedOrigin: expected })).allowedOrigin).toEqual(expected);
  });

  test('origins are compared as browsers send them', () => {
    const given = ['--allowed-origin', 'HTTPS://Farm.example:443,http://a.example:80,http://a.example:8080'];
    expect(load(given).allowedOrigin).toEqual([
      'https://farm.example',
      'http://a.example',
      'http://a.example:8080',
    ]);
  });

  test('a secret file has to be there, to hold a secret, and to be the only one', () => {
    const folder = temporaryFolder();
    const file = join(folder, 'secret');
    const problem = () => loadProblems(['--jwt-secret-file', file]).join('\n');
    expect(problem()).toMatch(/^--jwt-secret-file: .*can't be read: ENOENT/);
    writeFileSync(file, 'short\n');
    expect(problem()).toMatch(/^--jwt-secret-file: .* must hold at least 16 characters$/);
    writeFileSync(file, 'a secret of more than 16 characters\n');
    expect(load(['--jwt-secret-file', file]).jwtSecretFile).toBe(file);
    expect(loadProblems(['--jwt-secret-file', file, '--jwt-secret', 'x'.repeat(32)])).toEqual([
      '--jwt-secret and --jwt-secret-file: give only one of them',
    ]);
  });

  test('a bare --trust-proxy trusts this machine, and leaves the next flag alone', () => {
    expect(load(['--trust-proxy']).trustProxy).toBe('loopback');
    expect(load(['--trust-proxy', '--no-chain', '--api-port', '9090'])).toMatchObject({
      trustProxy: 'loopback',
      noChain: true,
      apiPort: 9090,
    });
    expect(load(['--trust-proxy', '10.0.0.0/8, fd00::/8']).trustProxy).toBe('10.0.0.0/8, fd00::/8');
    expect(load(['--trust-proxy=1']).trustProxy).toBe('1');
  });

  test('a settings file may hold numbers and booleans or their text, and a byte order mark', () => {
    const folder = folderWithSettings('\uFEFF{"apiPort": 9090, "mqttPort": "11883", "noChain": true}');
    expect(load([], {}, folder)).toMatchObject({ apiPort: 9090, mqttPort: 11_883, noChain: true });
  });
});

describe('mistakes', () => {
  test('are all told at once, each with the name under which it was given', () => {
    const folder = folderWithSettings({ maxWorkers: 0, colour: 'red', logLevel: 5 });
    const file = join(folder, 'settings.json');
    const problems = problemsOf(
      ['--api-port', '70000', '--frobnicate', 'x', '--access=maybe', '--log-format', 'xml', 'start'],
      { XENBLOCKS_MQTT_PORT: 'abc', XENBLOCKS_HEADLESS: 'perhaps' },
      folder,
    );
    expect(problems).toEqual(
      expect.arrayContaining([
        '--api-port: must be a whole number from 0 to 65535, not "70000"',
        '--frobnicate: is not a known flag; see --help',
        '--access: must be one of open, standard, strict, not "maybe"',
        '--log-format: must be text or json, not "xml"',
        'start: is not a command or a flag; see --help',
        'XENBLOCKS_MQTT_PORT (--mqtt-port): must be a whole number from 0 to 65535, not "abc"',
        'XENBLOCKS_HEADLESS (--headless): must be true or false, not "perhaps"',
        `maxWorkers in ${file} (--max-workers): must be a whole number from 1 to 1000000, not 0`,
        `colour in ${file}: is not a known setting`,
      ]),
    );
    expect(problems).toHaveLength(10);
    expect(problems.find((problem) => problem.startsWith('logLevel'))).toContain('--log-level');
    for (const problem of problems) expect(problem).not.toContain('\n');
  });

  test.each([
    ['--api-port', '-1'],
    ['--api-port', '80.5'],
    ['--api-port', '0x50'],
    ['--api-port', '1e3'],
    ['--api-port', ' 80'],
    ['--api-port', ''],
    ['--mqtt-host', '  '],
    ['--data-dir', ''],
    ['--db-path', ''],
    ['--block-marker', 'XEN 11'],
    ['--block-marker', 'X'.repeat(65)],
    ['--log-level', 'loud'],
    ['--log-level', 'info,broker'],
    ['--log-level', 'info,broker=loud'],
    ['--log-level', 'info,brokr=debug'],
    ['--allowed-origin', 'farm.example.com'],
    ['--allowed-origin', 'https://farm.example.com/path'],
    ['--trust-proxy', '300.1.1.1'],
    ['--trust-proxy', 'abc'],
    ['--trust-proxy', '10.0.0.0/33'],
    ['--trust-proxy', '10.0.0.1,'],
    ['--mqtt-max-packet-bytes', '100'],
    ['--ws-max-clients', '0'],
    ['--no-chain', 'maybe', '='],
  ])('refuses %s %j', (flag, value, separator = '=') => {
    const args = [`${flag}${separator}${value}`];
    const problems = loadProblems(args);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${flag}: (must|may) .*, not ${escaped(JSON.stringify(value))}`));
  });

  test('a flag without its value, given twice, or before another flag is told as that', () => {
    expect(problemsOf(['--api-port'])).toEqual(['--api-port: needs a value (port)']);
    expect(problemsOf(['--api-port', '--no-chain'])).toEqual(['--api-port: needs a value (port)']);
    expect(problemsOf(['--api-port', '1', '--api-port=2'])).toEqual(['--api-port: is given twice']);
    expect(problemsOf(['-p', '--', '--trust-proxy', '--frobnicate'])).toEqual([
      '-p: is not a known flag; see --help',
      '--: is not a known flag; see --help',
      '--frobnicate: is not a known flag; see --help',
    ]);
  });

  test('an unknown flag that resembles one brings a suggestion', () => {
    expect(problemsOf(['--apiport', '80'])).toEqual([
      '--apiport: is not a known flag (did you mean --api-port?); see --help',
    ]);
  });

  test('one port for both servers is told before anything starts', () => {
    expect(problemsOf(['--api-port', '9000', '--mqtt-port', '9000'])).toEqual([
      '--api-port and --mqtt-port: must not be the same port',
    ]);
    expect(problemsOf(['--api-port', '0', '--mqtt-port', '0'])).toEqual([]);
    const apart = ['--api-host', '127.0.0.1', '--mqtt-host', '127.0.0.2'];
    expect(problemsOf([...apart, '--api-port', '9000', '--mqtt-port', '9000'])).toEqual([]);
  });

  test('secrets are never repeated', () => {
    const secret = 'Sh0rtSecret';
    const quoted = `"${secret}`;
    const all = [
      problemsOf(['--jwt-secret', secret]),
      problemsOf([`--jwt-secret=${secret}`]),
      problemsOf(['--jwt-secret', secret, '--jwt-secret', `${secret}2`]),
      problemsOf(['--jwt-secrets', secret]),
      problemsOf([`--jwt-secrets=${secret}`]),
      problemsOf([], { XENBLOCKS_JWT_SECRET: secret }),
      problemsOf([], {}, folderWithSettings({ jwtSecret: secret })),
      problemsOf([], {}, folderWithSettings(`{"jwtSecret": ${secret}`)),
      problemsOf([], {}, folderWithSettings(`{"jwtSecret": ${quoted}`)),
      problemsOf([], {}, folderWithSettings(JSON.stringify(secret))),
    ];
    for (const problems of all) {
      expect(problems).not.toEqual([]);
      expect(problems.join('\n')).not.toContain(secret);
    }
  });
});

describe('the settings file', () => {
  test.each([
    ['cut off', '{"apiPort": 9090,\n  "mqttPort": ', /is not JSON \(line 2, column \d+\)/],
    ['garbage', '\u0000\u0001 not json', /is not JSON; it was left as it is/],
    ['empty', '', /is not JSON \(line 1, column 1\)/],
    ['a list', '[]', /has to hold one JSON object/],
    ['null', 'null', /has to hold one JSON object/],
  ])('that is %s is a mistake and stays as it is', (_what, text, message) => {
    const folder = folderWithSettings(text);
    const problems = problemsOf([], {}, folder);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(message);
    expect(problems[0]).toContain(join(folder, 'settings.json'));
    expect(readFileSync(join(folder, 'settings.json'), 'utf8')).toBe(text);
  });

  test('that is a folder is a mistake', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'settings.json'));
    expect(problemsOf([], {}, folder)).toEqual([expect.stringContaining("settings.json: can't be read")]);
  });

  test("can't move the folder in which it lies", () => {
    const folder = folderWithSettings({ dataDir: '/elsewhere' });
    expect(problemsOf([], {}, folder)).toEqual([expect.stringContaining('dataDir in')]);
  });

  test('and its folder are not made by looking for them', () => {
    const folder = join(temporaryFolder(), 'missing');
    load([], {}, folder);
    expect(existsSync(folder)).toBe(false);
  });
});

function loadProblems(args: string[]): string[] {
  try {
    loadConfig({ args, environment: { XENBLOCKS_DATA_DIR: temporaryFolder() } });
    return [];
  } catch (error) {
    return [...(error as ConfigError).problems];
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
