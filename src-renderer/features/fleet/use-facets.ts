/** What the fleet can be filtered by, with how many workers each choice would leave. */
import type { Labels } from '../tags/labels.ts';
import { refThrottled } from '@vueuse/core';
import { computed, type ComputedRef } from 'vue';
import { useText } from '../../i18n/use-text.ts';
import { useLive } from '../../state/live.ts';
import type { ShownState } from '../../state/worker-state.ts';
import { useFormat } from '../../ui/format.ts';
import type { FilterFacet, FilterOption } from '../../ui/table/filter-facet.ts';
import {
  chosenIn,
  countFacets,
  facetIds,
  noValue,
  untagged,
  type FacetCounts,
  type FacetId,
  type FleetFilters,
} from './fleet-filter.ts';

/** Counts follow no faster. */
const countEveryMs = 2000;

export function useFacets(
  filters: ComputedRef<FleetFilters>,
  labels: ComputedRef<Labels>,
): ComputedRef<FilterFacet[]> {
  const live = useLive();
  const label = useLabels();
  const text = useText();
  const version = refThrottled(
    computed(() => live.version),
    countEveryMs,
  );
  const counts = computed<FacetCounts>(() =>
    countFacets(version.value >= 0 ? live.workers.values() : [], filters.value, live.nowSec(), labels.value),
  );
  return computed(() =>
    facetIds
      .filter((facet) => facet !== 'tag' || labels.value.size > 0 || filters.value.tag.length > 0)
      .map((facet) => {
        const chosen = chosenIn(facet, filters.value);
        const values = new Map(chosen.map((value) => [value, 0]));
        for (const [value, count] of counts.value[facet]) values.set(value, count);
        return {
          id: facet,
          label: text(`fleet.facet.${facet}`),
          options: [...values]
            .sort(([, left], [, right]) => right - left)
            .map(([value, count]): FilterOption => ({ value, label: label(facet, value), count })),
          selected: chosen,
          isSingle: facet === 'online' || facet === 'flagged',
        };
      }),
  );
}

function useLabels(): (facet: FacetId, value: string) => string {
  const text = useText();
  const format = useFormat();
  return (facet, value) => {
    switch (facet) {
      case 'state':
        return text(`common.state.${value as ShownState}`);
      case 'online':
        return text(value === '1' ? 'fleet.option.online' : 'fleet.option.offline');
      case 'flagged':
        return text('fleet.option.flagged');
      case 'owner':
        return value === noValue ? text('fleet.option.noOwner') : format.value.shorten(value);
      case 'version':
        return value === noValue ? text('fleet.option.noVersion') : value;
      case 'tag':
        return value === untagged ? text('fleet.option.untagged') : value;
      case 'gpu':
        return value;
    }
  };
}
