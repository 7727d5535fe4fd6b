import type { LiveWorker } from '../fleet/index.ts';

/** Filters of the marketplace; absent ones let everything through. */
export interface ListingFilter {
  /** Part of the name of a GPU, in any case; empty for no filter. */
  readonly gpuType: string;
  /** H/s. */
  readonly minHashrate: number | undefined;
  readonly maxPricePerMinMicro: number | undefined;
  readonly minGpus: number;
  /** Only workers that can be rented now. */
  readonly availableOnly: boolean;
  readonly workerIds?: ReadonlySet<string> | undefined;
}

/** Names of the GPUs of a list in lower case. A register brings a new list, so that this one stays as it is. */
const namesOfGpus = new WeakMap<LiveWorker['gpus'], string>();

function gpuNames({ gpus }: LiveWorker): string {
  let names = namesOfGpus.get(gpus);
  if (names === undefined) {
    names = [...new Set(gpus.map(({ name }) => name.toLowerCase()))].join('\n');
    namesOfGpus.set(gpus, names);
  }
  return names;
}

/** Whether a worker passes the filter; whether it can be rented now is not looked at. */
export function matchesListing(worker: LiveWorker, filter: ListingFilter): boolean {
  const { gpuType, minHashrate = 0, maxPricePerMinMicro = Infinity, minGpus, workerIds } = filter;
  return (
    worker.hashrate >= minHashrate &&
    worker.pricePerMinMicro <= maxPricePerMinMicro &&
    worker.gpuCount >= minGpus &&
    (workerIds === undefined || workerIds.has(worker.workerId)) &&
    (gpuType === '' || gpuNames(worker).includes(gpuType.toLowerCase()))
  );
}
