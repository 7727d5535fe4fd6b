/** The market's listings as the address asks for them, kept current while somebody looks. */
import { useThrottleFn } from '@vueuse/core';
import { computed, onScopeDispose, type ComputedRef } from 'vue';
import { listingOrders, type Listing, type ListingOrder } from '../../../src-main/contract/domain/market.ts';
import { maxTagLength } from '../../../src-main/contract/domain/tag.ts';
import { marketplaceRoute } from '../../../src-main/contract/rest/market.routes.ts';
import { call } from '../../api/call.ts';
import { invalidate, useCall } from '../../api/query.ts';
import { useLive } from '../../state/live.ts';
import type { RowSource } from '../../ui/table/row-source.ts';
import {
  choiceFilter,
  flagFilter,
  numberFilter,
  pageFilter,
  textFilter,
} from '../../ui/table/url-filters.ts';
import { useUrlFilters, type UrlFilters } from '../../ui/table/use-url-filters.ts';

/** Listings of a page. */
export const listingsPerPage = 24;

/** The longest page that the platform gives. */
const mostAtOnce = 100;

/** Rented instead of a worker's id: whichever is the cheapest. */
export const anyWorker = '*';

const definition = {
  gpu: textFilter(128),
  /** H/s. */
  min_hashrate: numberFilter({ min: 0, max: 1e14 }),
  /** Credits a minute. */
  max_price: numberFilter({ min: 0, max: 10_000 }),
  min_gpus: numberFilter({ min: 0, max: 1024, isWhole: true }),
  tag: textFilter(maxTagLength),
  /** Also those that can't be rented now. */
  all: flagFilter(),
  sort: choiceFilter(listingOrders),
  page: pageFilter(),
  /** The worker whose rent dialog is open; `*` for any. */
  rent: textFilter(256),
};

export type MarketFilters = UrlFilters<typeof definition>;

/** Filters that leave listings out. */
export const narrowing = ['gpu', 'min_hashrate', 'max_price', 'min_gpus', 'tag'] as const;

const refreshMs = 10_000;
/** So often at most a lease that begins or ends is followed at once. */
const followMs = 2000;

export function useMarketFilters(): MarketFilters {
  return useUrlFilters(definition);
}

export function useListings({ values }: MarketFilters) {
  const live = useLive();
  const query = computed(() => {
    const { gpu, min_hashrate, max_price, min_gpus, tag, all, sort } = values.value;
    return {
      sort_by: sort === '' ? undefined : sort,
      gpu_type: gpu.trim(),
      min_hashrate,
      max_price,
      min_gpus,
      tag,
      available_only: all ? false : undefined,
    };
  });
  const answer = useCall(
    marketplaceRoute,
    () => ({ query: { ...query.value, limit: listingsPerPage, page: values.value.page } }),
    { refreshMs },
  );
  /** All that pass the filters now. */
  function source(): RowSource<Listing> {
    const { value: asked } = query;
    return {
      atOnce: mostAtOnce,
      load: (offset, signal) =>
        call(marketplaceRoute, {
          query: { ...asked, limit: mostAtOnce, page: offset / mostAtOnce + 1 },
          signal,
        }),
    };
  }
  const follow = useThrottleFn(() => void invalidate(marketplaceRoute), followMs, true);
  onScopeDispose(live.on('lease', () => void follow()));

  const listings: ComputedRef<readonly Listing[] | undefined> = computed(() => answer.data.value?.items);
  const order = computed<ListingOrder>(() => (values.value.sort === '' ? 'price' : values.value.sort));
  return { answer, listings, order, total: computed(() => answer.data.value?.total), source };
}
