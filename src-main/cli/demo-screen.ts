/** The demo in a terminal: calm, in columns, coloured only where a terminal shows it (NO_COLOR is respected). */
import { styleText } from 'node:util';
import type { DemoCheck, DemoTeller } from '../platform/operations/demo/demo-story.ts';

type Style = Parameters<typeof styleText>[0];

const indent = '   ';

/** A terminal of this width shows every line whole. */
const maxColumns = 80;

/** Writes to stdout. */
export class DemoScreen implements DemoTeller {
  #chapters = 0;

  title(text: string, subtitle: string): void {
    this.#write(`${paint('bold', text)}\n${paint('dim', subtitle)}`);
  }

  chapter(title: string): void {
    this.#chapters += 1;
    this.#write(`\n${paint('cyan', String(this.#chapters))}  ${paint('bold', title)}`);
  }

  done(text: string): void {
    this.#write(`${indent}${text}`);
  }

  table(rows: readonly (readonly string[])[]): void {
    const columns = Math.max(0, ...rows.map((row) => row.length));
    const widths = Array.from({ length: columns }, (_, column) =>
      Math.max(...rows.map((row) => row[column]?.length ?? 0)),
    );
    const lastCellAt = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, indent.length);
    for (const row of rows) {
      const cells = row.map((cell, column) => alignedCell(cell, widths[column] ?? 0));
      this.#write(folded(`${indent}${cells.join('  ').trimEnd()}`, lastCellAt));
    }
  }

  checked(checks: readonly DemoCheck[]): void {
    const width = Math.max(...checks.map(({ name }) => name.length));
    for (const { name, isRight, detail } of checks) {
      const mark = isRight ? paint('green', '✓') : paint(['red', 'bold'], '✗');
      this.#write(`${indent}${mark} ${name.padEnd(width)}  ${paint('dim', detail)}`);
    }
  }

  complained(lines: readonly string[]): void {
    for (const line of lines) process.stderr.write(`${line}\n`);
  }

  conclusion(text: string, isGood: boolean): void {
    this.#write(`\n${paint(['bold', isGood ? 'green' : 'red'], text)}`);
  }

  #write(text: string): void {
    process.stdout.write(`${text}\n`);
  }
}

/** Numbers stand under each other by their last digit. */
function alignedCell(cell: string, width: number): string {
  return /^[\d.,]+( H\/s)?$/.test(cell) ? cell.padStart(width) : cell.padEnd(width);
}

/** A line that is too long goes on below, behind a comma, in the given column. */
function folded(line: string, column: number): string {
  if (line.length <= maxColumns) return line;
  const comma = line.lastIndexOf(', ', maxColumns - 1);
  if (comma < column) return line;
  return `${line.slice(0, comma + 1)}\n${' '.repeat(column + 2)}${line.slice(comma + 2)}`;
}

function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}
