import { performance } from 'node:perf_hooks';
import { serveRpc } from '../process/rpc.ts';
import { sleep, UtilizationMeter } from './clock.ts';
import type { Utilization } from './clock.ts';
import { HttpConnection } from './http-connection.ts';
import { Samples } from './percentiles.ts';
import type { LatencySummary } from './percentiles.ts';

/** Requests as fast as they are answered, one at a time on each connection. */
export interface HttpLoadParams {
  port: number;
  path: string;
  connections: number;
  warmUpMs: number;
  durationMs: number;
}

/** What was answered in the measured window. */
export interface HttpLoadResult {
  perSec: number;
  /** Answers other than 200 and lost connections, warm-up included. */
  errors: number;
  /** The status of the first error; 0 = connection lost. */
  firstErrorStatus?: number;
  bodyBytes: number;
  latencyMs: LatencySummary;
  generator: Utilization;
}

const pauseAfterErrorMs = 20;

async function run(params: HttpLoadParams): Promise<HttpLoadResult> {
  const samples = new Samples();
  const state = {
    errors: 0,
    bodyBytes: 0,
    firstErrorStatus: undefined as number | undefined,
    stopped: false,
  };
  const connections = Array.from({ length: params.connections }, () => {
    let sentAt = 0;
    const send = (): void => {
      sentAt = performance.now();
      if (!state.stopped) connection.send();
    };
    const connection = new HttpConnection(params.port, params.path, (status, bodyBytes) => {
      if (status === 200) {
        samples.add(performance.now() - sentAt);
        state.bodyBytes = bodyBytes;
        send();
      } else {
        state.errors += 1;
        state.firstErrorStatus ??= status;
        setTimeout(send, pauseAfterErrorMs);
      }
    });
    send();
    return connection;
  });
  await sleep(params.warmUpMs);
  samples.clear();
  const meter = new UtilizationMeter();
  const begin = performance.now();
  await sleep(params.durationMs);
  const latencyMs = samples.summarize();
  const perSec = (latencyMs.count * 1000) / (performance.now() - begin);
  const generator = meter.read();
  state.stopped = true;
  for (const connection of connections) connection.close();
  const { errors, bodyBytes, firstErrorStatus } = state;
  const result = { perSec, errors, bodyBytes, latencyMs, generator };
  return firstErrorStatus === undefined ? result : { ...result, firstErrorStatus };
}

const api = { run };

/** Methods of the HTTP load generator process. */
export type HttpLoadApi = typeof api;

serveRpc(api);
