/** Tags and notes as the pages read them. */
import type { WorkerTags } from '../../../src-main/contract/domain/tag.ts';

/** What is written on a worker. */
export interface Label {
  readonly tags: readonly string[];
  readonly note: string;
  /** Lower-case text in which a search looks. */
  readonly text: string;
}

/** By the worker's id; a worker without a tag and a note is not in it. */
export type Labels = ReadonlyMap<string, Label>;

export const noLabels: Labels = new Map();
const nothing: Label = { tags: [], note: '', text: '' };

/** What is written on a worker; nothing where nobody wrote anything. */
export const labelOf = (labels: Labels, workerId: string): Label => labels.get(workerId) ?? nothing;

export function toLabels(items: readonly WorkerTags[]): Labels {
  return new Map(
    items.map(({ worker_id, tags, note }) => [
      worker_id,
      { tags: [...tags], note, text: [...tags, note].join('\n').toLowerCase() },
    ]),
  );
}

/** Every tag of these workers with how many carry it, the most common first. */
export function countTags(labels: Iterable<Label>): [tag: string, workers: number][] {
  const counts = new Map<string, number>();
  for (const { tags } of labels) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].sort(([left, more], [right, fewer]) => fewer - more || (left < right ? -1 : 1));
}
