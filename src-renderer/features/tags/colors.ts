/** Colours of groups, as classes that the styles know. */
const dots = [
  '',
  'bg-chart-1',
  'bg-chart-2',
  'bg-chart-3',
  'bg-chart-4',
  'bg-chart-5',
  'bg-chart-6',
] as const;

/** Class of a mark in the colour of a group, 1 to 6. */
export function dotOf(color: number): string {
  return dots[color] ?? '';
}

/** All colours, by number; 0: none. */
export const colorNumbers = [0, 1, 2, 3, 4, 5, 6] as const;
