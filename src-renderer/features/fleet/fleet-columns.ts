/** The columns of the fleet's table. */
import { computed, type ComputedRef } from 'vue';
import type { FeedWorker } from '../../../src-main/contract/domain/worker.ts';
import { useText, type TextKey } from '../../i18n/use-text.ts';
import { useLive } from '../../state/live.ts';
import { shownState, shownStates } from '../../state/worker-state.ts';
import { useFormat, type Formatter } from '../../ui/format.ts';
import type { CellValue, TableColumn } from '../../ui/table/column.ts';
import { labelOf, type Labels } from '../tags/labels.ts';
import { gpuLabelOf, uptimeShare } from './fleet-worker.ts';

/** What an offline worker last said of its hashrate is no hashrate. */
export function hashrateNow(worker: FeedWorker, nowSec: number): number | undefined {
  return shownState(worker, nowSec) === 'offline' ? undefined : worker.hashrate;
}

/** A column before it has a language and a time. */
interface ColumnPlan extends Pick<
  TableColumn<FeedWorker>,
  'width' | 'minWidth' | 'grow' | 'align' | 'isNumeric' | 'isHiddenByDefault'
> {
  readonly id: string;
  readonly header: TextKey;
  readonly hint?: TextKey;
  readonly value: (worker: FeedWorker, nowSec: number, labels: Labels) => CellValue;
  readonly show?: (worker: FeedWorker, format: Formatter, nowSec: number) => string;
  readonly csv?: (worker: FeedWorker, nowSec: number) => CellValue;
}

const plans: readonly ColumnPlan[] = [
  { id: 'worker', header: 'fleet.column.worker', value: (row) => row.worker_id, minWidth: 158, grow: 1.4 },
  {
    id: 'state',
    header: 'fleet.column.state',
    value: (row, nowSec) => shownStates.indexOf(shownState(row, nowSec)),
    csv: shownState,
    width: 144,
  },
  {
    id: 'hashrate',
    header: 'fleet.column.hashrate',
    hint: 'fleet.column.hashrateHint',
    value: hashrateNow,
    isNumeric: true,
    width: 144,
  },
  {
    id: 'gpus',
    header: 'fleet.column.gpus',
    hint: 'fleet.column.gpusHint',
    value: (row) => row.gpu_count,
    show: (row, _format, nowSec) =>
      `${hashrateNow(row, nowSec) === undefined ? 0 : row.active_gpus}/${row.gpu_count}`,
    isNumeric: true,
    width: 82,
  },
  { id: 'gpu-names', header: 'fleet.column.gpuNames', value: gpuLabelOf, minWidth: 132, grow: 1.1 },
  {
    id: 'memory',
    header: 'fleet.column.memory',
    value: (row) => row.total_memory_gb || undefined,
    show: (row, format) => format.gigabytes(row.total_memory_gb || undefined),
    isNumeric: true,
    width: 100,
    isHiddenByDefault: true,
  },
  {
    id: 'tags',
    header: 'fleet.column.tags',
    value: (row, _nowSec, labels) => labelOf(labels, row.worker_id).tags.join(' ') || undefined,
    minWidth: 170,
    grow: 1,
  },
  {
    id: 'note',
    header: 'fleet.column.note',
    value: (row, _nowSec, labels) => labelOf(labels, row.worker_id).note || undefined,
    minWidth: 140,
    grow: 1,
    isHiddenByDefault: true,
  },
  { id: 'owner', header: 'fleet.column.owner', value: (row) => row.eth_address, width: 140 },
  {
    id: 'price',
    header: 'fleet.column.price',
    hint: 'fleet.column.priceHint',
    value: (row) => row.price_per_min,
    show: (row, format) => format.credits(row.price_per_min),
    isNumeric: true,
    width: 80,
  },
  {
    id: 'blocks',
    header: 'fleet.column.blocks',
    hint: 'fleet.column.blocksHint',
    value: (row) => row.self_blocks_found,
    show: (row, format) => format.count(row.self_blocks_found),
    isNumeric: true,
    width: 80,
  },
  {
    id: 'uptime',
    header: 'fleet.column.uptime',
    hint: 'fleet.column.uptimeHint',
    value: uptimeShare,
    show: (row, format, nowSec) => format.percent(uptimeShare(row, nowSec), 1),
    isNumeric: true,
    width: 96,
  },
  {
    id: 'version',
    header: 'fleet.column.version',
    value: (row) => row.version,
    width: 104,
    isHiddenByDefault: true,
  },
  {
    id: 'honesty',
    header: 'fleet.column.honesty',
    hint: 'fleet.column.honestyHint',
    value: (row) => row.honesty.z_score,
    width: 78,
    align: 'center',
  },
  {
    id: 'heartbeat',
    header: 'fleet.column.heartbeat',
    hint: 'fleet.column.heartbeatHint',
    value: (row) => row.last_heartbeat || undefined,
    isNumeric: true,
    width: 116,
    isHiddenByDefault: true,
  },
];

/** For those who may see tags and notes. */
const labelColumns: readonly string[] = ['tags', 'note'];

/** Where there are tags, these make room for them unless somebody wants to see them. */
const givingRoom: readonly string[] = ['owner', 'uptime'];

/** Ids that an address may sort by. */
export const sortableColumns: readonly string[] = plans.map(({ id }) => id);

/** The columns in the language in force; their values are as of the moment they are read. */
export function useFleetColumns(
  labels: ComputedRef<Labels>,
  mayLabel: ComputedRef<boolean>,
): ComputedRef<readonly TableColumn<FeedWorker>[]> {
  const live = useLive();
  const text = useText();
  const format = useFormat();
  return computed(() =>
    plans
      .filter(({ id }) => mayLabel.value || !labelColumns.includes(id))
      .map(({ header, hint, value, show, csv, ...plan }) => ({
        ...plan,
        header: text(header),
        ...(hint === undefined ? {} : { hint: text(hint) }),
        value: (row: FeedWorker) => value(row, live.nowSec(), labels.value),
        // Nobody needs an empty column.
        ...(givingRoom.includes(plan.id) && labels.value.size > 0 ? { isHiddenByDefault: true } : {}),
        ...(plan.id === 'tags' ? { isHiddenByDefault: labels.value.size === 0 } : {}),
        ...(show === undefined ? {} : { text: (row: FeedWorker) => show(row, format.value, live.nowSec()) }),
        ...(csv === undefined ? {} : { csv: (row: FeedWorker) => csv(row, live.nowSec()) }),
      })),
  );
}
