import { BlockSearchRepository, type BlockFilter } from '../../src-main/platform/features/blocks/index.ts';
import type { StorageAccess } from '../../src-main/platform/storage/storage.ts';

const anyBlock: BlockFilter = {
  ...{ leaseId: '', workerId: '', account: '', search: '' },
  ...{ verified: undefined, type: undefined, counted: undefined, sinceMs: undefined, untilMs: undefined },
};

/** Looks for blocks in every way. */
export async function askForBlocks(storage: StorageAccess): Promise<void> {
  const blocks = new BlockSearchRepository(storage);
  await blocks.find(5);
  const filters: Partial<BlockFilter>[] = [
    { sinceMs: 1000, untilMs: 5000 },
    { leaseId: 'l1' },
    { workerId: 'w1' },
    { account: '0xA' },
    { counted: true },
    { counted: false },
    { type: 'super' },
    { type: 'xuni' },
    { verified: 'proven' },
    { verified: 'rejected' },
    { workerId: 'w1', verified: 'rejected', type: 'super' },
    { account: '0xa', counted: true },
    { search: '12345678' },
    { search: 'abcd+/', workerId: 'w1', sinceMs: 5 },
    { workerIds: new Set(['w1', 'w2']) },
    { workerIds: new Set(['w1', 'w2']), verified: 'rejected', account: '0xa' },
    { workerIds: new Set(['w1', 'w2']), leaseId: 'l1' },
    { workerIds: new Set(['w1', 'w2']), workerId: 'w1' },
    { workerIds: new Set(['w1', 'w2']), search: '12345678' },
  ];
  for (const filter of filters) {
    await blocks.search({ ...anyBlock, ...filter }, { limit: 50, offset: 10 });
    await blocks.search({ ...anyBlock, sinceMs: 500, ...filter }, { limit: 50, offset: 0 });
  }
}
