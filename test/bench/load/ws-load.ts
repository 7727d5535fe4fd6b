import { serveRpc } from '../process/rpc.ts';
import { sleep, UtilizationMeter, waitUntil, wallMs } from './clock.ts';
import type { Utilization } from './clock.ts';
import { FrameReader } from './frame-reader.ts';
import type { LatencySummary } from './percentiles.ts';
import { Samples } from './percentiles.ts';
import { WsClient } from './ws-client.ts';

/** Which feed, and by how many clients. */
export interface WsConnectParams {
  port: number;
  path: string;
  clients: number;
  /** See `PaceParams.epochMs`. */
  epochMs: number;
}

/** The heartbeats that were sent: every client has to have received each of them exactly once. */
export interface WsFinishParams {
  hashrates: number[];
  timeoutMs: number;
}

/** What the clients received. */
export interface WsFinishResult {
  /** Heartbeats that should have arrived, over all clients. */
  expected: number;
  missing: number;
  /** Heartbeats that came twice or that nobody sent. */
  surplus: number;
  /** WebSocket frames with heartbeats, over all clients. */
  frames: number;
  bytes: number;
  lostClients: number;
  latencyMs: LatencySummary;
  generator: Utilization;
}

interface Receiver {
  socket: WsClient;
  hashrates: number[];
  snapshot: boolean;
}

const parallelUpgrades = 20;
const snapshotTimeoutMs = 20_000;
const samples = new Samples();
const receivers: Receiver[] = [];
const counters = { snapshots: 0, frames: 0, bytes: 0, lost: 0, firstLoss: '' };
let reader = new FrameReader();
let epochMs = 0;
let meter = new UtilizationMeter();

/** Connects all clients and waits for their snapshots. */
async function connectClients(params: WsConnectParams): Promise<{ snapshotBytes: number }> {
  epochMs = params.epochMs;
  reader = new FrameReader();
  while (receivers.length < params.clients) {
    const batch = Math.min(params.clients, receivers.length + parallelUpgrades);
    while (receivers.length < batch) open(params);
    await waitUntil(() => counters.snapshots === batch || counters.lost > 0, snapshotTimeoutMs);
    if (counters.snapshots !== batch) {
      throw new Error(
        `${counters.snapshots} of ${batch} snapshots arrived; ${counters.firstLoss || 'timeout'}`,
      );
    }
  }
  const snapshotBytes = Math.round(counters.bytes / params.clients);
  counters.bytes = 0;
  meter = new UtilizationMeter();
  return { snapshotBytes };
}

function open({ port, path }: WsConnectParams): void {
  const hashrates: number[] = [];
  const receiver: Receiver = {
    hashrates,
    snapshot: false,
    socket: new WsClient(port, path, {
      frame: (payload) => onFrame(receiver, payload),
      lost: (reason) => {
        counters.lost += 1;
        counters.firstLoss ||= reason;
      },
    }),
  };
  receivers.push(receiver);
}

function onFrame(receiver: Receiver, payload: Buffer): void {
  const nowUs = (wallMs() - epochMs) * 1000;
  counters.bytes += payload.length;
  if (!receiver.snapshot) {
    // The first frame must be the snapshot; it is large and the same for all, so it isn't parsed.
    if (!payload.toString('latin1', 0, 64).includes('"snapshot"')) return;
    receiver.snapshot = true;
    counters.snapshots += 1;
    return;
  }
  const hashrates = reader.read(payload);
  if (hashrates.length === 0) return;
  counters.frames += 1;
  for (const hashrate of hashrates) {
    receiver.hashrates.push(hashrate);
    samples.add((nowUs - hashrate) / 1000);
  }
}

/** Waits until everything arrived (or the time is over), closes the clients and compares. */
async function finish({ hashrates, timeoutMs }: WsFinishParams): Promise<WsFinishResult> {
  const expected = hashrates.length * receivers.length;
  const complete = (): boolean =>
    receivers.every((receiver) => receiver.hashrates.length >= hashrates.length);
  await waitUntil(complete, timeoutMs);
  // A moment for what should not come: duplicates.
  await sleep(100);
  const generator = meter.read();
  for (const receiver of receivers) receiver.socket.close();
  const position = new Map(hashrates.map((hashrate, index) => [hashrate, index]));
  const sums = { missing: 0, surplus: 0 };
  for (const receiver of receivers) {
    const seen = new Uint8Array(hashrates.length);
    for (const hashrate of receiver.hashrates) {
      const index = position.get(hashrate);
      if (index === undefined || seen[index] === 1) sums.surplus += 1;
      else seen[index] = 1;
    }
    sums.missing += seen.reduce((missing, flag) => missing - flag, hashrates.length);
  }
  const { frames, bytes, lost } = counters;
  return { expected, ...sums, frames, bytes, lostClients: lost, latencyMs: samples.summarize(), generator };
}

const api = { connectClients, finish };

/** Methods of the WebSocket receiver process. */
export type WsLoadApi = typeof api;

serveRpc(api);
