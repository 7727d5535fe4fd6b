/** The look of a box that chooses a row: native boxes, for there are many, drawn like all others. */
export const selectBox = [
  'grid shrink-0 cursor-pointer appearance-none place-content-center rounded border border-line-strong bg-base',
  'checked:border-accent checked:bg-accent indeterminate:border-accent indeterminate:bg-accent',
  'before:hidden before:border-accent-ink checked:before:block indeterminate:before:block',
  'checked:before:h-1.5 checked:before:w-2.5 checked:before:-translate-y-px checked:before:-rotate-45',
  'checked:before:border-b-2 checked:before:border-l-2 indeterminate:before:w-2 indeterminate:before:border-t-2',
].join(' ');
