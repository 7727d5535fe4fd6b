/** Clock, disk and event loop. */
import { open, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ClockOffsets } from '../../../broker/clock-offsets.ts';
import { messageOf } from '../../../kernel/app-error.ts';
import type { Storage } from '../../../storage/storage.ts';
import type { EventLoopDelay } from '../../system/index.ts';
import { round, type Outcome } from './outcome.ts';

const largeOffsetSec = 5;
/** Fewer may all be wrong in the same way. */
const leastWorkers = 3;
const leastFreeBytes = 1_000_000_000;
const fullBytes = 100_000_000;
const slowWriteMs = 100;
const lateMs = 200;
/** A start keeps everything waiting for a moment: it says nothing about the machine. */
const startSec = 60;
const pageBytes = 4096;

/** Without Internet nothing is sure of the time; what can be known is whether the miners agree. */
export function checkClock(offsets: Pick<ClockOffsets, 'median'>): Outcome<'clock'> {
  const median = offsets.median();
  if (!median)
    return {
      ...{ state: 'unknown', code: 'no_miner' },
      detail: 'No miner has sent a time yet, and the platform asks nobody on the Internet.',
      advice: 'timedatectl (Linux) or the system settings tell whether this machine keeps its clock by NTP.',
    };
  const { workers, offsetSec } = median;
  const facts = { workers, offset: round(offsetSec) };
  const seen = `The clocks of ${workers} miners are ${round(Math.abs(offsetSec))} s ${offsetSec < 0 ? 'behind' : 'ahead'} (median).`;
  if (Math.abs(offsetSec) <= largeOffsetSec)
    return { ...{ state: 'ok', code: 'agrees', value: offsetSec, unit: 'sec', facts }, detail: seen };
  return {
    ...{ state: 'warning', code: 'differs', value: offsetSec, unit: 'sec', facts },
    detail: seen,
    advice:
      workers >= leastWorkers
        ? 'When most miners agree with each other, this machine is the one that is wrong: switch its NTP on.'
        : 'Either this machine or the miner is wrong: switch NTP on at both. The platform itself goes by its own clock.',
  };
}

export async function checkDisk(databasePath: string, databaseBytes: number): Promise<Outcome<'disk'>> {
  const { bavail, bsize } = await statfs(dirname(databasePath));
  const free = bavail * bsize;
  const facts = { free, path: dirname(databasePath) };
  const detail = `${gigabytes(free)} are free on the disk of the database.`;
  const base = { value: free, unit: 'bytes', facts, detail } as const;
  const advice = 'Make room, or move the backups to another disk with --backup-dir.';
  if (free < fullBytes) return { ...base, state: 'failed', code: 'full', advice };
  if (free < Math.max(leastFreeBytes, databaseBytes))
    return { ...base, state: 'warning', code: 'tight', advice };
  return { ...base, state: 'ok', code: 'room' };
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** A page that has to be on the disk, beside the database; and a transaction through the queue of all writes. */
export async function checkWrite(
  databasePath: string,
  storage: Pick<Storage, 'releasePages' | 'commitStats'>,
): Promise<Outcome<'write'>> {
  const path = join(dirname(databasePath), `.self-check-${process.pid}`);
  try {
    const begin = performance.now();
    const file = await open(path, 'w', 0o600);
    try {
      await file.writeFile(Buffer.alloc(pageBytes));
      await file.sync();
    } finally {
      await file.close();
    }
    const syncMs = performance.now() - begin;
    const queued = performance.now();
    await storage.releasePages(1);
    const queueMs = performance.now() - queued;
    const { failure } = storage.commitStats;
    if (failure !== '') throw new Error(failure);
    const value = Math.max(syncMs, queueMs);
    const isSlow = value > slowWriteMs;
    return {
      ...{ state: isSlow ? 'warning' : 'ok', code: isSlow ? 'slow' : 'quick', value, unit: 'ms' },
      facts: { sync: round(syncMs), queue: round(queueMs) },
      detail: `A page was on the disk after ${round(syncMs)} ms, a transaction done after ${round(queueMs)} ms.`,
      advice: isSlow ? 'Every register and block waits so long: use a local SSD for --data-dir.' : '',
    };
  } catch (error) {
    const reason = messageOf(error);
    return {
      ...{ state: 'failed', code: 'failed', facts: { reason } },
      detail: `The disk did not take a page: ${reason}.`,
      advice: 'Miners get no acknowledgement meanwhile and send again. Make room, or look at the disk.',
    };
  } finally {
    await rm(path, { force: true });
  }
}

export function checkEventLoop(
  eventLoop: Pick<EventLoopDelay, 'recent'>,
  uptimeSec: number,
): Outcome<'event_loop'> {
  const value = eventLoop.recent()[99] * 1000;
  const isLate = value > lateMs && uptimeSec >= startSec;
  return {
    ...{ state: isLate ? 'warning' : 'ok', code: isLate ? 'late' : 'quick', value, unit: 'ms' },
    detail: `99 % of all waits within the last minute were shorter than ${round(value)} ms.`,
    advice: isLate ? 'The machine has too little CPU for what runs on it.' : '',
  };
}
