/** A page's filters, kept in its address: a view can be shared, reloaded and gone back to. */
import { computed, type ComputedRef } from 'vue';
import { useRoute, useRouter, type LocationQueryRaw } from 'vue-router';
import {
  changeFilters,
  parseFilters,
  setFilters,
  type FilterDefinition,
  type FilterValues,
  type RawQuery,
} from './url-filters.ts';

/** The filters of a page. */
export interface UrlFilters<Definition> {
  readonly values: ComputedRef<FilterValues<Definition>>;
  /** Names of those that are set, of `filterNames` when given. */
  readonly active: ComputedRef<readonly string[]>;
  /** Replaces some; the address follows at once, without an entry in the history. */
  set(changes: Partial<FilterValues<Definition>>): void;
  /** Unsets these, all unless given. */
  clear(names?: readonly (keyof Definition & string)[]): void;
  /** Changes with every change of a filter, for a table's `orderKey`. */
  readonly key: ComputedRef<string>;
}

/**
 * Filters by the definition, read from and written to the address's query. Several changes within one turn are one
 * change of the address. What else stands in the query stays.
 *
 * @example
 * const filters = useUrlFilters({ q: textFilter(), state: choicesFilter(shownStates), sort: sortFilter(['hashrate']) });
 * filters.set({ state: ['mining'] });
 */
export function useUrlFilters<const Definition extends FilterDefinition>(
  definition: Definition,
): UrlFilters<Definition> {
  const route = useRoute();
  const router = useRouter();
  const own = route.name;
  /** The query that the address is to have; undefined once it has it. */
  let wanted: RawQuery | undefined;
  let isReplacing = false;

  // While the page makes room for another, its filters are those of its own address.
  const query = computed<RawQuery>((before) =>
    route.name === own || before === undefined ? route.query : before,
  );
  const key = computed(() => JSON.stringify(parseFilters(definition, query.value)));
  // Parsed again only when one of these filters has changed: what reads them stays quiet else.
  const values = computed(() => parseFilters(definition, key.value === '' ? {} : query.value));
  const active = computed(() => setFilters(definition, values.value));

  async function replace(): Promise<void> {
    isReplacing = true;
    // Whatever else changes within this turn goes with it.
    await Promise.resolve();
    while (wanted !== undefined && route.name === own) {
      const next = wanted;
      await router.replace({ query: next as LocationQueryRaw, hash: route.hash });
      if (wanted === next) wanted = undefined;
    }
    wanted = undefined;
    isReplacing = false;
  }

  function set(changes: Partial<FilterValues<Definition>>): void {
    wanted = changeFilters(definition, wanted ?? route.query, changes);
    if (!isReplacing) void replace();
  }

  function clear(names: readonly (keyof Definition & string)[] = Object.keys(definition)): void {
    const unset = names.map((name) => [name, definition[name]?.unset]);
    set(Object.fromEntries(unset) as Partial<FilterValues<Definition>>);
  }

  return { values, active, set, clear, key };
}
