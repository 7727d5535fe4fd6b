/** Accounts, workers and what workers last said, as rows. */
import type { WorkerState } from '../../../contract/domain/worker.ts';
import type { Random } from '../../kernel/random.ts';
import { difficultyAt } from './block-rows.ts';
import { onlineMsOf } from './block-plan.ts';
import type { HistoryPlan } from './history-plan.ts';
import type { RigCalendar } from './rig-calendar.ts';
import { randomOf, type Setting } from './test-data-size.ts';

/** Part of the rigs with a lost card that stopped with an error. */
const stoppedRigs = 0.4;

/** Of the accounts that are not there yet. */
export function toAccountRows({ setting: { owner }, wallets, consumers }: HistoryPlan) {
  const newWallets = wallets.filter(({ accountId }) => !owner?.isKnown || accountId !== owner.accountId);
  const rows = [
    ...newWallets.map(({ accountId, address, createdAtMs }) => ({
      account_id: accountId,
      role: 'provider' as const,
      eth_address: address.toLowerCase(),
      origin: 'wallet' as const,
      created_at_ms: createdAtMs,
    })),
    ...consumers.map(({ accountId, address, createdAtMs }) => ({
      account_id: accountId,
      role: 'consumer' as const,
      eth_address: address.toLowerCase(),
      origin: 'registered' as const,
      created_at_ms: createdAtMs,
    })),
  ];
  return rows
    .map((row) => ({ ...row, declared_address: '', closed_at_ms: null }))
    .toSorted((left, right) => left.created_at_ms - right.created_at_ms);
}

export function toWorkerRow({ rig }: RigCalendar) {
  return {
    worker_id: rig.workerId,
    account_id: rig.wallet.accountId,
    eth_address: rig.wallet.address,
    gpu_count: rig.gpus.length,
    total_memory_gb: rig.gpus.reduce((sum, gpu) => sum + gpu.memory_gb, 0),
    gpus: JSON.stringify(rig.gpus),
    version: rig.version,
    registered_at_ms: rig.registeredAtMs,
    price_per_min_micro: rig.pricePerMinMicro,
    min_duration_sec: rig.minDurationSec,
    max_duration_sec: rig.maxDurationSec,
    listed: rig.listed ? 1 : 0,
  };
}

export function toOutageRows({ rig, outages }: RigCalendar) {
  return outages.map(({ beganAtMs, endedAtMs, cause }) => ({
    worker_id: rig.workerId,
    began_at_ms: beganAtMs,
    ended_at_ms: endedAtMs,
    cause,
  }));
}

/** What each worker last said, in the order of the calendars. */
export function toActivityRows({ setting, calendars, blocks }: HistoryPlan) {
  const random = randomOf(setting, 'activity');
  const sinceStart = new Map(calendars.map((calendar) => [calendar, 0]));
  for (const { calendar, foundAtMs } of blocks)
    if (foundAtMs >= minerStartedAt(calendar)) sinceStart.set(calendar, (sinceStart.get(calendar) ?? 0) + 1);
  return calendars.map((calendar) => toActivityRow(random, setting, calendar, sinceStart.get(calendar) ?? 0));
}

/** A miner starts anew after each outage. */
function minerStartedAt({ rig, outages }: RigCalendar): number {
  return outages.findLast(({ endedAtMs }) => endedAtMs !== null)?.endedAtMs ?? rig.registeredAtMs;
}

function toActivityRow(random: Random, setting: Setting, calendar: RigCalendar, acceptedBlocks: number) {
  const { rig, outages, lastHeardMs } = calendar;
  const activeGpus = rig.curve.activeGpusAt(lastHeardMs);
  const isStopped = activeGpus < rig.gpus.length && random.chance(stoppedRigs);
  const working: WorkerState = rig.listed ? 'AVAILABLE' : 'SELF_MINING';
  const last = outages.at(-1);
  const saidGoodbye = last?.endedAtMs === null && last.cause === 'offline';
  return {
    worker_id: rig.workerId,
    state: isStopped ? 'ERROR' : working,
    detail: isStopped ? `GPU ${rig.gpus.length - 1} does not answer` : '',
    lease_id: '',
    offline_since_ms: saidGoodbye ? last.beganAtMs : null,
    hashrate: rig.curve.at(lastHeardMs),
    active_gpus: activeGpus,
    accepted_blocks: acceptedBlocks,
    difficulty: difficultyAt(setting, lastHeardMs),
    miner_uptime_sec: Math.floor((lastHeardMs - minerStartedAt(calendar)) / 1000),
    last_heartbeat_ms: lastHeardMs,
    last_online_at_ms: lastHeardMs,
    total_online_ms: onlineMsOf(calendar),
    current_address: rig.wallet.address,
    current_prefix: '',
    current_block_pattern: 'XEN11',
  };
}
