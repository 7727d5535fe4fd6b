/** The blocks' list as the address asks for it: a page of it, kept current while its newest are looked at. */
import { useThrottleFn } from '@vueuse/core';
import { computed, onScopeDispose, shallowRef, watch } from 'vue';
import { blockTypes, blockVerdicts, type Block } from '../../../src-main/contract/domain/block.ts';
import { maxTagLength } from '../../../src-main/contract/domain/tag.ts';
import { blocksRoute } from '../../../src-main/contract/rest/blocks.routes.ts';
import { call } from '../../api/call.ts';
import { useCall } from '../../api/query.ts';
import { useLive } from '../../state/live.ts';
import type { RowSource } from '../../ui/table/row-source.ts';
import {
  choiceFilter,
  maybeFilter,
  numberFilter,
  pageFilter,
  textFilter,
} from '../../ui/table/url-filters.ts';
import { useUrlFilters, type UrlFilters } from '../../ui/table/use-url-filters.ts';
import { periodSec, periods } from './period.ts';

export const blocksPerPage = 50;

/** So many come at once, at most; blocks of a lease come without pages. */
const mostAtOnce = 500;

/** The platform searches from so many characters on; numbers of blocks may be shorter. */
const minSearchLength = 4;

const definition = {
  q: textFilter(512),
  worker: textFilter(256),
  tag: textFilter(maxTagLength),
  account: textFilter(128),
  lease: textFilter(256),
  verdict: choiceFilter(blockVerdicts),
  type: choiceFilter(blockTypes),
  counted: maybeFilter(),
  period: choiceFilter(periods),
  /** Unix seconds, of a shared link. */
  since: numberFilter({ min: 0, max: 1e11 }),
  until: numberFilter({ min: 0, max: 1e11 }),
  page: pageFilter(),
};

export type BlockFilters = UrlFilters<typeof definition>;

/** Names of those that leave blocks out. */
export const blockFilterNames = [
  'q',
  'worker',
  'tag',
  'account',
  'lease',
  'verdict',
  'type',
  'counted',
  'period',
  'since',
  'until',
] as const;

export function useBlockFilters(): BlockFilters {
  return useUrlFilters(definition);
}

/** Whether a text is long enough to be searched for. */
export function isSearchable(typed: string): boolean {
  return typed.length >= minSearchLength || /^\d+$/.test(typed);
}

/** So often at most a new block is followed. */
const followMs = 1500;
const refreshMs = 30_000;

export function useBlocks({ values, key }: BlockFilters) {
  const live = useLive();
  /** The end of a period moves on with each change of the filters, not with each second. */
  const nowSec = shallowRef(live.nowSec());
  watch(key, () => (nowSec.value = live.nowSec()));

  const query = computed(() => {
    const { q, worker, tag, account, lease, verdict, type, counted, period, since, until } = values.value;
    const typed = q.trim();
    return {
      lease_id: lease.trim(),
      worker_id: worker.trim(),
      tag,
      account: account.trim(),
      verified: verdict === '' ? undefined : verdict,
      block_type: type === '' ? undefined : type,
      counted,
      search: isSearchable(typed) ? typed : '',
      since: period === '' ? since : Math.floor(nowSec.value - periodSec[period]),
      until: period === '' ? until : undefined,
    };
  });
  const answer = useCall(
    blocksRoute,
    () => ({
      query:
        values.value.lease === ''
          ? { ...query.value, limit: blocksPerPage, offset: (values.value.page - 1) * blocksPerPage }
          : { ...query.value, limit: mostAtOnce, offset: 0 },
    }),
    { refreshMs },
  );
  /** All that pass the filters now. */
  function source(): RowSource<Block> {
    const { value: asked } = query;
    return {
      atOnce: mostAtOnce,
      async load(offset, signal) {
        const page = await call(blocksRoute, { query: { ...asked, limit: mostAtOnce, offset }, signal });
        return 'items' in page
          ? { items: page.items, total: page.total, isExact: page.total_is_exact }
          : { items: page, total: Number.MAX_SAFE_INTEGER };
      },
    };
  }
  const firstIndex = computed(() => (values.value.page - 1) * blocksPerPage);
  const blocks = computed<readonly Block[] | undefined>(() => {
    const { value: data } = answer.data;
    if (data === undefined) return undefined;
    return 'items' in data ? data.items : data.slice(firstIndex.value, firstIndex.value + blocksPerPage);
  });
  const total = computed(() => {
    const { value: data } = answer.data;
    return data && ('items' in data ? data.total : data.length);
  });
  /** False when there are more than `total`. */
  const isExact = computed(() => {
    const { value: data } = answer.data;
    if (data === undefined) return true;
    return 'items' in data ? data.total_is_exact : data.length < mostAtOnce;
  });

  const follow = useThrottleFn(() => void answer.refetch(), followMs, true);
  onScopeDispose(
    live.on('block', () => {
      if (values.value.page === 1) void follow();
    }),
  );
  return { answer, blocks, total, isExact, firstIndex, source };
}
