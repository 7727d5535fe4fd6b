/** Which rows a table shows in which order, as calmly as live data allow (TanStack Table). */
import {
  columnOrderingFeature,
  columnVisibilityFeature,
  createSortedRowModel,
  rowSortingFeature,
  tableFeatures,
  useTable,
  type ColumnDef,
} from '@tanstack/vue-table';
import { computed, onScopeDispose, shallowRef, watch, type ComputedRef } from 'vue';
import { compareCells, toSortable } from './cell-order.ts';
import {
  columnOrder,
  columnVisibility,
  isSortable,
  type CellValue,
  type TableColumn,
  type TableLayout,
  type TableSort,
} from './column.ts';
import { OrderHold } from './order-hold.ts';

/** Rows change places at most so often. */
export const reorderEveryMs = 1000;

const features = tableFeatures({
  columnOrderingFeature,
  columnVisibilityFeature,
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
});

/** Rows are kept behind a reference: the table reads them by functions only. */
interface Held<Row> {
  readonly row: Row;
}

export interface RowOrderInput<Row> {
  readonly columns: () => readonly TableColumn<Row>[];
  readonly rows: () => readonly Row[];
  readonly rowId: (row: Row) => string;
  readonly layout: () => TableLayout;
  readonly sort: () => TableSort | undefined;
  /** Rows come in their order already. */
  readonly isManualSort: () => boolean;
  /** Whenever this changes the order follows at once. */
  readonly orderKey: () => unknown;
}

export interface RowOrder<Row> {
  /** Ids in the order in which they are shown. */
  readonly ids: ComputedRef<readonly string[]>;
  /** The newest row of an id. */
  rowOf(id: string): Row | undefined;
  /** Columns that are seen, in order. */
  readonly columns: ComputedRef<readonly TableColumn<Row>[]>;
  /** Grows when rows may have changed. */
  readonly stamp: ComputedRef<number>;
  /** Whether the order shown is not the newest, and will not be for a while. */
  readonly isBehind: ComputedRef<boolean>;
  readonly hold: OrderHold;
  /** Brings the order up to date now. */
  reorder(): void;
}

/**
 * The order of rows: recomputed at most once a second, at once when somebody asks (sort, filter), and not at all
 * while somebody points at a row; cells change in place meanwhile, and rows that are gone go.
 */
export function useRowOrder<Row>(input: RowOrderInput<Row>): RowOrder<Row> {
  const hold = new OrderHold(() => performance.now());
  const byId = computed(() => new Map(input.rows().map((row) => [input.rowId(row), row])));
  const stamp = computed<number>((before = 0) => (byId.value.size >= 0 ? before + 1 : 0));
  const ordered = shallowRef<readonly Held<Row>[]>([]);
  const isPending = shallowRef(false);
  let orderedAtMs = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const sortedIds = useSortedIds(input, ordered);
  const ids = computed(() => {
    const known = byId.value;
    return sortedIds.ids.value.filter((id) => known.has(id));
  });

  function reorder(): void {
    clearTimeout(timer);
    timer = undefined;
    isPending.value = false;
    orderedAtMs = performance.now();
    ordered.value = arrange(input, byId.value, sortedIds.ids.value);
  }

  /** Now, or as soon as it may be. */
  function reorderWhenCalm(): void {
    clearTimeout(timer);
    const waitMs = orderedAtMs + reorderEveryMs - performance.now();
    if (waitMs <= 0 && !hold.isHeld) return reorder();
    isPending.value = true;
    timer = setTimeout(reorderWhenCalm, Math.max(waitMs, hold.isHeld ? 250 : 0));
  }

  /** While another order is asked for elsewhere: the order that its rows will not have. */
  let orderBefore: string | undefined;
  const orderOf = (known: ReadonlyMap<string, Row>) => [...known.keys()].join('\n');
  watch(
    byId,
    (known) => {
      if (orderBefore !== undefined) {
        if (orderOf(known) !== orderBefore) orderBefore = undefined;
        return reorder();
      }
      // Another page, another filter: what is shown is of another list.
      const kept = ordered.value.reduce((sum, { row }) => sum + (known.has(input.rowId(row)) ? 1 : 0), 0);
      if (kept * 2 <= ordered.value.length) reorder();
      else if (timer === undefined) reorderWhenCalm();
    },
    { immediate: true },
  );
  watch([input.orderKey, () => sortKey(input.sort())], () => {
    orderBefore = input.isManualSort() ? orderOf(byId.value) : undefined;
    reorder();
  });
  onScopeDispose(() => clearTimeout(timer));

  return {
    ids,
    rowOf: (id) => byId.value.get(id),
    columns: sortedIds.columns,
    stamp,
    isBehind: computed(() => isPending.value && stamp.value > 0 && hold.isHeld),
    hold,
    reorder,
  };
}

/** Equal for the same order. */
export function sortKey(sort: TableSort | undefined): string {
  return sort === undefined ? '' : `${sort.id} ${sort.isDescending}`;
}

/** In the order of before, where a sort follows: equal rows keep their places, and little is left to sort. */
function arrange<Row>(
  { isManualSort, sort }: RowOrderInput<Row>,
  known: ReadonlyMap<string, Row>,
  before: readonly string[],
): Held<Row>[] {
  if (isManualSort() || sort() === undefined) return Array.from(known.values(), (row) => ({ row }));
  const places = new Set(before);
  const arranged: Held<Row>[] = [];
  for (const id of before) {
    const row = known.get(id);
    if (row !== undefined) arranged.push({ row });
  }
  for (const [id, row] of known) if (!places.has(id)) arranged.push({ row });
  return arranged;
}

function useSortedIds<Row>(input: RowOrderInput<Row>, data: { readonly value: readonly Held<Row>[] }) {
  const definitions = computed(() =>
    input.columns().map((column): ColumnDef<typeof features, Held<Row>> => ({
      id: column.id,
      header: column.header,
      accessorFn: ({ row }) => toSortable(column.value?.(row)),
      enableSorting: isSortable(column),
      sortUndefined: 'last',
      sortFn: (left, right, id) => compareCells(left.getValue<CellValue>(id), right.getValue<CellValue>(id)),
    })),
  );
  const sort = computed(input.sort);
  const table = useTable({
    features,
    columns: definitions,
    data: computed(() => data.value),
    getRowId: ({ row }: Held<Row>) => input.rowId(row),
    manualSorting: computed(input.isManualSort),
    autoResetSorting: false,
    state: computed(() => ({
      sorting: sort.value === undefined ? [] : [{ id: sort.value.id, desc: sort.value.isDescending }],
      columnOrder: columnOrder(input.columns(), input.layout()),
      columnVisibility: columnVisibility(input.columns(), input.layout()),
    })),
  });
  return {
    ids: computed(() => table.getRowModel().rows.map(({ id }) => id)),
    columns: computed(() => {
      const byId = new Map(input.columns().map((column) => [column.id, column]));
      return table
        .getVisibleLeafColumns()
        .map(({ id }) => byId.get(id))
        .filter((column): column is TableColumn<Row> => column !== undefined);
    }),
  };
}
