import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { readFileSync } from 'node:fs';
import { SMTPServer } from 'smtp-server';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { AlertChannel, AlertSendResult } from '../src-main/contract/domain/alert-channel.ts';
import { serviceAddresses, signatureOf } from '../src-main/platform/features/alerts/index.ts';
import { createLogger } from '../src-main/platform/kernel/logger.ts';
import { admin, call, ok } from './support/accounts.ts';
import { listenForMessages, stubbornServer } from './support/alert-receiver.ts';
import { addWebhook, alertsPath, get, isOffline, send, startFleet } from './support/alerts.ts';
import { ManualClock } from './support/manual-clock.ts';
import { readRows } from './support/platform-figures.ts';
import { believing, startTestPlatform, temporaryFolder, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const add = (platform: TestPlatform, body: object) => send<AlertChannel>(platform, 'POST', '/channels', body);
const tryOut = (platform: TestPlatform, { channel_id: id }: AlertChannel) =>
  send<AlertSendResult>(platform, 'POST', `/channels/${id}/test`, {});
const refusalOf = async (platform: TestPlatform, body: object) =>
  (await call<{ detail: string }>(platform, 'POST', `${alertsPath}/channels`, { body, who: admin(platform) }))
    .body.detail;

interface Mail {
  readonly to: string[];
  readonly text: string;
}

/** A real mail server on loopback. @param refuses what it says to a message that it does not take */
async function startMailServer(refuses?: { code: number; text: string }) {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      username === 'operator' && password === 'mail-pass-1'
        ? done(null, { user: username })
        : done(new Error('wrong password')),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (refuses) return done(Object.assign(new Error(refuses.text), { responseCode: refuses.code }));
        mails.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString(),
        });
        done(null, 'taken as 42');
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const { port } = server.server.address() as AddressInfo;
  return { mails, port };
}

const mailChannel = (port: number, more: object = {}) => ({
  kind: 'email',
  name: 'Mail',
  settings: {
    ...{
      host: '127.0.0.1',
      port,
      security: 'none',
      from: 'farm@example.org',
      to: ['a@example.org', 'b@example.org'],
    },
    ...more,
  },
});

describe('e-mail', () => {
  test('reaches every receiver, signed in, and the Test button shows the answer of the server', async () => {
    const { mails, port } = await startMailServer();
    const platform = await startTestPlatform({ args: believing });
    const channel = await add(platform, {
      ...mailChannel(port, { username: 'operator' }),
      secret: 'mail-pass-1',
    });
    const result = await tryOut(platform, channel);
    expect(result).toMatchObject({
      ok: true,
      status: 250,
      answer: expect.stringContaining('taken as 42') as unknown,
    });
    expect(mails).toHaveLength(1);
    expect(mails[0]!.to).toEqual(['a@example.org', 'b@example.org']);
    expect(mails[0]!.text).toContain('Subject: Test of the channel Mail');
    expect(mails[0]!.text).toContain('rig-01');
  });

  test('a wrong password, a refusal and a server that never speaks are told as they are', async () => {
    const { port } = await startMailServer();
    const full = await startMailServer({ code: 552, text: 'mailbox full' });
    const silent = createServer((socket: Socket) => void socket.on('error', () => undefined)).listen(
      0,
      '127.0.0.1',
    );
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    const platform = await startTestPlatform({ args: believing, alertSurroundings: { alertTimeoutMs: 300 } });
    const wrong = await add(platform, { ...mailChannel(port, { username: 'operator' }), secret: 'nonsense' });
    expect(await tryOut(platform, wrong)).toMatchObject({
      ok: false,
      answer: expect.stringContaining('wrong password') as unknown,
    });
    const refused = await add(platform, mailChannel(full.port));
    expect(await tryOut(platform, refused)).toMatchObject({
      status: 552,
      answer: expect.stringContaining('mailbox full') as unknown,
    });
    const hanging = await add(platform, mailChannel((silent.address() as AddressInfo).port));
    const started = performance.now();
    expect(await tryOut(platform, hanging)).toMatchObject({
      ok: false,
      answer: 'It did not answer in time.',
    });
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

test('a webhook is signed over its time and its body', async () => {
  const receiver = await listenForMessages('thanks');
  const platform = await startTestPlatform({ args: believing });
  const channel = await addWebhook(platform, receiver.url, { secret: 'hook-secret' });
  expect(await tryOut(platform, channel)).toMatchObject({ ok: true, status: 200, answer: '200 OK: thanks' });
  const { body, headers } = receiver.requests[0]!;
  const at = Number(headers['x-xenblocks-timestamp']);
  expect(Math.abs(at - Date.now() / 1000)).toBeLessThan(60);
  expect(headers['x-xenblocks-signature']).toBe(signatureOf('hook-secret', at, body));
  expect(JSON.parse(body)).toMatchObject({
    event: 'test',
    rule: 'worker_offline',
    workers: 'rig-01, rig-02, rig-03',
  });
});

test('Telegram and Discord get what they understand, and nobody is called by a name', async () => {
  const receiver = await listenForMessages('{"ok":true}');
  const discord = `${receiver.origin}/api/webhooks/`;
  const platform = await startTestPlatform({
    args: believing,
    alertSurroundings: { alertServices: { telegram: receiver.origin, discord: [discord] } },
  });
  const telegram = await add(platform, {
    ...{ kind: 'telegram', name: 'Phone', settings: { chat_id: '-1001' }, secret: '123:ABC-def' },
  });
  expect(await tryOut(platform, telegram)).toMatchObject({ ok: true });
  expect(receiver.requests[0]!.url).toBe('/bot123:ABC-def/sendMessage');
  expect(JSON.parse(receiver.requests[0]!.body)).toMatchObject({
    chat_id: '-1001',
    text: expect.stringMatching(/^Test of the channel Phone\n/) as unknown,
  });
  const chat = await add(platform, {
    kind: 'discord',
    name: 'Chat',
    settings: {},
    secret: `${discord}1/token`,
  });
  expect(await tryOut(platform, chat)).toMatchObject({ ok: true });
  expect(receiver.requests[1]!.url).toBe('/api/webhooks/1/token?wait=true');
  expect(JSON.parse(receiver.requests[1]!.body)).toMatchObject({ allowed_mentions: { parse: [] } });
  expect(
    await refusalOf(platform, { kind: 'discord', name: 'x', settings: {}, secret: 'http://10.0.0.1/' }),
  ).toContain('address of a webhook');
  expect(serviceAddresses.telegram).toBe('https://api.telegram.org');
});

test('a redirect is not followed, and a final refusal is not tried again', async () => {
  const target = await listenForMessages();
  const moved = await stubbornServer(302, { Location: target.url });
  const clock = new ManualClock();
  const { platform, miners } = await startFleet(1, clock);
  const channel = await addWebhook(platform, moved.url);
  expect(await tryOut(platform, channel)).toMatchObject({ ok: false, status: 302 });
  await miners[0]!.pullPlug();
  await isOffline(platform, 1);
  clock.advance(10_000);
  await waitFor(async () => {
    const { items } = await get<{ items: AlertChannel[] }>(platform, '/channels');
    return items.find(({ kind }) => kind === 'webhook')?.queue.failed === 1;
  }, 'giving up');
  expect(moved.requests).toBe(2);
  expect(target.messages).toEqual([]);
});

test('secrets are never shown, logged or audited, and lie in the database encrypted', async () => {
  const lines: string[] = [];
  const loggers = createLogger({ level: 'trace', format: 'json', write: (line) => lines.push(line) });
  const platform = await startTestPlatform({ args: believing, loggers });
  const secret = 'very-secret-word-4711';
  const dead = 'http://127.0.0.1:1/';
  const channel = await addWebhook(platform, dead, { secret });
  await tryOut(platform, channel);
  expect(channel.has_secret).toBe(true);
  const { channel_id: id } = channel;
  const changed = await send<AlertChannel>(platform, 'PUT', `/channels/${id}`, {
    ...{ kind: 'webhook', name: 'Renamed', settings: { url: dead } },
  });
  expect(changed).toMatchObject({ name: 'Renamed', has_secret: true });
  const seen = [
    JSON.stringify(channel),
    JSON.stringify(await get(platform, '/channels')),
    JSON.stringify(await ok(platform, 'GET', '/api/admin/audit', { who: admin(platform) })),
    JSON.stringify(readRows(platform, 'select * from alert_channels')),
    lines.join(''),
  ].join('');
  expect(seen).not.toContain(secret);
  expect(seen).toContain('alert.channel.add');
  await platform.stop();
  expect(readFileSync(platform.databasePath).includes(secret)).toBe(false);
});

test('with another key a secret does not open: the channel says so, and a new one mends it', async () => {
  const receiver = await listenForMessages();
  const dataDir = temporaryFolder();
  const first = await startTestPlatform({ args: believing, dataDir });
  const channel = await addWebhook(first, receiver.url, { secret: 'one' });
  await first.stop();
  const { writeFileSync } = await import('node:fs');
  writeFileSync(`${dataDir}/alert-secret`, 'another key of at least thirty-two characters');
  const platform = await startTestPlatform({ args: believing, dataDir });
  expect(await tryOut(platform, channel)).toMatchObject({
    ok: false,
    answer: expect.stringContaining('again') as unknown,
  });
  await send(platform, 'PUT', `/channels/${channel.channel_id}`, {
    ...{ kind: 'webhook', name: 'Hook', settings: { url: receiver.url }, secret: 'two' },
  });
  expect(await tryOut(platform, channel)).toMatchObject({ ok: true });
});

test('a template is checked when it is saved, and fills each field once', async () => {
  const platform = await startTestPlatform({ args: believing });
  const template = { title: '{{severity}}: {{title}}', text: '{{ count }} of {{total}}' };
  expect(await get(platform, `/preview?${String(new URLSearchParams(template))}`)).toEqual({
    title: 'critical: 3 workers are offline',
    text: '3 of 3',
  });
  const body = { kind: 'webhook', name: 'x', settings: { url: 'https://example.org/' } };
  for (const [text, why] of [
    ['{{nonsense}}', 'unknown field {{nonsense}}'],
    ['{{constructor}}', 'unknown field {{constructor}}'],
    ['{{title', 'braces'],
  ] as const)
    expect(await refusalOf(platform, { ...body, template: { title: '', text } })).toContain(why);
  expect(await refusalOf(platform, { ...body, settings: { url: 'file:///etc/passwd' } })).toContain(
    'https://',
  );
  expect(await refusalOf(platform, { kind: 'pigeon', name: 'x' })).toContain('webhook');
});

test('a channel hears of its rules from its severity on; what waits is sent after a restart', async () => {
  const clock = new ManualClock();
  const dataDir = temporaryFolder();
  const [other, info, failing] = [
    await listenForMessages(),
    await listenForMessages(),
    await stubbornServer(503),
  ];
  const { platform: first, miners } = await startFleet(1, clock, { dataDir });
  await addWebhook(first, other.url, { kinds: ['disk_low'] });
  await addWebhook(first, info.url, { min_severity: 'critical' });
  const waiting = await addWebhook(first, failing.url, { name: 'Waiting' });
  await miners[0]!.pullPlug();
  await isOffline(first, 1);
  clock.advance(10_000);
  await info.next(1);
  await waitFor(() => failing.requests === 1, 'the first try');
  await first.stop();
  expect(other.messages).toEqual([]);

  const receiver = await listenForMessages();
  clock.advance(60_000);
  const platform = await startTestPlatform({ clock, args: believing, dataDir });
  await send(platform, 'PUT', `/channels/${waiting.channel_id}`, {
    ...{ kind: 'webhook', name: 'Waiting', settings: { url: receiver.url } },
  });
  clock.advance(60_000);
  await receiver.next(1);
  expect(receiver.messages[0]).toMatchObject({ event: 'raised', workers: 'rig-00' });
  expect(info.messages).toHaveLength(1);
});
