/** Creates what compares now with before. */
import type { Config } from '../../contract/config.ts';
import { blocksPerHash } from '../../contract/domain/block-probability.ts';
import { TrendRepository, Trends } from '../features/overview/index.ts';
import type { Storage } from '../storage/storage.ts';

export interface TrendSources extends Omit<
  ConstructorParameters<typeof Trends>[0],
  'repository' | 'blocksPerHash'
> {
  readonly storage: Storage;
}

/** Where blocks are believed, nothing is expected of claims. */
export function createTrends({ verify, blockMarker }: Config, { storage, ...sources }: TrendSources): Trends {
  return new Trends({
    ...sources,
    repository: new TrendRepository(storage),
    blocksPerHash: verify === 'pow' ? blocksPerHash(blockMarker) : 0,
  });
}
