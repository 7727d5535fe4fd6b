/** The workers of the earlier platform, and the ones that its other rows name. */
import { getAddress } from 'viem/utils';
import { maxDurationSec, maxPricePerMin } from '../../../contract/domain/lease.ts';
import { toCredits, toMicro } from '../../../contract/domain/money.ts';
import { onlineWindowMs, workerStates, type Gpu, type WorkerState } from '../../../contract/domain/worker.ts';
import { ethAddressPattern } from '../../../contract/mqtt/miner-messages.ts';
import type { ImportedAccounts } from './imported-accounts.ts';
import type { ImportContext } from './import-context.ts';
import { count, show, SourceRow, toText, type SourceValues } from './source-row.ts';

/** What other rows need to know of a worker. */
export interface ImportedWorker {
  readonly workerId: string;
  /** Lower case; empty without one. */
  readonly address: string;
  readonly accountId: string;
  readonly lastHeartbeatMs: number;
  readonly registeredAtMs: number;
  readonly totalOnlineMs: number;
  /** As the earlier platform counted; undefined: it did not. */
  readonly selfBlocks: number | undefined;
  /** Rows of self-mined blocks that count here. */
  countedSelfBlocks: number;
  /** Rows that its chain simulator confirmed. */
  confirmedBlocks: number;
}

const gpuCount = { min: 0, max: 1024, fallback: 0 };
const hashrate = { min: 0, max: 1e15, fallback: 0 };

/** Our name of a worker that another row names, perhaps without a name. */
export function workerNameOf(name: string): string {
  return name === '' ? 'imported:unknown' : name;
}

/** The lower-case address of a worker; empty when it is none. */
function addressOf(value: unknown): string {
  const text = toText(value);
  return ethAddressPattern.test(text) ? text.toLowerCase() : '';
}

/** Ids of workers with their addresses: what accounts need to know before. */
export function addressesOfWorkers(rows: Iterable<SourceValues>): Map<string, string> {
  const addresses = new Map<string, string>();
  for (const values of rows) {
    const workerId = toText(values['worker_id']);
    if (workerId !== '') addresses.set(workerId, addressOf(values['eth_address']));
  }
  return addresses;
}

export class ImportedWorkers {
  readonly #context: ImportContext;
  readonly #accounts: ImportedAccounts;
  readonly #workers = new Map<string, ImportedWorker>();

  constructor(context: ImportContext, accounts: ImportedAccounts) {
    this.#context = context;
    this.#accounts = accounts;
  }

  all(): IterableIterator<ImportedWorker> {
    return this.#workers.values();
  }

  get(workerId: string): ImportedWorker | undefined {
    return this.#workers.get(workerId);
  }

  load(rows: Iterable<SourceValues>): void {
    const { findings, nowMs, tally, leaveOver, pace } = this.#context;
    for (const values of rows) {
      const row = new SourceRow(values, `worker ${show(values['worker_id'])}`, findings, nowMs);
      pace.row(row.where);
      const workerId = row.text('worker_id');
      if (workerId === '' || this.#workers.has(workerId)) {
        leaveOver('workers', row, 'row_unusable', 'it has no name of its own');
        continue;
      }
      this.#take(row, workerId);
      tally('workers').imported += 1;
    }
  }

  /** A worker that another row names; taken in when it is not there. */
  require(name: string, atMs: number): ImportedWorker {
    const workerId = workerNameOf(name);
    const known = this.#workers.get(workerId);
    if (known) return known;
    this.#context.findings.add('worker_recreated', `worker ${show(workerId)}`, '');
    const worker: ImportedWorker = {
      workerId,
      address: '',
      accountId: this.#accounts.ofWorker(workerId, '', atMs),
      lastHeartbeatMs: 0,
      registeredAtMs: atMs,
      totalOnlineMs: 0,
      selfBlocks: undefined,
      countedSelfBlocks: 0,
      confirmedBlocks: 0,
    };
    this.#workers.set(workerId, worker);
    this.#insert(worker, {
      ...{ gpuCount: 0, totalMemoryGb: 0, gpus: [], version: '', state: 'IDLE', hashrate: 0, activeGpus: 0 },
      ...{ lastOnlineAtMs: 0, pricePerMinMicro: 600_000, minDurationSec: 60, maxDurationSec: 86_400 },
    });
    return worker;
  }

  /** After the blocks: where the earlier platform counted differently, its figures go on. */
  writeCarryovers(): void {
    const { target, findings } = this.#context;
    for (const { workerId, selfBlocks, countedSelfBlocks, confirmedBlocks } of this.#workers.values()) {
      const more = (selfBlocks ?? countedSelfBlocks) - countedSelfBlocks;
      if (more !== 0)
        findings.add(
          'block_count_carried',
          `worker ${show(workerId)}`,
          `counted ${selfBlocks ?? 0} self-mined blocks; ${countedSelfBlocks} rows count here`,
        );
      if (more === 0 && confirmedBlocks === 0) continue;
      target.insert('worker_carryovers', {
        worker_id: workerId,
        self_blocks: more,
        verified_blocks: confirmedBlocks,
      });
    }
  }

  #take(row: SourceRow, workerId: string): void {
    const address = this.#addressOf(row);
    const registeredAtMs = row.timeMs('registered_at', 0);
    const lastHeartbeatMs = row.optionalTimeMs('last_heartbeat') ?? 0;
    const worker: ImportedWorker = {
      workerId,
      address,
      accountId: this.#accounts.ofWorker(workerId, address, registeredAtMs),
      lastHeartbeatMs,
      registeredAtMs,
      totalOnlineMs: Math.round(row.decimal('total_online_sec', { min: 0, max: 1e11, fallback: 0 }) * 1000),
      selfBlocks: row.has('self_blocks_found') ? row.whole('self_blocks_found', count) : undefined,
      countedSelfBlocks: 0,
      confirmedBlocks: 0,
    };
    this.#workers.set(workerId, worker);
    const minDurationSec = row.whole('min_duration_sec', { min: 1, max: maxDurationSec, fallback: 60 });
    const maxSec = row.whole('max_duration_sec', { min: 1, max: maxDurationSec, fallback: 86_400 });
    if (maxSec < minDurationSec)
      this.#changed(row, `max_duration_sec is ${maxSec}, below the shortest time: ${minDurationSec} now`);
    this.#insert(worker, {
      gpuCount: row.whole('gpu_count', gpuCount),
      totalMemoryGb: row.decimal('total_memory_gb', { min: 0, max: 1e7, fallback: 0 }),
      gpus: this.#gpusOf(row),
      version: row.text('version'),
      state: this.#stateOf(row),
      hashrate: row.decimal('hashrate', hashrate),
      activeGpus: row.whole('active_gpus', gpuCount),
      lastOnlineAtMs: row.optionalTimeMs('last_online_at') ?? lastHeartbeatMs,
      pricePerMinMicro: this.#priceOf(row),
      minDurationSec,
      maxDurationSec: Math.max(minDurationSec, maxSec),
    });
  }

  #insert(
    worker: ImportedWorker,
    details: {
      gpuCount: number;
      totalMemoryGb: number;
      gpus: readonly Gpu[];
      version: string;
      state: WorkerState;
      hashrate: number;
      activeGpus: number;
      lastOnlineAtMs: number;
      pricePerMinMicro: number;
      minDurationSec: number;
      maxDurationSec: number;
    },
  ): void {
    const { target, nowMs } = this.#context;
    const { workerId, address, lastHeartbeatMs } = worker;
    target.insert('workers', {
      worker_id: workerId,
      account_id: worker.accountId,
      eth_address: address === '' ? '' : getAddress(address),
      gpu_count: details.gpuCount,
      total_memory_gb: details.totalMemoryGb,
      gpus: JSON.stringify(details.gpus),
      version: details.version,
      registered_at_ms: worker.registeredAtMs,
      price_per_min_micro: details.pricePerMinMicro,
      min_duration_sec: details.minDurationSec,
      max_duration_sec: details.maxDurationSec,
      listed: 1,
    });
    // Nobody is online before this platform heard it.
    const wasOffline = details.state === 'offline' || nowMs - lastHeartbeatMs < onlineWindowMs;
    target.insert('worker_activity', {
      worker_id: workerId,
      state: details.state === 'offline' ? 'IDLE' : details.state,
      detail: '',
      lease_id: '',
      offline_since_ms: wasOffline ? lastHeartbeatMs : null,
      hashrate: details.hashrate,
      active_gpus: details.activeGpus,
      accepted_blocks: 0,
      difficulty: 0,
      miner_uptime_sec: 0,
      last_heartbeat_ms: lastHeartbeatMs,
      last_online_at_ms: details.lastOnlineAtMs,
      total_online_ms: worker.totalOnlineMs,
      current_address: '',
      current_prefix: '',
      current_block_pattern: '',
      claimed_hashes: 0,
      expected_blocks: 0,
    });
  }

  #addressOf(row: SourceRow): string {
    const text = row.text('eth_address');
    const address = addressOf(text);
    if (address !== '' || text === '') return address;
    this.#context.findings.add('address_invalid', row.where, show(text));
    this.#context.leaveOver('workers', row, 'address_invalid', '', false);
    return '';
  }

  #stateOf(row: SourceRow): WorkerState {
    const text = row.text('state');
    const state = workerStates.find((known) => known.toLowerCase() === text.toLowerCase());
    if (!state) this.#changed(row, `state is ${show(text)}: IDLE now`);
    return state ?? 'IDLE';
  }

  #priceOf(row: SourceRow): number {
    const standard = 600_000;
    if (!row.has('price_per_min')) return standard;
    const priceMicro = row.amountMicro('price_per_min') ?? -1;
    const isPossible = priceMicro >= 0 && priceMicro <= toMicro(maxPricePerMin);
    if (isPossible) return priceMicro;
    const taken = priceMicro > 0 ? toMicro(maxPricePerMin) : standard;
    this.#changed(row, `price_per_min is ${show(row.values['price_per_min'])}: ${toCredits(taken)} now`);
    return taken;
  }

  #gpusOf(row: SourceRow): Gpu[] {
    let parsed: unknown;
    try {
      parsed = JSON.parse(row.text('gpus_json') || '[]');
    } catch {
      parsed = undefined;
    }
    if (Array.isArray(parsed)) return parsed.map(toGpu);
    this.#changed(row, `gpus_json is ${show(row.values['gpus_json'])}: no GPUs now`);
    this.#context.leaveOver('workers', row, 'worker_changed', '', false);
    return [];
  }

  #changed(row: SourceRow, detail: string): void {
    this.#context.findings.add('worker_changed', row.where, detail);
  }
}

function toGpu(value: unknown, position: number): Gpu {
  const gpu = (typeof value === 'object' && value !== null ? value : { name: value }) as Record<
    string,
    unknown
  >;
  const memory = gpu['memory_gb'] ?? gpu['memory'];
  const bus = gpu['bus_id'];
  return {
    index: Number.isSafeInteger(gpu['index']) ? (gpu['index'] as number) : position,
    name: typeof gpu['name'] === 'string' ? toText(gpu['name']) : '',
    memory_gb: typeof memory === 'number' && Number.isFinite(memory) && memory >= 0 ? memory : 0,
    bus_id: typeof bus === 'number' || typeof bus === 'string' ? bus : 0,
  };
}
