/**
 * Keeps the sums of earnings: takes new blocks and settlements over once a minute, each once, and adds the time for
 * which workers were seen to mine. Blocks and settlements are exact; of that time a crash loses a minute at most.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf } from '../../kernel/app-error.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import type { Logger } from '../../kernel/logger.ts';
import { isOnline, type LiveWorker } from '../fleet/index.ts';
import { noSums, type DayRow, type DaySums, type EarningRepository } from './earning.repository.ts';

export interface EarningRecorderOptions {
  readonly repository: EarningRepository;
  readonly workers: () => Iterable<LiveWorker>;
  /** Whose a worker is; undefined when there is no such worker. */
  readonly accountOf: (workerId: string) => string | undefined;
  readonly isLeased: (workerId: string) => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

const dayMs = 86_400_000;
export const recordEveryMs = 60_000;

/** Time that passed in one step of the clock counts up to here: beyond, the machine slept. */
const longestStepMs = 2 * recordEveryMs;

/** Rows read, and written in one transaction, so that none holds the event loop for long. */
const rowsAtOnce = 500;
const daysPerTransaction = 250;

/** Days since 1970-01-01, UTC. */
export function dayNumberOf(timeMs: number): number {
  return Math.floor(timeMs / dayMs);
}

export class EarningRecorder implements Component {
  readonly name = 'earnings';
  readonly #options: EarningRecorderOptions;
  /** By worker: time that is not stored yet. */
  #mined = new Map<string, DayRow>();
  #lookedAtMs = 0;
  #stopTimer: (() => void) | undefined;
  #isStopping = false;
  #working: Promise<void> = Promise.resolve();

  constructor(options: EarningRecorderOptions) {
    this.#options = options;
  }

  start(): void {
    this.#lookedAtMs = this.#options.clock.nowMs();
    this.#stopTimer = this.#options.clock.every(recordEveryMs, () => void this.bringUpToDate());
    // What history there is may take a while; nobody waits for it.
    void this.bringUpToDate();
  }

  async stop(): Promise<void> {
    this.#stopTimer?.();
    this.#isStopping = true;
    this.#look();
    await this.#working;
    await this.#store().catch((error: unknown) => this.#complain(error));
  }

  /** Takes over what is new, and settles when it is stored; what can't be stored waits for the next time. */
  bringUpToDate(): Promise<void> {
    this.#look();
    this.#working = this.#working.then(async () => {
      try {
        await this.#store();
        await this.#readBlocks();
        await this.#readSettlements();
      } catch (error) {
        this.#complain(error);
      }
    });
    return this.#working;
  }

  #complain(error: unknown): void {
    this.#options.logger.error(`earnings not stored: ${messageOf(error)}`);
  }

  /** Adds the time since the last look to who mines now. */
  #look(): void {
    const { clock, workers, isLeased } = this.#options;
    const nowMs = clock.nowMs();
    const passedMs = Math.min(longestStepMs, nowMs - this.#lookedAtMs);
    this.#lookedAtMs = nowMs;
    if (passedMs <= 0) return;
    const day = dayNumberOf(nowMs);
    for (const worker of workers()) {
      if (worker.hashrate <= 0 || !isOnline(worker, nowMs)) continue;
      const row = rowOf(this.#mined, day, worker.workerId, worker.accountId);
      row[isLeased(worker.workerId) ? 'leased_ms' : 'own_ms'] += passedMs;
    }
  }

  async #store(): Promise<void> {
    const rows = [...this.#mined.entries()];
    for (let first = 0; first < rows.length; first += daysPerTransaction) {
      const portion = rows.slice(first, first + daysPerTransaction);
      // Taken out before: what is seen meanwhile is of the next round.
      for (const [key] of portion) this.#mined.delete(key);
      try {
        await this.#options.repository.add(portion.map(([, row]) => row));
      } catch (error) {
        for (const [, row] of portion) putBack(this.#mined, row);
        throw error;
      }
    }
  }

  async #readBlocks(): Promise<void> {
    const { repository, accountOf } = this.#options;
    let lastId = await repository.lastIdOf('blocks');
    while (!this.#isStopping) {
      const blocks = await repository.blocksAfter(lastId, rowsAtOnce);
      if (blocks.length === 0) return;
      const days = new Map<string, DayRow>();
      for (const { workerId, leaseId, type, counted, atMs } of blocks) {
        if (counted === 0) continue;
        rowOf(days, dayNumberOf(atMs), workerId, accountOf(workerId) ?? '')[sumOfBlock(leaseId, type)] += 1;
      }
      lastId = blocks.at(-1)?.id ?? lastId;
      await repository.add([...days.values()], { source: 'blocks', lastId });
      await nextTurn();
    }
  }

  async #readSettlements(): Promise<void> {
    const { repository } = this.#options;
    let lastId = await repository.lastIdOf('settlements');
    while (!this.#isStopping) {
      const settlements = await repository.settlementsAfter(lastId, rowsAtOnce);
      if (settlements.length === 0) return;
      const days = new Map<string, DayRow>();
      for (const { workerId, accountId, payoutMicro, atMs } of settlements) {
        const row = rowOf(days, dayNumberOf(atMs), workerId, accountId);
        row.leases += 1;
        row.payout_micro += payoutMicro;
      }
      lastId = settlements.at(-1)?.id ?? lastId;
      await repository.add([...days.values()], { source: 'settlements', lastId });
      await nextTurn();
    }
  }
}

function sumOfBlock(leaseId: string, type: string): keyof DaySums {
  if (leaseId !== '') return 'leased_blocks';
  if (type === 'super') return 'own_super_blocks';
  return type === 'xuni' ? 'own_xuni_blocks' : 'own_blocks';
}

function rowOf(rows: Map<string, DayRow>, day: number, worker_id: string, account_id: string): DayRow {
  const key = `${day} ${account_id} ${worker_id}`;
  let row = rows.get(key);
  if (row === undefined) rows.set(key, (row = { day, worker_id, account_id, ...noSums }));
  return row;
}

function putBack(rows: Map<string, DayRow>, { day, worker_id, account_id, leased_ms, own_ms }: DayRow): void {
  const row = rowOf(rows, day, worker_id, account_id);
  row.leased_ms += leased_ms;
  row.own_ms += own_ms;
}
