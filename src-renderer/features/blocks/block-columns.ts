/** Columns of the blocks' table: newest first, in the platform's order. */
import type { Block } from '../../../src-main/contract/domain/block.ts';
import type { Text } from '../../i18n/use-text.ts';
import type { TableColumn } from '../../ui/table/column.ts';

/** Cells of most of them are slots of the table. */
export function blockColumns(text: Text): TableColumn<Block>[] {
  const columns: TableColumn<Block>[] = [
    { id: 'block', header: text('blocks.column.block'), value: ({ block_id }) => block_id, width: 104 },
    { id: 'verdict', header: text('blocks.column.verdict'), value: ({ verified }) => verified, width: 128 },
    {
      id: 'counted',
      header: text('blocks.column.counted'),
      hint: text('blocks.column.countedHint'),
      value: ({ counted }) => counted,
      width: 84,
    },
    { id: 'kind', header: text('blocks.column.kind'), value: ({ block_type }) => block_type, width: 100 },
    {
      id: 'worker',
      header: text('blocks.column.worker'),
      value: ({ worker_id }) => worker_id,
      minWidth: 130,
    },
    { id: 'account', header: text('blocks.column.account'), value: ({ account }) => account, minWidth: 140 },
    { id: 'lease', header: text('blocks.column.lease'), value: ({ lease_id }) => lease_id, minWidth: 120 },
    { id: 'key', header: text('blocks.column.key'), value: ({ key }) => key, minWidth: 150 },
    {
      id: 'time',
      header: text('blocks.column.time'),
      value: ({ timestamp }) => timestamp,
      width: 124,
      align: 'end',
    },
  ];
  return columns.map((column) => ({ ...column, isSortable: false }));
}
