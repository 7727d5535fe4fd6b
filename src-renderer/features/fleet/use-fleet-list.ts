/** The workers that the fleet page shows: live, filtered by what the address says. */
import { computed } from 'vue';
import type { FeedWorker } from '../../../src-main/contract/domain/worker.ts';
import { useLive } from '../../state/live.ts';
import { shownState, shownStates } from '../../state/worker-state.ts';
import {
  choicesFilter,
  flagFilter,
  maybeFilter,
  sortFilter,
  textFilter,
  textsFilter,
} from '../../ui/table/url-filters.ts';
import { useUrlFilters } from '../../ui/table/use-url-filters.ts';
import { useLabels } from '../tags/use-labels.ts';
import { sortableColumns } from './fleet-columns.ts';
import { fleetTest, totalsOf } from './fleet-filter.ts';
import { hashratePerGpu } from './fleet-worker.ts';
import { useFacets } from './use-facets.ts';

export function useFleetList() {
  const live = useLive();
  const { labels, colors, mayLabel } = useLabels();
  const filters = useUrlFilters({
    q: textFilter(128),
    state: choicesFilter(shownStates),
    gpu: textsFilter(),
    owner: textsFilter(),
    online: maybeFilter(),
    flagged: flagFilter(),
    version: textsFilter(),
    tag: textsFilter(),
    sort: sortFilter(sortableColumns, { id: 'hashrate', isDescending: true }),
  });
  /** All workers, as of a moment; another object whenever something changed. */
  const fleet = computed(() => ({ version: live.version, workers: live.workers, nowSec: live.nowSec() }));
  const rows = computed<readonly FeedWorker[] | undefined>(() => {
    const { workers, nowSec } = fleet.value;
    if (!live.hasSnapshot) return undefined;
    return [...workers.values()].filter(fleetTest(filters.values.value, nowSec, labels.value));
  });
  const totals = computed(() => totalsOf(rows.value ?? [], fleet.value.nowSec));
  /** H/s of the best GPU of each model, of those that work now. */
  const bestOfModel = computed(() => {
    const { workers, nowSec } = fleet.value;
    const best = new Map<string, number>();
    for (const worker of workers.values()) {
      const one = shownState(worker, nowSec) === 'offline' ? undefined : hashratePerGpu(worker);
      if (one && one.hashrate > (best.get(one.model) ?? 0)) best.set(one.model, one.hashrate);
    }
    return best;
  });
  const facets = useFacets(filters.values, labels);
  return { filters, rows, totals, bestOfModel, facets, labels, colors, mayLabel };
}
