import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createLogger } from '../src-main/platform/kernel/logger.ts';
import { PlatformProcess } from './support/platform-process.ts';
import { TestMiner } from './support/test-miner.ts';
import { startTestPlatform, temporaryFolder } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const textLine = /^\d\d:\d\d:\d\d \[[a-z ]{10}\] (TRACE|DEBUG|INFO|WARNING|ERROR|CRITICAL) \S/;

const loopback = ['--headless', '--api-host', '127.0.0.1', '--mqtt-host', '127.0.0.1'];
const freePorts = ['--api-port', '0', '--mqtt-port', '0'];

function memoryLog(level = 'info', format: 'text' | 'json' = 'text') {
  const lines: string[] = [];
  const loggers = createLogger({ level, format, write: (line) => lines.push(line) });
  return { lines, loggers };
}

describe('a text line', () => {
  test('is HH:MM:SS [module    ] LEVEL message, with the fields behind it', () => {
    const { lines, loggers } = memoryLog('trace');
    const logger = loggers.module('broker');
    logger.info({ client: 'xenminer_1', count: 2, why: 'two words' }, 'refused');
    expect(lines[0]).toMatch(
      /^\d\d:\d\d:\d\d \[broker {4}\] INFO refused client=xenminer_1 count=2 why="two words"\n$/,
    );
    for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) logger[level]('x');
    for (const line of lines) expect(line).toMatch(textLine);
    loggers.module('monitoring').info('ten letters');
    expect(lines.at(-1)).toContain('[monitoring] INFO ten letters');
  });

  test('shows the time of the day here', () => {
    const { lines, loggers } = memoryLog();
    const before = new Date().toTimeString().slice(0, 8);
    loggers.module('server').info('now');
    const after = new Date().toTimeString().slice(0, 8);
    expect([before, after]).toContain(lines[0]?.slice(0, 8));
  });

  test("can't be broken or forged from outside", () => {
    const { lines, loggers } = memoryLog();
    const forged = 'a\n12:00:00 [server    ] INFO all is well\u001b[31m\u009b1m\u2028\u202e\r';
    loggers.module('broker').warn({ client: forged }, forged);
    loggers.module('broker').error({ err: new Error(forged) }, 'failed');
    const output = lines.join('').split('\n').slice(0, -1);
    expect(output[0]).toMatch(textLine);
    expect(output.filter((line) => line.startsWith('12:00:00'))).toEqual([]);
    // eslint-disable-next-line no-control-regex -- control characters are what must not be there
    for (const line of output) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
  });

  test('carries the stack of an error below it, indented', () => {
    const { lines, loggers } = memoryLog();
    loggers.module('server').error({ err: new TypeError('broken') }, 'failed: broken');
    const [first, second, third] = (lines[0] ?? '').split('\n');
    expect(first).toMatch(/ERROR failed: broken$/);
    expect(second).toBe('  TypeError: broken');
    expect(third).toMatch(/^ {6}at /);
  });
});

describe('levels', () => {
  test('apply to all modules but those with their own', () => {
    const { lines, loggers } = memoryLog('warn,broker=debug,fleet=silent');
    for (const name of ['broker', 'fleet', 'storage'] as const) {
      loggers.module(name).debug('debug');
      loggers.module(name).warn('warn');
    }
    expect(lines.map((line) => line.slice(9).trimEnd())).toEqual([
      '[broker    ] DEBUG debug',
      '[broker    ] WARNING warn',
      '[storage   ] WARNING warn',
    ]);
  });

  test('that are silent say nothing', () => {
    const { lines, loggers } = memoryLog('silent');
    loggers.module('server').fatal('nobody hears');
    expect(lines).toEqual([]);
  });
});

test('secrets in fields are blanked, one level deep', () => {
  for (const format of ['text', 'json'] as const) {
    const { lines, loggers } = memoryLog('info', format);
    loggers
      .module('server')
      .info(
        { password: 'S3CR3T', config: { jwtSecret: 'S3CR3T', token: 'S3CR3T' }, api_key: 'S3CR3T' },
        'in',
      );
    expect(lines.join('')).not.toContain('S3CR3T');
    expect(lines.join('')).toContain('[redacted]');
  }
});

describe('the program', () => {
  test('writes only text lines and the banner, and never a secret', async () => {
    const secret = 'correct-horse-battery-staple';
    const started = PlatformProcess.spawn(
      [...loopback, ...freePorts, '--data-dir', temporaryFolder(), '--log-level', 'trace'],
      { XENBLOCKS_JWT_SECRET: secret },
    );
    await waitFor(() => started.stdout.includes('Access'), 'the banner');
    expect(await started.end('SIGTERM')).toBe(0);
    const lines = started.stdout
      .replace(/\nXenBlocks control center [^]*?\n\n/, '')
      .split('\n')
      .slice(0, -1);
    expect(lines.length).toBeGreaterThanOrEqual(3);
    for (const line of lines) expect(line).toMatch(textLine);
    expect(started.stdout).toContain('[storage   ] INFO database created');
    expect(started.stdout).toContain('[server    ] INFO stopped');
    expect(started.stdout + started.stderr).not.toContain(secret);
  });

  test('writes one JSON object a line when asked, the ready record among them, and never a secret', async () => {
    const secret = 'correct-horse-battery-staple';
    const dataDir = temporaryFolder();
    const started = await PlatformProcess.start(dataDir, ['--log-level=trace', `--jwt-secret=${secret}`]);
    expect(await started.end('SIGINT')).toBe(0);
    const records = started.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    for (const record of records)
      expect(record).toMatchObject({
        time: expect.any(Number) as number,
        level: expect.any(Number) as number,
        module: expect.any(String) as string,
        msg: expect.any(String) as string,
      });
    expect(records).toContainEqual({
      level: 30,
      time: expect.any(Number) as number,
      module: 'server',
      msg: 'ready',
      event: 'ready',
      version: expect.any(String) as string,
      api_host: '127.0.0.1',
      api_port: started.ready.api_port,
      mqtt_host: '127.0.0.1',
      mqtt_port: started.ready.mqtt_port,
      database: expect.stringMatching(/marketplace\.db$/) as string,
      admin_key_file: join(dataDir, 'admin-key'),
      pid: started.child.pid,
    });
    expect(started.stdout + started.stderr).not.toContain(secret);
    const key = readFileSync(join(dataDir, 'admin-key'), 'utf8').trim();
    expect(started.stdout + started.stderr).not.toContain(key);
  });

  test('is quiet but for what its level lets through', async () => {
    const { lines, loggers } = memoryLog('error,broker=warn');
    const platform = await startTestPlatform({ loggers });
    const miner = await TestMiner.connect({ workerId: 'w1', mqttUrl: platform.mqttUrl });
    await miner.introduce();
    await miner.publish('heartbeat', 'no JSON');
    await platform.stop();
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatch(/^\d\d:\d\d:\d\d \[broker {4}\] WARNING /);
    expect(lines.join('')).toContain('the payload is not JSON');
  });
});
