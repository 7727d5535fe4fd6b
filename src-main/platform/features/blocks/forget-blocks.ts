/** How many reports that count for nothing are kept. */
import type { BlockListRepository } from './block-list.repository.ts';
import type { BlockRepository } from './block.repository.ts';

/** The newest of them, so that they can't fill the disk over the months. */
export const keptUncounted = 100_000;

/** They are deleted in portions, so that none holds the event loop for long. */
export const forgottenAtOnce = 250;

/** Deletes the others in a database that no platform uses. Returns how many there were. */
export async function forgetBlocks(
  repository: BlockRepository,
  lists: Pick<BlockListRepository, 'loadTotals'>,
): Promise<number> {
  const { recorded, total } = await lists.loadTotals();
  const excess = Math.max(0, recorded - total - keptUncounted);
  let deleted = 0;
  while (deleted < excess) {
    const { length } = await repository.forgetUncounted(Math.min(forgottenAtOnce, excess - deleted));
    if (length === 0) break;
    deleted += length;
  }
  return deleted;
}
