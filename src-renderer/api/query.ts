/** What pages read over REST: cached, shared, and asked again while somebody looks (TanStack Query). */
import {
  keepPreviousData,
  QueryClient,
  useQuery,
  type UseQueryReturnType,
  type VueQueryPluginOptions,
} from '@tanstack/vue-query';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import type { z } from 'zod';
import type { RouteDefinition } from '../../src-main/contract/rest/define-route.ts';
import { ApiError, call } from './call.ts';

const maxTries = 3;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5000,
      // What the platform refused, it refuses again; what did not arrive may arrive.
      retry: (failures, error) => failures < maxTries - 1 && !(error instanceof ApiError && isRefusal(error)),
      retryDelay: (failures) => Math.min(8000, 500 * 2 ** failures),
      placeholderData: keepPreviousData,
    },
  },
});

function isRefusal({ status }: ApiError): boolean {
  return status >= 400 && status < 500 && status !== 429;
}

export const queryOptions: VueQueryPluginOptions = { queryClient };

export interface CallQueryOptions {
  /** Asked again so often while the page is seen, in milliseconds; not by itself unless given. */
  readonly refreshMs?: number;
  /** While false nothing is asked. */
  readonly enabled?: MaybeRefOrGetter<boolean>;
}

/**
 * A call as a page's data: its answer, whether it is loading, its error. Asked again when its input changes; the
 * answer before stays until the next is there.
 *
 * @param input evaluated again when what it reads changes
 */
export function useCall<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Answer extends z.ZodType,
  Body extends z.ZodType,
>(
  route: RouteDefinition<Params, Query, Answer, Body>,
  input?: MaybeRefOrGetter<Parameters<typeof call<Params, Query, Answer, Body>>[1]>,
  { refreshMs, enabled = true }: CallQueryOptions = {},
): UseQueryReturnType<z.output<Answer>, ApiError> {
  return useQuery<z.output<Answer>, ApiError>({
    queryKey: computed(() => [...keyOf(route), toValue(input) ?? {}]),
    queryFn: ({ signal }) =>
      call(route, { ...toValue(input), signal } as Parameters<typeof call<Params, Query, Answer, Body>>[1]),
    enabled: () => toValue(enabled),
    ...(refreshMs === undefined ? {} : { refetchInterval: refreshMs }),
  });
}

/** Under which answers of a route are kept. */
export function keyOf(route: Pick<RouteDefinition, 'method' | 'path'>): readonly [string, string] {
  return [route.method, route.path];
}

/** Asks these routes again where a page shows them: something changed. */
export async function invalidate(...routes: Pick<RouteDefinition, 'method' | 'path'>[]): Promise<void> {
  await Promise.all(routes.map((route) => queryClient.invalidateQueries({ queryKey: keyOf(route) })));
}
