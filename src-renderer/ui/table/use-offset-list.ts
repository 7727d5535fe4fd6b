/** Lists by offset (rest.md: `{items, total, limit, offset}`), page by page or more and more of them. */
import { useInfiniteQuery, type UseQueryReturnType } from '@tanstack/vue-query';
import { computed, ref, toValue, watch, type ComputedRef, type MaybeRefOrGetter, type Ref } from 'vue';
import type { z } from 'zod';
import type { RouteDefinition } from '../../../src-main/contract/rest/define-route.ts';
import { call, type ApiError } from '../../api/call.ts';
import { keyOf, useCall, type CallQueryOptions } from '../../api/query.ts';
import type { RowSource } from './row-source.ts';

/** The longest page that the platform gives. */
const longestPage = 500;

interface OffsetList<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}

/** Items of a route that answers an offset list, in one of its forms at least. */
type ItemOf<Answer> = Answer extends { items: readonly (infer Item)[]; total: number } ? Item : never;

/** What a list of either kind says. */
interface ListState<Item> {
  /** Undefined before the first answer. */
  readonly items: ComputedRef<readonly Item[] | undefined>;
  /** Of the whole list. */
  readonly total: ComputedRef<number | undefined>;
  /** Nothing is there yet, and something is on its way. */
  readonly isLoading: Readonly<Ref<boolean>>;
  readonly isFetching: Readonly<Ref<boolean>>;
  readonly error: Readonly<Ref<ApiError | null>>;
  readonly refetch: () => unknown;
}

export interface OffsetPages<Item> extends ListState<Item> {
  /** From 1; back at 1 when the list becomes another. */
  readonly page: Ref<number>;
  readonly pageSize: number;
  /** Place of the page's first item in the whole list, from 0. */
  readonly firstIndex: ComputedRef<number>;
  /** All pages of the list as it is asked for now. */
  readonly source: () => RowSource<Item>;
}

export interface OffsetStream<Item> extends ListState<Item> {
  readonly hasMore: Readonly<Ref<boolean>>;
  readonly isLoadingMore: Readonly<Ref<boolean>>;
  readonly loadMore: () => void;
}

interface ListOptions extends CallQueryOptions {
  /** Items of a page, 1 to 500; 50 unless given. */
  readonly pageSize?: number;
}

interface PagesOptions extends ListOptions {
  /** The page, when it is kept elsewhere: in the address. */
  readonly page?: Ref<number>;
}

type CallInput<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> = NonNullable<
  Parameters<typeof call<Params, Query, z.ZodType, Body>>[1]
>;

/**
 * A list by offset, one page at a time.
 *
 * @param input what the list is asked with, beside `limit` and `offset`
 */
export function useOffsetPages<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Answer extends z.ZodType,
  Body extends z.ZodType,
>(
  route: RouteDefinition<Params, Query, Answer, Body>,
  input?: MaybeRefOrGetter<CallInput<Params, Query, Body> | undefined>,
  { pageSize = 50, page = ref(1), ...options }: PagesOptions = {},
): OffsetPages<ItemOf<z.output<Answer>>> {
  const firstIndex = computed(() => (page.value - 1) * pageSize);
  const answer = useCall(
    route,
    () => withQuery(toValue(input), { limit: pageSize, offset: firstIndex.value }),
    options,
  ) as UseQueryReturnType<OffsetList<ItemOf<z.output<Answer>>>, ApiError>;
  const total = computed(() => answer.data.value?.total);

  watch(
    () => JSON.stringify(toValue(input) ?? {}),
    () => (page.value = 1),
  );
  // The list got shorter than the page that is looked at.
  watch(total, (now) => {
    if (now !== undefined && !answer.isPlaceholderData.value && firstIndex.value >= now && page.value > 1)
      page.value = Math.max(1, Math.ceil(now / pageSize));
  });
  return {
    items: computed(() => answer.data.value?.items),
    total,
    page,
    pageSize,
    firstIndex,
    isLoading: answer.isLoading,
    isFetching: answer.isFetching,
    error: answer.error,
    refetch: answer.refetch,
    source() {
      const asked = toValue(input);
      return {
        atOnce: longestPage,
        load: (offset, signal) =>
          call(route, { ...withQuery(asked, { limit: longestPage, offset }), signal }) as Promise<
            OffsetList<ItemOf<z.output<Answer>>>
          >,
      };
    },
  };
}

/** A list by offset of which more and more is loaded, from its beginning. */
export function useOffsetStream<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Answer extends z.ZodType,
  Body extends z.ZodType,
>(
  route: RouteDefinition<Params, Query, Answer, Body>,
  input?: MaybeRefOrGetter<CallInput<Params, Query, Body> | undefined>,
  { pageSize = 50, refreshMs, enabled = true }: ListOptions = {},
): OffsetStream<ItemOf<z.output<Answer>>> {
  type List = OffsetList<ItemOf<z.output<Answer>>>;
  const answer = useInfiniteQuery<List, ApiError, { pages: List[] }, readonly unknown[], number>({
    queryKey: computed(() => [...keyOf(route), 'more', toValue(input) ?? {}]),
    queryFn: ({ pageParam, signal }) =>
      call(route, {
        ...withQuery(toValue(input), { limit: pageSize, offset: pageParam }),
        signal,
      }) as Promise<List>,
    initialPageParam: 0,
    getNextPageParam: ({ items, total }, _pages, offset) =>
      items.length > 0 && offset + items.length < total ? offset + items.length : undefined,
    enabled: () => toValue(enabled),
    ...(refreshMs === undefined ? {} : { refetchInterval: refreshMs }),
  });
  return {
    items: computed(() => answer.data.value?.pages.flatMap(({ items }) => items)),
    total: computed(() => answer.data.value?.pages.at(-1)?.total),
    isLoading: answer.isLoading,
    isFetching: answer.isFetching,
    error: answer.error,
    refetch: answer.refetch,
    hasMore: answer.hasNextPage,
    isLoadingMore: answer.isFetchingNextPage,
    loadMore: () => {
      if (!answer.isFetchingNextPage.value) void answer.fetchNextPage();
    },
  };
}

function withQuery<Input extends { query?: unknown }>(
  input: Input | undefined,
  paging: { readonly limit: number; readonly offset: number },
): Input {
  return { ...input, query: { ...(input?.query as object | undefined), ...paging } } as Input;
}
