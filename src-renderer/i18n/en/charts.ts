/** Words of charts, wherever they are. */
export const charts = {
  time: 'Time',
  more: 'and 1 more | and 1 more | and {n} more',
  summary: '{label}: lowest {min}, highest {max}, latest {last}.',
  summaryEmpty: '{label}: no data.',
  showAll: 'Show all',
  broken: 'The chart could not be loaded. Reload the page to try again.',
  expected: 'Expected',
  unrecorded: 'Not recorded',
  share: '{label}: {value}, {percent}',
  timeline: '{label}. {parts}.',
} as const;
