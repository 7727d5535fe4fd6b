/**
 * What the feed tells, kept current: the fleet, the newest blocks, and whether the connection lives.
 *
 * `version` grows at most twice a second, whatever arrives, and only then do those who read it render again.
 */
import { defineStore } from 'pinia';
import { computed, markRaw, ref, shallowRef } from 'vue';
import type { Block } from '../../src-main/contract/domain/block.ts';
import type { FeedWorker } from '../../src-main/contract/domain/worker.ts';
import type { FeedEvent, FeedFrame } from '../../src-main/contract/ws/feed.ts';
import { FeedConnection, type FeedState } from '../api/feed-connection.ts';
import { LiveFleet } from './live-fleet.ts';

/** So often what is seen follows what is known. */
const showEveryMs = 500;

type Handler<Type extends FeedEvent['type']> = (
  data: Extract<FeedEvent, { type: Type }>['data'],
  ts: number,
) => void;

export const useLive = defineStore('live', () => {
  const state = ref<FeedState>('connecting');
  /** Browser's time of the last frame in milliseconds; 0 before the first. */
  const lastFrameMs = shallowRef(0);
  /** Whether the whole fleet is known. */
  const hasSnapshot = ref(false);
  const version = shallowRef(0);
  /** As of the last snapshot; later ones are told by `on('block')`. */
  const recentBlocks = shallowRef<readonly Block[]>([]);
  const fleet = markRaw(new LiveFleet());
  const handlers = new Map<FeedEvent['type'], Set<(data: never, ts: number) => void>>();
  let offsetMs = 0;
  let lastSeenMs = 0;
  let showing: ReturnType<typeof setTimeout> | undefined;

  const connection = new FeedConnection({
    onState: (next) => (state.value = next),
    onFrame: take,
  });

  function take(frame: FeedFrame): void {
    lastSeenMs = Date.now();
    offsetMs = frame.ts * 1000 - lastSeenMs;
    fleet.apply(frame);
    if (frame.type === 'snapshot') {
      recentBlocks.value = frame.data.recent_blocks;
      hasSnapshot.value = true;
      show();
    }
    for (const handler of handlers.get(frame.type) ?? []) handler(frame.data as never, frame.ts);
    showing ??= setTimeout(show, showEveryMs);
  }

  function show(): void {
    clearTimeout(showing);
    showing = undefined;
    lastFrameMs.value = lastSeenMs;
    version.value += 1;
  }

  /** Unix seconds by the platform's clock. */
  function nowSec(): number {
    return (Date.now() + offsetMs) / 1000;
  }

  const totals = computed(() => (version.value >= 0 ? fleet.totals(nowSec()) : fleet.totals(0)));

  /** A worker as it is known now; who reads it renders again with `version`. */
  function worker(workerId: string): FeedWorker | undefined {
    return version.value >= 0 ? fleet.workers.get(workerId) : undefined;
  }

  /** Calls `handler` with each frame of a type. Returns how to end that. */
  function on<Type extends FeedEvent['type']>(type: Type, handler: Handler<Type>): () => void {
    const all = handlers.get(type) ?? new Set();
    handlers.set(type, all.add(handler));
    return () => void all.delete(handler);
  }

  return {
    state,
    lastFrameMs,
    hasSnapshot,
    version,
    recentBlocks,
    /** By id; neither it nor what is in it is watched by Vue (the store would make it so): read `version` beside it. */
    workers: markRaw(fleet.workers),
    totals,
    worker,
    nowSec,
    on,
    start: () => connection.start(),
    stop: () => connection.stop(),
    restart: () => connection.restart(),
  };
});
