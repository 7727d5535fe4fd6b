/** The newest lines of the log, followed: first those in memory, then each second what came after them. */
import { onScopeDispose, ref, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue';
import type { LogEntryView, LogPage } from '../../../../src-main/contract/domain/log.ts';
import { logsRoute } from '../../../../src-main/contract/rest/system.routes.ts';
import { ApiError, call } from '../../../api/call.ts';

/** So many lines are kept here. */
export const keptLines = 2000;

const pollMs = 1000;

export interface LogQuery {
  readonly level?: LogEntryView['level'];
  readonly component?: LogEntryView['component'];
  readonly search: string;
}

export function useLogTail(query: MaybeRefOrGetter<LogQuery>) {
  /** Oldest first; the list is replaced, its entries are not watched. */
  const lines = shallowRef<readonly LogEntryView[]>([]);
  const leftOut = ref(0);
  const isLoading = ref(true);
  const error = shallowRef<Error | undefined>();
  const isPaused = ref(false);
  /** The platform's process started anew while it was followed. */
  const hasRestarted = ref(false);
  let lastSequence = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking: AbortController | undefined;

  async function ask(): Promise<void> {
    clearTimeout(timer);
    asking?.abort();
    const mine = (asking = new AbortController());
    try {
      const page = await call(logsRoute, {
        query: { ...toValue(query), after: lastSequence, limit: keptLines },
        signal: mine.signal,
      });
      if (asking === mine) take(page);
    } catch (failure) {
      if (asking !== mine) return;
      // While lines are shown, a platform that is away is tried again.
      error.value = failure instanceof ApiError ? failure : new ApiError(0, String(failure));
    }
    isLoading.value = false;
    if (!isPaused.value) timer = setTimeout(() => void poll(), pollMs);
  }

  function poll(): Promise<void> | undefined {
    if (!document.hidden) return ask();
    timer = setTimeout(() => void poll(), pollMs);
    return undefined;
  }

  function take(page: LogPage): void {
    error.value = undefined;
    const isAnew = page.last_sequence < lastSequence;
    if (isAnew) hasRestarted.value = true;
    if (lastSequence === 0 || isAnew) {
      lines.value = page.items;
      leftOut.value = page.left_out;
    } else if (page.items.length > 0) {
      const all = [...lines.value, ...page.items];
      leftOut.value += Math.max(0, all.length - keptLines) + page.left_out;
      lines.value = all.slice(-keptLines);
    }
    lastSequence = page.last_sequence;
  }

  function restart(): void {
    lastSequence = 0;
    hasRestarted.value = false;
    isLoading.value = true;
    void ask();
  }

  watch(() => JSON.stringify(toValue(query)), restart, { immediate: true });
  watch(isPaused, (paused) => {
    if (paused) clearTimeout(timer);
    else void ask();
  });
  onScopeDispose(() => {
    clearTimeout(timer);
    asking?.abort();
    asking = undefined;
    isPaused.value = true;
  });

  return { lines, leftOut, isLoading, error, isPaused, hasRestarted, retry: ask };
}
