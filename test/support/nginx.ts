import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { request as requestHttps, type RequestOptions } from 'node:https';
import { connect } from 'node:net';
import { networkInterfaces, userInfo } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './test-platform.ts';
import { waitFor } from './wait-for.ts';

/** The name in the shipped files. */
export const siteName = 'xenblocks.example.com';

const probe = spawnSync('nginx', ['-V'], { encoding: 'utf8' });
const streamModule = '/usr/lib/nginx/modules/ngx_stream_module.so';
export const hasNginx = probe.error === undefined && spawnSync('openssl', ['version']).error === undefined;
export const hasNginxStream = hasNginx && existsSync(streamModule);

/** What was replaced has to have been there: a file that changed can't be tested as it was. */
export function replaceEach(text: string, replacements: readonly (readonly [string, string])[]): string {
  return replacements.reduce((rendered, [from, to]) => {
    if (!rendered.includes(from)) throw new Error(`${from} is not in the file`);
    return rendered.replaceAll(from, to);
  }, text);
}

export interface Certificate {
  readonly certificatePath: string;
  readonly keyPath: string;
  /** PEM, for clients that trust nothing else. */
  readonly ca: string;
}

/** A certificate for `siteName`, signed by itself. */
export function makeCertificate(folder: string): Certificate {
  const certificatePath = join(folder, 'fullchain.pem');
  const keyPath = join(folder, 'privkey.pem');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', keyPath];
  const name = ['-subj', `/CN=${siteName}`, '-addext', `subjectAltName=DNS:${siteName}`];
  const { status, stderr } = spawnSync(
    'openssl',
    ['req', '-x509', '-days', '2', ...key, ...name, '-out', certificatePath],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`openssl failed: ${stderr}`);
  return { certificatePath, keyPath, ca: readFileSync(certificatePath, 'utf8') };
}

/** Puts the listeners of a shipped file on loopback; without IPv6 those lines go. */
export function onLoopback(port: number, shippedPort: number, flags = ''): [string, string][] {
  const hasIpv6 = Object.values(networkInterfaces()).some((list) =>
    list?.some(({ address }) => address === '::1'),
  );
  return [
    [`listen ${shippedPort}${flags};`, `listen 127.0.0.1:${port}${flags};`],
    [`listen [::]:${shippedPort}${flags};`, hasIpv6 ? `listen [::1]:${port}${flags};` : ''],
  ];
}

export interface NginxFiles {
  /** Inside the http block. */
  readonly site?: string;
  /** Beside the http block. */
  readonly stream?: string;
}

/** A real nginx with its own folder for everything; it ends with the test. Ready when `port` takes connections. */
export async function startNginx(
  { site = '', stream = '' }: NginxFiles,
  port: number,
): Promise<ChildProcess> {
  const folder = temporaryFolder();
  // As it was built it wants to write into the system's folders.
  const temporaryPaths = [...probe.stderr.matchAll(/--http-([a-z-]+-temp-path)=/g)].map(
    ([, name = '']) => `${name.replaceAll('-', '_')} ${join(folder, name)};`,
  );
  const path = join(folder, 'nginx.conf');
  writeFileSync(
    path,
    `${stream === '' ? '' : `load_module ${streamModule};`}
    user ${userInfo().username};
    worker_processes 1;
    pid ${join(folder, 'nginx.pid')};
    error_log stderr warn;
    events { worker_connections 256; }
    http { access_log off; ${temporaryPaths.join(' ')}
${site}
    }
${stream}`,
  );
  const nginx = spawn('nginx', ['-p', folder, '-c', path, '-e', 'stderr', '-g', 'daemon off;'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  nginx.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const closed = once(nginx, 'close');
  onTestFinished(async () => {
    nginx.kill('SIGTERM');
    await closed;
  });
  await waitFor(async () => {
    if (nginx.exitCode !== null) throw new Error(said);
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.destroy();
    return true;
  }, 'nginx');
  return nginx;
}

export interface TlsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  json(): unknown;
}

/** A request over TLS that trusts only the certificate of the test. */
export async function askOverTls(
  { port, ca }: { readonly port: number; readonly ca: string },
  path: string,
  { body, ...options }: RequestOptions & { readonly body?: string | Buffer } = {},
): Promise<TlsAnswer> {
  const { headers, ...rest } = options;
  const request = requestHttps({
    ...{ host: '127.0.0.1', port, path, ca, servername: siteName, agent: false },
    ...rest,
    headers: { Host: siteName, ...(headers as Record<string, string> | undefined) },
  });
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const answer = Buffer.concat(chunks);
        const { statusCode: status = 0 } = response;
        resolve({
          status,
          headers: response.headers,
          body: answer,
          json: () => JSON.parse(answer.toString()) as unknown,
        });
      });
    });
    request.end(body);
  });
}
