/** The one moment that all charts of a page point at. */
import { shallowRef, type ShallowRef } from 'vue';

const groups = new Map<string, ShallowRef<number | null>>();

/**
 * The moment, in Unix seconds, that charts of a group point at; null when none.
 *
 * @param group charts of the same name share one; only one page is seen at a time, so pages need no names
 */
export function crosshairOf(group: string): ShallowRef<number | null> {
  let at = groups.get(group);
  if (!at) groups.set(group, (at = shallowRef<number | null>(null)));
  return at;
}
