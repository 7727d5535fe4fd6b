import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { waitFor } from './wait-for.ts';

export type ReceivedMessage = Readonly<Record<string, string>> & { readonly title: string };

async function listen(
  handle: (body: string, headers: IncomingHttpHeaders, response: ServerResponse, url: string) => void,
) {
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () =>
      handle(Buffer.concat(chunks).toString(), request.headers, response, request.url ?? ''),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server that takes every message. */
export async function listenForMessages(answer = '') {
  const messages: ReceivedMessage[] = [];
  const requests: { body: string; headers: IncomingHttpHeaders; url: string }[] = [];
  const origin = await listen((body, headers, response, url) => {
    requests.push({ body, headers, url });
    messages.push(JSON.parse(body) as ReceivedMessage);
    response.end(answer);
  });
  return {
    origin,
    url: `${origin}/hook`,
    messages,
    requests,
    /** Waits until so many came. */
    next: (count: number) => waitFor(() => messages.length >= count, `${count} messages`),
  };
}

/** A server that answers with a status, or never. */
export async function stubbornServer(behaviour: number | 'hang', headers: Record<string, string> = {}) {
  const server = { url: '', requests: 0 };
  const origin = await listen((_body, _headers, response) => {
    server.requests += 1;
    if (behaviour !== 'hang') response.writeHead(behaviour, headers).end('no');
  });
  server.url = `${origin}/hook`;
  return server;
}
