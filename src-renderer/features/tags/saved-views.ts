/** Views of the fleet that somebody kept. */
import { computed } from 'vue';
import { parseQuery, stringifyQuery, type LocationQuery, type LocationQueryRaw } from 'vue-router';
import type { SavedView } from '../../../src-main/contract/domain/saved-view.ts';
import { savedViewsRoute } from '../../../src-main/contract/rest/views.routes.ts';
import { useCall } from '../../api/query.ts';
import { useMayLabel } from './use-may-label.ts';

/** In an address: the view whose columns are to be shown, too. */
export const viewParameter = 'view';

/** Where a view is shown. */
export function toView({ view_id, query }: Pick<SavedView, 'view_id' | 'query'>) {
  return {
    name: 'fleet',
    query: { ...(parseQuery(query) as LocationQueryRaw), [viewParameter]: view_id },
  };
}

/** The address without the view that it names. */
export function withoutView(query: LocationQuery): LocationQuery {
  return Object.fromEntries(Object.entries(query).filter(([name]) => name !== viewParameter));
}

/** Filters and order of an address, as a view keeps them. */
export function queryOf(query: LocationQuery): string {
  return stringifyQuery(withoutView(query));
}

/** @param isWanted whether they are asked for now */
export function useSavedViews(isWanted: () => boolean = () => true) {
  const mayLabel = useMayLabel();
  const { data } = useCall(savedViewsRoute, undefined, { enabled: () => mayLabel.value && isWanted() });
  return {
    views: computed(() => (mayLabel.value ? data.value?.items : undefined)),
    mayKeep: mayLabel,
  };
}
