/**
 * One row of a table. It renders again only when its data, its place or its marks change: a scroll moves others.
 * What is done with it (click, keys, boxes) the grid around it hears.
 */
import { defineComponent, h, type PropType, type Slot, type VNodeChild } from 'vue';
import { RouterLink, type RouteLocationRaw } from 'vue-router';
import { selectBox } from './select-box.ts';
import { alignOf, type CellValue, type TableColumn } from './column.ts';

/** Slots of cells by `cell-<id>`. */
export type CellSlots = Readonly<Record<string, Slot | undefined>>;

/** Where a row leads to, if anywhere. */
export type RowTo = ((row: unknown) => RouteLocationRaw) | undefined;

const alignments = {
  start: '',
  center: 'justify-center text-center',
  end: 'justify-end text-right',
} as const;

/** The first column stays when a narrow table scrolls. */
export const stickyFirst = 'sticky z-[1] bg-inherit';

function textOf(value: CellValue): string {
  return value === null || value === undefined || value === '' ? '—' : String(value);
}

/** The row's content as the slot or the column says it. */
export function cellContent(
  slots: CellSlots,
  column: TableColumn<unknown>,
  row: unknown,
  tabindex: number,
): VNodeChild {
  const slot = slots[`cell-${column.id}`];
  if (slot) return slot({ row, tabindex });
  return h('span', { class: 'truncate' }, column.text?.(row) ?? textOf(column.value?.(row)));
}

export const TableRow = defineComponent({
  name: 'TableRow',
  props: {
    /** The row's id, which is in the page as `data-row-id`. */
    id: { type: String, required: true },
    row: { type: null as unknown as PropType<unknown>, required: true },
    /** Grows when the row's data may have changed in place. */
    stamp: { type: Number, required: true },
    columns: { type: Array as PropType<readonly TableColumn<unknown>[]>, required: true },
    slots: { type: Object as PropType<CellSlots>, required: true },
    /** `aria-rowindex`. */
    place: { type: Number, required: true },
    /** Pixels below the header. */
    top: { type: Number, required: true },
    height: { type: Number, required: true },
    /** What a screen reader calls it in the label of its box. */
    selectLabel: { type: String, required: true },
    isSelectable: { type: Boolean, required: true },
    isSelected: { type: Boolean, required: true },
    /** Whether the Tab key comes here. */
    isActive: { type: Boolean, required: true },
    isNew: { type: Boolean, required: true },
    isDimmed: { type: Boolean, required: true },
    rowTo: { type: null as unknown as PropType<RowTo>, required: true },
  },
  setup(props) {
    function box(): VNodeChild {
      return h('div', { role: 'gridcell', class: `${stickyFirst} left-0 flex select-none` }, [
        h('label', { class: 'flex w-10 grow cursor-pointer items-center justify-center' }, [
          h('input', {
            type: 'checkbox',
            class: `${selectBox} size-4`,
            tabindex: -1,
            'data-select': '',
            checked: props.isSelected,
            'aria-label': props.selectLabel,
          }),
        ]),
      ]);
    }
    function cell(column: TableColumn<unknown>, index: number): VNodeChild {
      const isFirst = index === 0;
      const content = cellContent(props.slots, column, props.row, props.isActive ? 0 : -1);
      const to = isFirst ? props.rowTo?.(props.row) : undefined;
      const beside = props.slots[`cell-${column.id}-beside`]?.({
        row: props.row,
        tabindex: props.isActive ? 0 : -1,
      });
      return h(
        'div',
        {
          role: 'gridcell',
          key: column.id,
          class: [
            'flex min-w-0 items-center px-3',
            alignments[alignOf(column)],
            isFirst ? `${stickyFirst} ${props.isSelectable ? 'left-10 pl-1' : 'left-0'}` : '',
          ],
        },
        [
          to === undefined
            ? content
            : h(
                RouterLink,
                { to, tabindex: -1, class: 'flex min-w-0 items-center font-medium hover:text-accent' },
                () => content,
              ),
          beside,
        ],
      );
    }
    return () =>
      h(
        'div',
        {
          role: 'row',
          'data-row-id': props.id,
          'aria-rowindex': props.place,
          'aria-selected': props.isSelectable ? props.isSelected : undefined,
          tabindex: props.isActive ? 0 : -1,
          class: [
            'group absolute inset-x-0 top-0 grid grid-cols-(--columns) border-b border-line text-table outline-none',
            // Above the cells that stay: an outline of the row would lie below them.
            'focus-visible:after:pointer-events-none focus-visible:after:absolute focus-visible:after:inset-0',
            'focus-visible:after:z-[2] focus-visible:after:rounded-[3px] focus-visible:after:border-2 focus-visible:after:border-accent',
            props.isSelected ? 'bg-accent-wash' : 'bg-surface hover:bg-hover',
            props.rowTo === undefined ? '' : 'cursor-pointer',
            props.isNew ? 'animate-glow' : '',
            props.isDimmed ? 'text-muted' : '',
          ],
          style: { height: `${props.height}px`, transform: `translateY(${props.top}px)` },
        },
        [...(props.isSelectable ? [box()] : []), ...props.columns.map(cell)],
      );
  },
});
