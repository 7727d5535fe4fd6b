/** How `--help` shows a flag. */

export interface FlagDescription {
  readonly flag: string;
  /** Placeholder of the value; absent for switches, which take none. */
  readonly value?: string;
  readonly description: string;
  /** Absent or empty when there is nothing to show. */
  readonly defaultText?: string;
}

const columnWidth = 34;

export const helpFlag: FlagDescription = { flag: '--help', description: 'Show this text' };

/** Two columns: a name, and a text that starts in the same column everywhere. */
export function inColumns(name: string, text: string): string {
  const left = `  ${name}`;
  return left.length < columnWidth - 1
    ? `${left.padEnd(columnWidth)}${text}`
    : `${left}\n${' '.repeat(columnWidth)}${text}`;
}

/** The line of a flag, with its default. */
export function describeFlag({ flag, value, description, defaultText = '' }: FlagDescription): string {
  const shownDefault = defaultText === '' ? '' : ` [${defaultText}]`;
  return inColumns(`${flag}${value === undefined ? '' : ` <${value}>`}`, `${description}${shownDefault}`);
}
