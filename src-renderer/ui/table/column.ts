/** What a table shows: its columns, how wide they are, and how a person has arranged them. */

/** What rows are sorted by and what a cell holds; unknown sorts last in both directions. */
export type CellValue = string | number | boolean | null | undefined;

/** A column of a `<DataTable>`. */
export interface TableColumn<Row> {
  /** Names the cell's slot (`#cell-<id>`), the sort in an address and what is remembered. Never changes. */
  readonly id: string;
  readonly header: string;
  /** The header is for screen readers only, and the column stays where it is: buttons of a row. */
  readonly isHeaderHidden?: boolean;
  /** Explains the header on hover. */
  readonly hint?: string;
  /** By what it is sorted, what a cell shows without a slot, and what is exported. */
  readonly value?: (row: Row) => CellValue;
  /** What a cell shows without a slot, when that is not the value itself. */
  readonly text?: (row: Row) => string;
  /** What is exported, when that is not the value: `false` keeps the column out. */
  readonly csv?: ((row: Row) => CellValue) | false;
  /** Right-aligned, in tabular figures, and sorted from the largest first. */
  readonly isNumeric?: boolean;
  /** `end` for numeric columns, else `start`. */
  readonly align?: 'start' | 'center' | 'end';
  /** Fixed width in pixels. */
  readonly width?: number;
  /** Least width in pixels of a column that grows; 96 unless given. */
  readonly minWidth?: number;
  /** Share of the width that is left; 1 unless given, nothing with `width`. */
  readonly grow?: number;
  /** Whether its header sorts; by itself when it has a `value`. */
  readonly isSortable?: boolean;
  /** Whether a click sorts from the largest first; by itself when it is numeric. */
  readonly isDescendingFirst?: boolean;
  /** Whether it may be hidden; the first column never. */
  readonly isHidable?: boolean;
  readonly isHiddenByDefault?: boolean;
}

/** How rows are ordered. */
export interface TableSort {
  readonly id: string;
  readonly isDescending: boolean;
}

/** How a person has arranged a table: only what differs from its own arrangement. */
export interface TableLayout {
  /** Ids in their order; those that are missing stand where the table has them. */
  readonly order: readonly string[];
  /** Whether a column is hidden, by id. */
  readonly hidden: Readonly<Record<string, boolean>>;
}

export const ownLayout: TableLayout = { order: [], hidden: {} };

const leastWidth = 96;

/** Width in pixels of the column with the boxes of a selection. */
export const selectionWidth = 40;

/** So many pixels below the rows are kept free for the bar of the selection. */
export const selectionBarRoom = 72;

type Sized = Pick<TableColumn<never>, 'width' | 'minWidth' | 'grow'>;

/** `grid-template-columns` of a row. */
export function gridTemplate(columns: readonly Sized[], isSelectable: boolean): string {
  const tracks = columns.map(({ width, minWidth = leastWidth, grow = 1 }) =>
    width === undefined ? `minmax(${minWidth}px, ${grow}fr)` : `${width}px`,
  );
  return [...(isSelectable ? [`${selectionWidth}px`] : []), ...tracks].join(' ');
}

/** Below this width in pixels a row scrolls. */
export function leastRowWidth(columns: readonly Sized[], isSelectable: boolean): number {
  return columns.reduce(
    (sum, { width, minWidth = leastWidth }) => sum + (width ?? minWidth),
    isSelectable ? selectionWidth : 0,
  );
}

export function isSortable<Row>(column: TableColumn<Row>): boolean {
  return column.isSortable ?? column.value !== undefined;
}

export function alignOf({
  align,
  isNumeric = false,
}: Pick<TableColumn<never>, 'align' | 'isNumeric'>): 'start' | 'center' | 'end' {
  return align ?? (isNumeric ? 'end' : 'start');
}

/** Reads what a browser has kept; anything that is no layout is the table's own. */
export function parseLayout(kept: unknown): TableLayout {
  if (typeof kept !== 'object' || kept === null) return ownLayout;
  const { order, hidden } = kept as { order?: unknown; hidden?: unknown };
  return {
    order: Array.isArray(order) ? order.filter((id): id is string => typeof id === 'string') : [],
    hidden:
      typeof hidden === 'object' && hidden !== null
        ? Object.fromEntries(
            Object.entries(hidden).filter(
              (entry): entry is [string, boolean] => typeof entry[1] === 'boolean',
            ),
          )
        : {},
  };
}

type Arranged = Pick<TableColumn<never>, 'id' | 'isHidable' | 'isHiddenByDefault' | 'isHeaderHidden'>;

/** All columns' ids in order. The first stays first; a column that is new to the layout follows its neighbour. */
export function columnOrder(columns: readonly Arranged[], layout: TableLayout): string[] {
  const ids = columns.map(({ id }) => id);
  const [first] = ids;
  if (first === undefined) return [];
  const order = [first, ...new Set(layout.order.filter((id) => id !== first && ids.includes(id)))];
  for (const [index, id] of ids.entries()) {
    if (order.includes(id)) continue;
    order.splice(order.indexOf(ids[index - 1] as string) + 1, 0, id);
  }
  return order;
}

/** Which columns are seen, by id. */
export function columnVisibility(
  columns: readonly Arranged[],
  { hidden }: TableLayout,
): Record<string, boolean> {
  return Object.fromEntries(
    columns.map((column, index) => [
      column.id,
      !canHide(column, index) || !(hidden[column.id] ?? column.isHiddenByDefault ?? false),
    ]),
  );
}

/** @param index its place in the table's own order */
export function canHide(
  { isHeaderHidden = false, isHidable = !isHeaderHidden }: Arranged,
  index: number,
): boolean {
  return index > 0 && isHidable;
}

/** The layout with a column moved by so many places; the first column and what would pass it stay. */
export function moveColumn(
  columns: readonly Arranged[],
  layout: TableLayout,
  id: string,
  by: number,
): TableLayout {
  const order = columnOrder(columns, layout);
  const from = order.indexOf(id);
  const to = Math.min(order.length - 1, Math.max(1, from + by));
  if (from < 1) return layout;
  order.splice(to, 0, ...order.splice(from, 1));
  return { ...layout, order };
}

/** The layout with a column shown or hidden. */
export function showColumn(layout: TableLayout, id: string, isShown: boolean): TableLayout {
  return { ...layout, hidden: { ...layout.hidden, [id]: !isShown } };
}
