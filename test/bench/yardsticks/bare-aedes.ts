import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Aedes } from 'aedes';
import { serveRpc } from '../process/rpc.ts';

const resolutionMs = 10;
const delays = monitorEventLoopDelay({ resolution: resolutionMs });

/**
 * The broker library alone: one subscriber parses each payload, `register` is answered with `register_ack`,
 * nothing is stored. The platform can't be faster than this.
 */
async function start(_params: null): Promise<{ port: number }> {
  delays.enable();
  const broker = await Aedes.createBroker();
  await new Promise<void>((resolve) => {
    broker.subscribe(
      'xenminer/#',
      (packet, done) => {
        const payload: unknown = JSON.parse(packet.payload.toString());
        if (packet.topic.endsWith('/register')) acknowledge(broker, payload as { worker_id: string });
        done();
      },
      resolve,
    );
  });
  const server = createServer((socket) => void broker.handle(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port };
}

function acknowledge(broker: Aedes, register: { worker_id: string }): void {
  broker.publish(
    {
      cmd: 'publish',
      topic: `xenminer/${register.worker_id}/task`,
      payload: JSON.stringify({ command: 'register_ack', accepted: true }),
      qos: 1,
      dup: false,
      retain: false,
    },
    () => undefined,
  );
}

function eventLoop(_params: null): { p99Ms: number } {
  // The histogram holds the interval of its timer too.
  return { p99Ms: Math.max(0, delays.percentile(99) / 1e6 - resolutionMs) };
}

const api = { start, eventLoop };

/** Methods of the bare broker process. */
export type BareAedesApi = typeof api;

serveRpc(api);
