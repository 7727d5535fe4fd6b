/** The one moment that all charts of a page point at, and the chart where somebody points. */
import { computed, shallowReactive, toRef, type ComputedRef, type Ref } from 'vue';

interface Group {
  at: number | null;
  /** The chart that somebody points at. */
  owner: symbol | null;
}

const groups = new Map<string, Group>();

export interface Crosshair {
  /** Unix seconds; null while nobody points. */
  readonly at: Readonly<Ref<number | null>>;
  /** Whether it is this chart that somebody points at. */
  readonly isHere: ComputedRef<boolean>;
  pointAt(at: number): void;
  /** Ends what this chart has begun; leaves alone what another has. */
  leave(): void;
}

/**
 * A chart's part in the crosshair of its group.
 *
 * @param group charts of the same name share one; only one page is seen at a time, so pages need no names
 */
export function useCrosshair(group: string): Crosshair {
  let shared = groups.get(group);
  if (!shared) groups.set(group, (shared = shallowReactive<Group>({ at: null, owner: null })));
  const joined = shared;
  const me = Symbol('chart');
  return {
    at: toRef(joined, 'at'),
    isHere: computed(() => joined.owner === me),
    pointAt: (at) => {
      joined.at = at;
      joined.owner = me;
    },
    leave: () => {
      if (joined.owner !== me) return;
      joined.at = null;
      joined.owner = null;
    },
  };
}
