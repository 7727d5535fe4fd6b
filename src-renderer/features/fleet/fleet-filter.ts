/** Which workers a person wants to see, and how many there would be with one more filter. */
import type { FeedWorker } from '../../../src-main/contract/domain/worker.ts';
import { shownState, type ShownState } from '../../state/worker-state.ts';
import { labelOf, noLabels, type Labels } from '../tags/labels.ts';
import { gpuModelsOf, searchTextOf } from './fleet-worker.ts';

/** Nothing in a list: everything passes. */
export interface FleetFilters {
  readonly q: string;
  readonly state: readonly ShownState[];
  readonly gpu: readonly string[];
  readonly owner: readonly string[];
  readonly online: boolean | undefined;
  /** Only those that the honesty meter flags. */
  readonly flagged: boolean;
  readonly version: readonly string[];
  readonly tag: readonly string[];
}

export const noFilters: FleetFilters = {
  ...{ q: '', state: [], gpu: [], owner: [], online: undefined, flagged: false, version: [], tag: [] },
};

export const facetIds = ['state', 'tag', 'gpu', 'owner', 'online', 'flagged', 'version'] as const;
export type FacetId = (typeof facetIds)[number];

/** How many workers each value of a facet would keep, with all other filters as they are. */
export type FacetCounts = Readonly<Record<FacetId, ReadonlyMap<string, number>>>;

/** Stands for an address or a version that is not there: an empty text says nothing in an address. */
export const noValue = 'none';

/** Stands for no tag at all; no tag is called so. */
export const untagged = '-';

/** What a worker is in a facet; the same texts as in a filter. */
function valuesOf(facet: FacetId, worker: FeedWorker, state: ShownState, labels: Labels): readonly string[] {
  switch (facet) {
    case 'state':
      return [state];
    case 'gpu':
      return gpuModelsOf(worker);
    case 'owner':
      return [worker.eth_address.toLowerCase() || noValue];
    case 'online':
      return [state === 'offline' ? '0' : '1'];
    case 'flagged':
      return worker.honesty.flag === '' ? [] : ['1'];
    case 'tag': {
      const { tags } = labelOf(labels, worker.worker_id);
      return tags.length > 0 ? tags : [untagged];
    }
    case 'version':
      return [worker.version || noValue];
  }
}

/** What changes in filters when other values of a facet are chosen. */
export function facetChange(facet: string, values: readonly string[]): Partial<FleetFilters> {
  if (facet === 'online') return { online: values[0] === undefined ? undefined : values[0] === '1' };
  return facet === 'flagged' ? { flagged: values.length > 0 } : { [facet]: values };
}

/** Whether a filter leaves anybody out. */
export function isFiltered(filters: FleetFilters): boolean {
  return filters.q.trim() !== '' || facetIds.some((facet) => chosenIn(facet, filters).length > 0);
}

/** A filter's values as facets name them; empty when it is not set. */
export function chosenIn(facet: FacetId, filters: FleetFilters): readonly string[] {
  switch (facet) {
    case 'online':
      return filters.online === undefined ? [] : [filters.online ? '1' : '0'];
    case 'flagged':
      return filters.flagged ? ['1'] : [];
    case 'owner':
      return filters.owner.map((address) => address.toLowerCase());
    default:
      return filters[facet];
  }
}

function isFound(worker: FeedWorker, wanted: string, labels: Labels): boolean {
  return searchTextOf(worker).includes(wanted) || labelOf(labels, worker.worker_id).text.includes(wanted);
}

/** A test for workers, made once for many. */
export function fleetTest(
  filters: FleetFilters,
  nowSec: number,
  labels: Labels = noLabels,
): (worker: FeedWorker) => boolean {
  const wanted = filters.q.trim().toLowerCase();
  const set = facetIds
    .map((facet) => ({ facet, chosen: new Set(chosenIn(facet, filters)) }))
    .filter(({ chosen }) => chosen.size > 0);
  return (worker) => {
    if (wanted !== '' && !isFound(worker, wanted, labels)) return false;
    const state = shownState(worker, nowSec);
    return set.every(({ facet, chosen }) =>
      valuesOf(facet, worker, state, labels).some((value) => chosen.has(value)),
    );
  };
}

/** Counts for all facets in one go over the workers. */
export function countFacets(
  workers: Iterable<FeedWorker>,
  filters: FleetFilters,
  nowSec: number,
  labels: Labels = noLabels,
): FacetCounts {
  const wanted = filters.q.trim().toLowerCase();
  const chosen = facetIds.map((facet) => new Set(chosenIn(facet, filters)));
  const counts = facetIds.map(() => new Map<string, number>());
  for (const worker of workers) {
    if (wanted !== '' && !isFound(worker, wanted, labels)) continue;
    const state = shownState(worker, nowSec);
    const values = facetIds.map((facet) => valuesOf(facet, worker, state, labels));
    const failing = facetIds.flatMap((_facet, index) => {
      const set = chosen[index] as ReadonlySet<string>;
      return set.size === 0 || values[index]?.some((value) => set.has(value)) ? [] : [index];
    });
    // A facet counts what all others let through.
    if (failing.length > 1) continue;
    for (const [index, map] of counts.entries()) {
      if (failing.length === 1 && failing[0] !== index) continue;
      for (const value of values[index] ?? []) map.set(value, (map.get(value) ?? 0) + 1);
    }
  }
  return Object.fromEntries(facetIds.map((facet, index) => [facet, counts[index]])) as unknown as FacetCounts;
}

/** Totals of the workers that are shown. */
export interface ShownTotals {
  readonly workers: number;
  readonly online: number;
  /** H/s of those online. */
  readonly hashrate: number;
  readonly gpus: number;
  /** Of those online. */
  readonly activeGpus: number;
}

export function totalsOf(workers: readonly FeedWorker[], nowSec: number): ShownTotals {
  const sum = { workers: workers.length, online: 0, hashrate: 0, gpus: 0, activeGpus: 0 };
  for (const worker of workers) {
    sum.gpus += worker.gpu_count;
    if (shownState(worker, nowSec) === 'offline') continue;
    sum.online += 1;
    sum.hashrate += worker.hashrate;
    sum.activeGpus += worker.active_gpus;
  }
  return sum;
}
