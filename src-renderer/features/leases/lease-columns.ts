/** Columns of a table of leases. Lists come newest first and can't be sorted otherwise. */
import { computed, type ComputedRef } from 'vue';
import type { Lease } from '../../../src-main/contract/domain/lease.ts';
import { useText } from '../../i18n/use-text.ts';
import { useFormat } from '../../ui/format.ts';
import type { TableColumn } from '../../ui/table/column.ts';
import { endReasonText } from './end-reason.ts';

/** The columns in the language in force; cells `lease`, `worker`, `state`, `started`, `duration`, `cost` are drawn by the table's slots. */
export function useLeaseColumns(): ComputedRef<readonly TableColumn<Lease>[]> {
  const text = useText();
  const format = useFormat();
  return computed(() =>
    (
      [
        { id: 'lease', header: text('leases.column.lease'), value: (row) => row.lease_id, width: 92 },
        { id: 'state', header: text('leases.column.state'), value: (row) => row.state, width: 128 },
        { id: 'worker', header: text('leases.column.worker'), value: (row) => row.worker_id, minWidth: 128 },
        {
          id: 'consumer',
          header: text('leases.column.consumer'),
          value: (row) => row.consumer_id,
          minWidth: 116,
        },
        {
          id: 'started',
          header: text('leases.column.started'),
          value: (row) => row.created_at,
          width: 104,
        },
        {
          id: 'duration',
          header: text('leases.column.duration'),
          value: (row) => row.elapsed_sec,
          width: 132,
        },
        {
          id: 'blocks',
          header: text('leases.column.blocks'),
          hint: text('leases.hint.blocks'),
          value: (row) => row.blocks_found,
          text: (row) => format.value.count(row.blocks_found),
          isNumeric: true,
          width: 72,
        },
        {
          id: 'hashrate',
          header: text('leases.column.hashrate'),
          hint: text('leases.hint.hashrate'),
          value: (row) => row.avg_hashrate,
          // Without a heartbeat there is no mean.
          text: (row) => format.value.hashrate(row.avg_hashrate === 0 ? null : row.avg_hashrate),
          isNumeric: true,
          width: 96,
        },
        {
          id: 'price',
          header: text('leases.column.price'),
          value: (row) => row.price_per_min,
          text: (row) => format.value.exactCredits(row.price_per_min),
          isNumeric: true,
          width: 92,
          isHiddenByDefault: true,
        },
        {
          id: 'cost',
          header: text('leases.column.cost'),
          hint: text('leases.hint.cost'),
          value: (row) => row.total_cost,
          isNumeric: true,
          width: 108,
        },
        {
          id: 'reason',
          header: text('leases.column.reason'),
          value: (row) => row.end_reason,
          text: (row) => endReasonText(row.end_reason, text),
          minWidth: 132,
        },
      ] satisfies TableColumn<Lease>[]
    ).map((column) => ({ ...column, isSortable: false })),
  );
}
