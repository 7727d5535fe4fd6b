/** The columns of the list of groups. */
import { computed, type ComputedRef } from 'vue';
import type { Group, GroupPeriod } from '../../../src-main/contract/domain/tag.ts';
import { useText } from '../../i18n/use-text.ts';
import { useFormat } from '../../ui/format.ts';
import type { TableColumn } from '../../ui/table/column.ts';

/** @param period of the earnings */
export function useGroupColumns(period: () => GroupPeriod): ComputedRef<readonly TableColumn<Group>[]> {
  const text = useText();
  const format = useFormat();
  const hashrate = (id: string, header: string, value: (row: Group) => number): TableColumn<Group> => ({
    ...{ id, header, value, isNumeric: true, width: 112 },
    text: (row) => format.value.hashrate(value(row)),
  });
  return computed(() => [
    { id: 'group', header: text('groups.column.group'), value: (row) => row.tag, minWidth: 150, grow: 1.2 },
    {
      id: 'description',
      header: text('groups.column.description'),
      value: (row) => row.description,
      minWidth: 150,
      grow: 1.2,
    },
    {
      id: 'online',
      header: text('groups.column.online'),
      hint: text('groups.column.onlineHint'),
      value: (row) => row.online,
      text: (row) => `${format.value.count(row.online)}/${format.value.count(row.workers)}`,
      isNumeric: true,
      width: 100,
    },
    {
      id: 'workers',
      header: text('groups.column.workers'),
      value: (row) => row.workers,
      isNumeric: true,
      width: 90,
      isHiddenByDefault: true,
    },
    {
      id: 'gpus',
      header: text('groups.column.gpus'),
      hint: text('groups.column.gpusHint'),
      value: (row) => row.active_gpus,
      text: (row) => `${format.value.count(row.active_gpus)}/${format.value.count(row.gpus)}`,
      isNumeric: true,
      width: 100,
    },
    hashrate('hashrate', text('groups.column.hashrate'), (row) => row.hashrate),
    hashrate('leased', text('groups.column.leased'), (row) => row.leased_hashrate),
    hashrate('self', text('groups.column.self'), (row) => row.self_hashrate),
    {
      id: 'split',
      header: text('groups.column.split'),
      hint: text('groups.column.splitHint'),
      value: (row) => (row.hashrate > 0 ? row.leased_hashrate / row.hashrate : undefined),
      isDescendingFirst: true,
      width: 140,
    },
    {
      id: 'earnings',
      header: text(`groups.columnEarnings.${period()}`),
      hint: text(`groups.periodHint.${period()}`),
      value: (row) => row.earnings,
      text: (row) => format.value.credits(row.earnings),
      isNumeric: true,
      width: 132,
    },
    { id: 'actions', header: text('groups.column.actions'), isHeaderHidden: true, width: 56, csv: false },
  ]);
}
