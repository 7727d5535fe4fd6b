/** What a worker is known to mine, against what it is to mine. */
import type { MinerConfig } from '../../../contract/domain/miner-config.ts';
import type { KnownConfig } from '../../../contract/domain/template.ts';
import type { LiveWorker } from '../fleet/index.ts';

export type Setting = keyof KnownConfig;

/** In the order in which they are shown. */
const settings = ['difficulty', 'address', 'prefix', 'block_pattern'] as const satisfies readonly Setting[];

/** What is known of one worker, apart from what renters asked of it. */
export interface Knowledge {
  /** By commands that reached it. */
  readonly told: MinerConfig;
  /** By its heartbeats. */
  readonly reported: MinerConfig;
}

function reportedBy(worker: LiveWorker, isForRenter: boolean): MinerConfig {
  const { difficulty, currentAddress: address, currentPrefix: prefix, currentBlockPattern } = worker;
  return {
    ...(difficulty === 0 ? {} : { difficulty }),
    ...(address === '' || isForRenter ? {} : { address }),
    ...(prefix === '' || isForRenter ? {} : { prefix }),
    ...(currentBlockPattern === '' ? {} : { block_pattern: currentBlockPattern }),
  };
}

/**
 * Its heartbeats tell of a lease for a while after its end. A miner goes back to what it mined before: what it was
 * told, else for the address with which it registered.
 *
 * @param isForRenter its last heartbeat shows what a renter asked for
 */
export function knowledgeOf(worker: LiveWorker, told: MinerConfig, isForRenter: boolean): Knowledge {
  const registered = isForRenter && worker.ethAddress !== '' ? { address: worker.ethAddress } : {};
  return { told: { ...registered, ...told }, reported: reportedBy(worker, isForRenter) };
}

/** As the worker reports it, else as it was last told; null: neither is known. */
export function knownConfigOf({ told, reported }: Knowledge): KnownConfig {
  const known = { ...told, ...reported };
  return {
    difficulty: known.difficulty ?? null,
    address: known.address ?? null,
    prefix: known.prefix ?? null,
    block_pattern: known.block_pattern ?? null,
  };
}

/** Miners have no prefix and the default pattern unless they were told one. */
function orDefault(setting: Setting, value: string | number | null): string | number | null {
  return value ?? (setting === 'prefix' || setting === 'block_pattern' ? '' : null);
}

function isSame(setting: Setting, left: string | number | null, right: string | number | null): boolean {
  if (setting === 'block_pattern') return left === right;
  return String(left).toLowerCase() === String(right).toLowerCase();
}

/** Settings that `wanted` would make others. */
export function changesOf(now: KnownConfig, wanted: MinerConfig): Setting[] {
  return settings.filter((setting) => {
    const value = wanted[setting];
    return value !== undefined && !isSame(setting, orDefault(setting, now[setting]), value);
  });
}

/** Whether the worker itself shows every setting of `wanted`, so that telling it again says nothing. */
export function showsAlready({ told, reported }: Knowledge, wanted: MinerConfig): boolean {
  return settings.every((setting) => {
    const value = wanted[setting];
    if (value === undefined) return true;
    // That nothing is reported shows only that there is none when none was told.
    const shown = reported[setting] ?? (value === '' ? (told[setting] ?? '') : null);
    return isSame(setting, shown, value);
  });
}

/** What takes `wanted` back; a difficulty or an address that was not known is left as it is. */
export function takeBack(before: KnownConfig, wanted: MinerConfig): MinerConfig {
  const entries = settings
    .filter((setting) => wanted[setting] !== undefined)
    .map((setting) => [setting, orDefault(setting, before[setting])] as const)
    .filter(([, value]) => value !== null);
  return Object.fromEntries(entries);
}
