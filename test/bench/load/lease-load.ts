import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { serveRpc } from '../process/rpc.ts';
import { waitUntil } from './clock.ts';
import { MinerPool } from './miner-pool.ts';
import type { ConnectParams, ConnectResult } from './miner-pool.ts';
import { miningPacket } from './packets.ts';
import { Samples } from './percentiles.ts';
import type { LatencySummary } from './percentiles.ts';

/** Where to rent, and as whom. */
export interface LeaseParams {
  apiPort: number;
  adminKey: string;
}

/** How to rent and stop in turns. */
export interface RentParams extends LeaseParams {
  /** Leases that stay active. */
  active: number;
  rents: number;
  perSec: number;
}

const pool = new MinerPool();
const agent = new Agent({ keepAlive: true, maxSockets: 32 });
const address = '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed';
/** When each worker was told, by its id; taken by whoever waits for it. */
const waiting = new Map<string, (atMs: number) => void>();

pool.onTold = ({ identity }, message) => {
  if (message['command'] === 'assign_task' || message['action'] === 'resume')
    waiting.get(identity.workerId)?.(performance.now());
};

function post(
  { apiPort, adminKey }: LeaseParams,
  path: string,
  body: object,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        agent,
        host: '127.0.0.1',
        port: apiPort,
        path,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': adminKey },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    call.on('error', reject);
    call.end(JSON.stringify(body));
  });
}

async function mustPost(params: LeaseParams, path: string, body: object): Promise<Record<string, unknown>> {
  const { status, text } = await post(params, path, body);
  if (status !== 200) throw new Error(`POST ${path} answered ${status}: ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}

/** Opens the account that rents. */
async function openAccount(params: LeaseParams): Promise<void> {
  const account = { account_id: 'bench-renter', role: 'consumer', balance: 100_000_000 };
  await mustPost(params, '/api/auth/register', account);
}

async function rent(params: LeaseParams, workerId: string): Promise<string> {
  const body = { consumer_id: 'bench-renter', consumer_address: address, worker_id: workerId };
  const answer = await mustPost(params, '/api/rent', { ...body, duration_sec: 3600 });
  return answer['lease_id'] as string;
}

/** Time from the call to the message on the worker's socket. */
async function timeUntilTold(workerId: string, call: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  const told = new Promise<number>((resolve) => waiting.set(workerId, resolve));
  await call();
  const atMs = await told;
  waiting.delete(workerId);
  return atMs - begin;
}

/** Calls evenly in time; returns how late each worker was told. */
async function paced(
  count: number,
  perSec: number,
  call: (index: number) => Promise<number>,
): Promise<LatencySummary> {
  const samples = new Samples();
  const begin = performance.now();
  const calls: Promise<void>[] = [];
  for (let index = 0; index < count; index += 1) {
    await waitUntil(() => performance.now() >= begin + (index * 1000) / perSec, 10_000);
    calls.push(call(index).then((latencyMs) => samples.add(latencyMs)));
  }
  await Promise.all(calls);
  return samples.summarize();
}

const workerAt = (index: number) => pool.miners[index % pool.miners.length]?.identity.workerId ?? '';

const api = {
  connect: (params: ConnectParams): Promise<ConnectResult> => pool.connect(params),
  openAccount,
  /** Keeps `active` leases; each further rent ends the oldest one. */
  async rentInTurns(params: RentParams): Promise<LatencySummary> {
    const leases: string[] = [];
    for (let index = 0; index < params.active; index += 1) leases.push(await rent(params, workerAt(index)));
    return paced(params.rents, params.perSec, async (index) => {
      const workerId = workerAt(params.active + index);
      const latencyMs = await timeUntilTold(workerId, async () => {
        leases.push(await rent(params, workerId));
      });
      await mustPost(params, '/api/stop', { lease_id: leases.shift() });
      return latencyMs;
    });
  },
  /** The same way without lease and money: a control message. */
  controlInTurns: (params: RentParams): Promise<LatencySummary> =>
    paced(params.rents, params.perSec, (index) => {
      const workerId = workerAt(index);
      return timeUntilTold(workerId, () =>
        mustPost(params, `/api/workers/${workerId}/control`, { action: 'resume', config: {} }),
      );
    }),
  /** Rents every worker; each says that it mines. */
  async rentAll(params: LeaseParams): Promise<number> {
    pool.onTold = (miner, message) => {
      if (message['command'] === 'assign_task')
        miner.send(miningPacket(miner.identity, String(message['lease_id']), miner.nextMessageId()));
    };
    const left = [...pool.miners];
    const work = async () => {
      for (let miner = left.pop(); miner; miner = left.pop()) await rent(params, miner.identity.workerId);
    };
    await Promise.all(Array.from({ length: 16 }, work));
    return pool.miners.length;
  },
  close: (_params: null): void => pool.close(),
};

/** Methods of the lease load generator process. */
export type LeaseLoadApi = typeof api;

serveRpc(api);
