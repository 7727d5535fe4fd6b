/** The filter of a list by one tag, as a filter bar takes it. */
import { computed, type ComputedRef } from 'vue';
import { useText } from '../../i18n/use-text.ts';
import type { FilterFacet } from '../../ui/table/filter-facet.ts';
import { useLabels } from './use-labels.ts';

/** Nothing where whoever looks sees no tags, unless one is chosen: then it can be taken away. */
export function useTagFacet(chosen: () => string): ComputedRef<FilterFacet[]> {
  const text = useText();
  const { tags } = useLabels();
  return computed(() => {
    const selected = chosen() === '' ? [] : [chosen()];
    const values = [...new Set([...selected, ...tags.value])];
    if (values.length === 0) return [];
    return [
      {
        id: 'tag',
        label: text('fleet.facet.tag'),
        options: values.map((value) => ({ value, label: value })),
        selected,
        isSingle: true,
      },
    ];
  });
}
