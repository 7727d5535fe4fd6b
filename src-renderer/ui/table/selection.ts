/** Which rows are chosen: ids in a set that knows nothing of what is on screen. */

export type Selection = ReadonlySet<string>;

export const noSelection: Selection = new Set();

/** With `id` chosen, or not any more. */
export function toggled(selection: Selection, id: string): Selection {
  const next = new Set(selection);
  if (!next.delete(id)) next.add(id);
  return next;
}

/**
 * With all rows between two chosen, or none of them any more.
 *
 * @param order ids as they are shown
 * @param anchorId where the range starts; `id` alone when it is not shown
 */
export function withRange(
  selection: Selection,
  order: readonly string[],
  anchorId: string | undefined,
  id: string,
  isChosen: boolean,
): Selection {
  const to = order.indexOf(id);
  const from = anchorId === undefined ? -1 : order.indexOf(anchorId);
  const range = from === -1 || to === -1 ? [id] : order.slice(Math.min(from, to), Math.max(from, to) + 1);
  return isChosen ? union(selection, range) : without(selection, range);
}

export function union(selection: Selection, ids: Iterable<string>): Selection {
  const next = new Set(selection);
  for (const id of ids) next.add(id);
  return next;
}

export function without(selection: Selection, ids: Iterable<string>): Selection {
  const next = new Set(selection);
  for (const id of ids) next.delete(id);
  return next;
}

/** Whether all, some or none of these are chosen. */
export function shareOf(selection: Selection, ids: Iterable<string>): boolean | 'indeterminate' {
  let chosen = 0;
  let all = 0;
  for (const id of ids) {
    all += 1;
    if (selection.has(id)) chosen += 1;
  }
  if (chosen === 0) return false;
  return chosen === all ? true : 'indeterminate';
}

/** How many of the chosen are not among these. */
export function countOutside(selection: Selection, ids: Iterable<string>): number {
  let inside = 0;
  for (const id of ids) if (selection.has(id)) inside += 1;
  return selection.size - inside;
}
