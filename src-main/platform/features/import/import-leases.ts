/** Leases of the earlier platform: ended ones as they were, those under way as far as they can go on. */
import { getAddress } from 'viem/utils';
import { toCredits, costOf } from '../../../contract/domain/money.ts';
import { onlineWindowMs } from '../../../contract/domain/worker.ts';
import { ethAddressPattern } from '../../../contract/mqtt/miner-messages.ts';
import { maxBalanceMicro } from '../ledger/index.ts';
import type { ImportedAccounts } from './imported-accounts.ts';
import { workerNameOf, type ImportedWorker, type ImportedWorkers } from './imported-workers.ts';
import type { ImportContext } from './import-context.ts';
import type { ImportMoney } from './import-money.ts';
import type { KnownSettlement } from './import-target.repository.ts';
import { count, show, SourceRow, toText, type SourceValues } from './source-row.ts';

/** A lease under way that is given up for a newer one. */
interface Conflict {
  /** When the newer lease began. */
  readonly endedAtMs: number;
  readonly reason: string;
}

interface Sources {
  readonly context: ImportContext;
  readonly accounts: ImportedAccounts;
  readonly workers: ImportedWorkers;
  readonly money: ImportMoney;
}

const duration = { min: 1, max: 3e9, fallback: 1 };

export class ImportLeases {
  readonly #sources: Sources;
  readonly #conflicts = new Map<string, Conflict>();
  /** What each consumer has left to be held. */
  readonly #freeMicro = new Map<string, number>();
  readonly #shownAddresses = new Map<string, string>();
  /** When the earlier platform was last heard to work. */
  #stoppedAtMs = 0;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /**
   * @param active those under way, the newest first
   * @param rows all
   */
  load(active: Iterable<SourceValues>, rows: Iterable<SourceValues>): void {
    const { context, workers } = this.#sources;
    for (const { lastHeartbeatMs } of workers.all())
      this.#stoppedAtMs = Math.max(this.#stoppedAtMs, lastHeartbeatMs);
    this.#findConflicts(active);
    for (const values of rows) {
      const row = new SourceRow(values, `lease ${show(values['lease_id'])}`, context.findings, context.nowMs);
      context.pace.row(row.where);
      const leaseId = row.text('lease_id');
      if (leaseId === '' || context.target.hasLease(leaseId)) {
        context.leaveOver('leases', row, 'row_unusable', 'it has no name of its own');
        continue;
      }
      this.#take(row);
      context.tally('leases').imported += 1;
    }
    this.#recreate();
  }

  /** Of several leases of one worker, or with one prefix, the newest stays. */
  #findConflicts(active: Iterable<SourceValues>): void {
    const { target, nowMs } = this.#sources.context;
    const workers = new Map<string, number>();
    const prefixes = new Map<string, number>();
    for (const values of active) {
      const leaseId = toText(values['lease_id']);
      if (target.settlementOf(leaseId)) continue;
      const workerId = workerNameOf(toText(values['worker_id']));
      const prefix = toText(values['prefix']).toLowerCase();
      const createdAtMs = Math.min(nowMs, Math.round(Number(values['created_at']) * 1000) || 0);
      const newer = workers.get(workerId);
      const other = prefixes.get(prefix);
      if (newer !== undefined)
        this.#conflicts.set(leaseId, { endedAtMs: newer, reason: 'a newer lease of its worker' });
      else if (other !== undefined)
        this.#conflicts.set(leaseId, {
          endedAtMs: other,
          reason: `another lease with the prefix ${show(prefix)}`,
        });
      else {
        workers.set(workerId, createdAtMs);
        prefixes.set(prefix, createdAtMs);
      }
    }
  }

  #take(row: SourceRow): void {
    const { context, workers, accounts } = this.#sources;
    const leaseId = row.text('lease_id');
    const createdAtMs = row.timeMs('created_at', 0);
    const settlement = context.target.settlementOf(leaseId);
    const worker = workers.require(settlement?.worker_id ?? row.text('worker_id'), createdAtMs);
    const consumerId =
      settlement?.consumer_id ?? accounts.require(row.text('consumer_id'), 'consumer', createdAtMs);
    const state = row.text('state');
    const conflict = this.#conflicts.get(leaseId);
    if (state === 'active' && !settlement && !conflict)
      return this.#continue(row, { createdAtMs, worker, consumerId });
    this.#end(row, { createdAtMs, worker, consumerId, settlement, conflict });
  }

  #end(
    row: SourceRow,
    about: {
      createdAtMs: number;
      worker: ImportedWorker;
      consumerId: string;
      settlement: KnownSettlement | undefined;
      conflict: Conflict | undefined;
    },
  ): void {
    const { context, accounts } = this.#sources;
    const { findings, nowMs } = context;
    const { createdAtMs, worker, consumerId, settlement, conflict } = about;
    const state = row.text('state');
    if (conflict) findings.add('lease_doubled', row.where, conflict.reason);
    else if (state !== 'completed' && state !== 'cancelled')
      findings.add(
        'lease_changed',
        row.where,
        `state is ${show(row.values['state'])}, but it is ${settlement ? 'settled: completed' : 'cancelled'} now`,
      );
    else if (!settlement && state === 'completed') findings.add('lease_unsettled', row.where, '');
    const durationSec = row.whole('duration_sec', duration);
    const endedAtMs =
      conflict?.endedAtMs ??
      row.optionalTimeMs('ended_at') ??
      settlement?.settled_at_ms ??
      Math.min(createdAtMs + durationSec * 1000, nowMs);
    if (endedAtMs < createdAtMs) findings.add('lease_changed', row.where, 'it ended before it began');
    this.#insert(row, {
      ...{ worker, consumerId, createdAtMs, durationSec },
      state: conflict || (state !== 'completed' && !settlement) ? 'cancelled' : 'completed',
      endedAtMs: Math.max(endedAtMs, createdAtMs),
      providerId: settlement?.provider_id ?? accounts.namedLike(worker.workerId) ?? worker.accountId,
      heldMicro: settlement?.total_cost_micro ?? 0,
      miningSinceMs: showsMining(row) ? createdAtMs : null,
      endReason: conflict ? 'imported_conflict' : 'imported',
      imported: 1,
    });
  }

  /**
   * A lease under way goes on by this platform's rules: its price is held, as far as its consumer has it (the earlier
   * platform charged no more than that either). When its time is over, the next start ends it; then the worker is paid
   * until it was last heard.
   */
  #continue(
    row: SourceRow,
    { createdAtMs, worker, consumerId }: { createdAtMs: number; worker: ImportedWorker; consumerId: string },
  ): void {
    const { context, accounts, money } = this.#sources;
    const { findings, nowMs } = context;
    const leaseId = row.text('lease_id');
    const durationSec = row.whole('duration_sec', duration);
    const expiresAtMs = createdAtMs + durationSec * 1000;
    const balanceMicro = accounts.get(consumerId)?.balanceMicro ?? 0;
    const freeMicro = this.#freeMicro.get(consumerId) ?? balanceMicro;
    const priceMicro = costOf(this.#priceOf(row), durationSec * 1000);
    const heldMicro = Math.min(freeMicro, priceMicro);
    this.#freeMicro.set(consumerId, freeMicro - heldMicro);
    const isOver = expiresAtMs <= nowMs;
    findings.add(
      isOver ? 'lease_expired' : 'lease_active',
      row.where,
      `${toCredits(heldMicro)} of ${toCredits(priceMicro)} credits of ${show(consumerId)} are held`,
    );
    if (heldMicro > 0) money.stageHold(leaseId, consumerId, heldMicro, durationSec);
    this.#insert(row, {
      ...{ worker, consumerId, createdAtMs, durationSec, heldMicro },
      state: 'active',
      endedAtMs: null,
      providerId: worker.accountId,
      miningSinceMs: showsMining(row) ? createdAtMs : null,
      endReason: '',
      imported: 0,
    });
    this.#noteSilence(worker, createdAtMs, isOver);
  }

  /**
   * The time in which a platform does not run is nobody's silence; but nobody is paid for a time that is over and in
   * which nothing was heard.
   */
  #noteSilence({ workerId, lastHeartbeatMs }: ImportedWorker, createdAtMs: number, isOver: boolean): void {
    const fellSilent = this.#stoppedAtMs - lastHeartbeatMs > onlineWindowMs;
    if (!isOver && !fellSilent) return;
    this.#sources.context.target.insert('worker_outages', {
      worker_id: workerId,
      began_at_ms: Math.max(lastHeartbeatMs, createdAtMs),
      ended_at_ms: null,
      cause: 'silent',
    });
  }

  #insert(
    row: SourceRow,
    lease: {
      worker: ImportedWorker;
      consumerId: string;
      createdAtMs: number;
      durationSec: number;
      state: 'active' | 'completed' | 'cancelled';
      endedAtMs: number | null;
      providerId: string;
      heldMicro: number;
      miningSinceMs: number | null;
      endReason: string;
      imported: 0 | 1;
    },
  ): void {
    const { context } = this.#sources;
    context.target.insert('leases', {
      lease_id: row.text('lease_id'),
      worker_id: lease.worker.workerId,
      consumer_id: lease.consumerId,
      consumer_address: this.#shownAddress(row),
      prefix: row.text('prefix').toLowerCase(),
      duration_sec: lease.durationSec,
      price_per_min_micro: this.#priceOf(row),
      state: lease.state,
      created_at_ms: lease.createdAtMs,
      ended_at_ms: lease.endedAtMs,
      blocks_found: row.whole('blocks_found', count),
      hashrate_sum: row.decimal('total_hashrate_samples', { min: 0, max: 1e18, fallback: 0 }),
      hashrate_samples: row.whole('hashrate_count', count),
      provider_id: lease.providerId,
      held_micro: lease.heldMicro,
      mining_since_ms: lease.miningSinceMs,
      end_reason: lease.endReason,
      imported: lease.imported,
    });
  }

  /** Micro-credits a minute; prices were kept by the second. */
  #priceOf(row: SourceRow): number {
    if (!row.has('price_per_sec')) return 600_000;
    const perSec = row.values['price_per_sec'];
    const micro = typeof perSec === 'number' ? Math.round(perSec * 60_000_000) : -1;
    return Number.isSafeInteger(micro) ? Math.min(Math.max(0, micro), maxBalanceMicro) : 0;
  }

  /** EIP-55 form; what is no address stays as it is. */
  #shownAddress(row: SourceRow): string {
    const text = row.text('consumer_address');
    if (!ethAddressPattern.test(text)) return text;
    const known = this.#shownAddresses.get(text);
    if (known !== undefined) return known;
    const shown = getAddress(text.toLowerCase());
    this.#shownAddresses.set(text, shown);
    return shown;
  }

  /** Settlements without a lease get one that says what they say. */
  #recreate(): void {
    const { context, workers } = this.#sources;
    for (const orphan of context.target.orphanSettlements()) {
      const { lease_id: leaseId, settled_at_ms: settledAtMs, billed_ms: billedMs } = orphan;
      context.findings.add('lease_recreated', `lease ${show(leaseId)}`, '');
      workers.require(orphan.worker_id, settledAtMs);
      const minutes = billedMs / 60_000;
      context.target.insert('leases', {
        lease_id: leaseId,
        worker_id: orphan.worker_id,
        consumer_id: orphan.consumer_id,
        consumer_address: '',
        prefix: '',
        duration_sec: Math.max(1, Math.ceil(billedMs / 1000)),
        price_per_min_micro: minutes > 0 ? Math.round(orphan.total_cost_micro / minutes) : 0,
        state: 'completed',
        created_at_ms: Math.max(0, settledAtMs - billedMs),
        ended_at_ms: settledAtMs,
        blocks_found: orphan.blocks_found,
        hashrate_sum: 0,
        hashrate_samples: 0,
        provider_id: orphan.provider_id,
        held_micro: orphan.total_cost_micro,
        mining_since_ms: null,
        end_reason: 'imported',
        imported: 1,
      });
    }
  }
}

/** Heartbeats or blocks of the lease: its worker mined for it. */
function showsMining(row: SourceRow): boolean {
  return Number(row.values['hashrate_count'] ?? 0) > 0 || Number(row.values['blocks_found'] ?? 0) > 0;
}
