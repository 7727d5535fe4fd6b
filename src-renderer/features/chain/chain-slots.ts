/** Blocks of the chain counted by stretches of time, as far back as the list of the newest reaches. */
import type { BlockType } from '../../../src-main/contract/domain/block.ts';
import type { ChainBlock } from '../../../src-main/contract/rest/chain.routes.ts';
import type { TimeRange } from '../../ui/charts/chart-data.ts';

export interface ChainSlots {
  readonly slots: readonly TimeRange[];
  /** Counts by type, one for each slot. */
  readonly counts: Readonly<Record<BlockType, readonly number[]>>;
  readonly slotSec: number;
}

/** From the finest: the first with which no more than so many bars are needed. */
const slotSizesSec = [300, 900, 3600] as const;
const mostSlots = 24;

/**
 * @param blocks the newest ones, newest first
 * @param isAll there are no older ones
 * @param nowSec Unix seconds
 */
export function countBySlots(blocks: readonly ChainBlock[], isAll: boolean, nowSec: number): ChainSlots {
  const oldest = blocks.at(-1)?.created_at ?? nowSec;
  // What is older than the list reaches is not known: the stretch in which it ends is left out.
  const reachSec = isAll ? mostSlots * 3600 : nowSec - oldest;
  const slotSec = slotSizesSec.find((size) => size * mostSlots >= reachSec) ?? 3600;
  const end = (Math.floor(nowSec / slotSec) + 1) * slotSec;
  const known = isAll ? mostSlots : Math.min(mostSlots, Math.floor((end - oldest) / slotSec));
  const count = Math.max(1, known);
  const start = end - count * slotSec;
  const slots = Array.from({ length: count }, (_unused, index) => ({
    from: start + index * slotSec,
    to: start + (index + 1) * slotSec,
  }));
  const counts = { normal: zeros(count), super: zeros(count), xuni: zeros(count) };
  for (const { created_at, block_type } of blocks) {
    const index = Math.floor((created_at - start) / slotSec);
    if (index >= 0 && index < count) counts[block_type][index] = (counts[block_type][index] ?? 0) + 1;
  }
  return { slots, counts, slotSec };
}

function zeros(count: number): number[] {
  return new Array<number>(count).fill(0);
}

const minuteSec = 60;
const hourSec = 3600;

/** Whether the xuni window is open (minute 55 to 5 of an hour), and in how many seconds that changes. */
export function xuniWindow(nowSec: number): { readonly isOpen: boolean; readonly changesInSec: number } {
  const intoHour = ((nowSec % hourSec) + hourSec) % hourSec;
  const opens = 55 * minuteSec;
  const closes = 5 * minuteSec;
  const isOpen = intoHour >= opens || intoHour < closes;
  const target = isOpen ? (intoHour >= opens ? hourSec + closes : closes) : opens;
  return { isOpen, changesInSec: target - intoHour };
}
