import type { AddressInfo } from 'node:net';
import express from 'express';
import { serveRpc } from '../process/rpc.ts';

let body: unknown = {};

/** The HTTP framework alone: a default Express app that answers every GET with one JSON value. */
async function start(_params: null): Promise<{ port: number }> {
  const app = express();
  app.get('/{*path}', (_request, response) => void response.json(body));
  const listening = app.listen(0, '127.0.0.1');
  await new Promise<void>((resolve) => listening.once('listening', resolve));
  return { port: (listening.address() as AddressInfo).port };
}

const api = {
  start,
  /** Sets the value to answer with. */
  answerWith: (value: unknown): void => {
    body = value;
  },
};

/** Methods of the plain HTTP process. */
export type PlainExpressApi = typeof api;

serveRpc(api);
