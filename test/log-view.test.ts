import { describe, expect, test } from 'vitest';
import type { LogPage } from '../src-main/contract/domain/log.ts';
import { LogBuffer } from '../src-main/platform/kernel/log-buffer.ts';
import { createLogger } from '../src-main/platform/kernel/logger.ts';
import { admin, ok } from './support/accounts.ts';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';

async function startLogging(level = 'info', format: 'text' | 'json' = 'text') {
  const written: string[] = [];
  const loggers = createLogger({ level, format, write: (line) => written.push(line) });
  const platform = await startTestPlatform({ loggers });
  return { platform, loggers, written };
}

const pageOf = (platform: TestPlatform, query = '') =>
  ok<LogPage>(platform, 'GET', `/api/admin/logs${query}`, { who: admin(platform) });

const messagesOf = ({ items }: LogPage) => items.map(({ message }) => message);

describe('the log in memory', () => {
  test('has what the log has, whatever its format is, without secrets', async () => {
    for (const format of ['text', 'json'] as const) {
      const { platform, loggers, written } = await startLogging('info,broker=debug', format);
      const beforeMs = Date.now();
      loggers.module('broker').debug({ client: 'xenminer_1', count: 2, token: 's3cret' }, 'turned away');
      loggers.module('fleet').debug('not written');
      loggers.module('server').error({ err: new TypeError('broken') }, 'failed: broken');
      const { items, last_sequence: last, first_sequence: first, left_out: leftOut } = await pageOf(platform);
      expect(items.at(-2)).toEqual({
        sequence: last - 1,
        time: expect.any(Number) as number,
        level: 'debug',
        component: 'broker',
        message: 'turned away',
        fields: { client: 'xenminer_1', count: 2, token: '[redacted]' },
      });
      expect(items.at(-2)!.time * 1000).toBeGreaterThanOrEqual(beforeMs);
      expect(items.at(-1)).toMatchObject({
        sequence: last,
        level: 'error',
        fields: {
          err: { type: 'TypeError', message: 'broken', stack: expect.stringContaining('at ') as string },
        },
      });
      expect(messagesOf({ items } as LogPage)).toContain('database created');
      expect({ first, leftOut }).toEqual({ first: 1, leftOut: 0 });
      expect(items.map(({ sequence }) => sequence)).toEqual(items.map((_, index) => index + 1));
      expect(written).toHaveLength(items.length);
      await platform.stop();
    }
  });

  test('is asked for what is new, and tells where more was than asked for', async () => {
    const { platform, loggers } = await startLogging();
    const logger = loggers.module('fleet');
    const { last_sequence: seen } = await pageOf(platform);
    expect(await pageOf(platform, `?after=${seen}`)).toMatchObject({ items: [], last_sequence: seen });
    for (const number of [1, 2, 3]) logger.info(`news ${number}`);
    const all = await pageOf(platform, `?after=${seen}`);
    expect(messagesOf(all)).toEqual(['news 1', 'news 2', 'news 3']);
    expect(all.last_sequence).toBe(seen + 3);
    const two = await pageOf(platform, `?after=${seen}&limit=2`);
    expect(messagesOf(two)).toEqual(['news 2', 'news 3']);
    expect(two.left_out).toBe(1);
    // A number of an earlier process.
    const reset = await pageOf(platform, `?after=${seen + 1000}`);
    expect(reset.items.length).toBe(seen + 3);
  });

  test('is filtered by level, module and text', async () => {
    const { platform, loggers } = await startLogging('trace');
    const { last_sequence: after } = await pageOf(platform);
    for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const)
      loggers.module('ledger')[level]({ account: 'Alice' }, `a ${level} line`);
    loggers.module('leases').warn('another module');
    const found = async (query: string) => messagesOf(await pageOf(platform, `?after=${after}&${query}`));
    expect(await found('level=warn&component=ledger')).toEqual([
      'a warn line',
      'a error line',
      'a fatal line',
    ]);
    expect(await found('component=leases')).toEqual(['another module']);
    expect(await found('search=ALICE&level=error')).toEqual(['a error line', 'a fatal line']);
    expect(await found('search=another')).toEqual(['another module']);
    expect(await found('search=sequence')).toEqual([]);
    for (const query of ['level=silent', 'component=nobody', 'limit=0', 'limit=2001', 'after=-1']) {
      const { status } = await fetch(`${platform.apiUrl}/api/admin/logs?${query}`, {
        headers: { 'x-api-key': admin(platform).key ?? '' },
      });
      expect(status, query).toBe(422);
    }
  });

  test('is downloaded as text, with dates, and no line can be forged', async () => {
    const { platform, loggers } = await startLogging();
    loggers.module('broker').warn({ client: 'a b' }, 'first\n2026-01-01 00:00:00 [server    ] INFO forged');
    const response = await fetch(`${platform.apiUrl}/api/admin/logs.txt?level=warn`, {
      headers: { 'x-api-key': admin(platform).key ?? '' },
    });
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename=xenblocks-log.txt');
    const text = await response.text();
    expect(text).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[broker {4}\] WARNING first\\u000a2026-.* client="a b"\n$/,
    );
  });
});

describe('the ring', () => {
  const lineOf = (text: string) => `${JSON.stringify({ level: 30, time: 1, module: 'server', msg: text })}\n`;

  test('keeps the newest 2,000 lines, whatever comes', () => {
    const buffer = new LogBuffer();
    expect([buffer.firstSequence, buffer.lastSequence]).toEqual([1, 0]);
    for (let number = 1; number <= 4500; number += 1) buffer.add(lineOf(`line ${number}`));
    const kept = [...buffer.after(0)];
    expect([buffer.firstSequence, buffer.lastSequence, kept.length]).toEqual([2501, 4500, 2000]);
    for (const { sequence, line } of kept) expect(line).toBe(lineOf(`line ${sequence}`));
    expect([...buffer.after(4499)].map(({ sequence }) => sequence)).toEqual([4500]);
    expect([...buffer.after(9999)]).toEqual([]);
  });

  test('keeps fewer of long lines, and of a very long one only its sentence', () => {
    const buffer = new LogBuffer();
    for (let number = 1; number <= 500; number += 1) buffer.add(lineOf('x'.repeat(20_000)));
    const characters = [...buffer.after(0)].reduce((sum, { line }) => sum + line.length, 0);
    expect(characters).toBeLessThanOrEqual(2_000_000);
    expect(characters).toBeGreaterThan(1_900_000);
    expect(buffer.lastSequence).toBe(500);
    buffer.add(lineOf('y'.repeat(5_000_000)));
    const last = [...buffer.after(500)][0]!;
    expect(JSON.parse(last.line)).toEqual({
      level: 30,
      time: 1,
      module: 'server',
      shortened_from: lineOf('y'.repeat(5_000_000)).length,
      msg: `${'y'.repeat(2000)}…`,
    });
  });
});

test('levels and format can be changed while loggers are in use', () => {
  const lines: string[] = [];
  const loggers = createLogger({ level: 'info', format: 'text', write: (line) => lines.push(line) });
  const broker = loggers.module('broker');
  broker.debug('unheard');
  loggers.configure({ level: 'warn,broker=debug', format: 'json' });
  broker.debug('heard');
  loggers.module('fleet').info('unheard');
  expect(broker.isLevelEnabled('debug')).toBe(true);
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['heard']);
});
