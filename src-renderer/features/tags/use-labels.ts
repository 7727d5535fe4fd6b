/** What is written on the workers that whoever looks may see. */
import { computed } from 'vue';
import {
  groupsRoute,
  labelledWorkersRoute,
  workerTagsRoute,
} from '../../../src-main/contract/rest/tags.routes.ts';
import { invalidate, useCall } from '../../api/query.ts';
import { countTags, toLabels, type Labels } from './labels.ts';
import { useMayLabel } from './use-may-label.ts';

/** Tags that somebody else gives are seen after so long. */
const refreshMs = 15_000;

export function useLabels() {
  const mayLabel = useMayLabel();
  const { data } = useCall(labelledWorkersRoute, undefined, { refreshMs, enabled: mayLabel });
  const labels = computed<Labels>(() => toLabels(mayLabel.value ? (data.value?.items ?? []) : []));
  /** Every tag in use, the most common first. */
  const tags = computed(() => countTags(labels.value.values()).map(([tag]) => tag));
  const colors = computed<Readonly<Record<string, number>>>(() => ({ ...data.value?.colors }));
  return { labels, tags, colors, mayLabel };
}

/** Asks again for everything that shows tags. */
export function labelsChanged(): Promise<void> {
  return invalidate(labelledWorkersRoute, groupsRoute, workerTagsRoute);
}
