/** The demo in a terminal: calm, in columns, coloured only where a terminal shows it (NO_COLOR is respected). */
import { styleText } from 'node:util';
import type { DemoCheck, DemoTeller } from '../platform/operations/demo/demo-story.ts';

type Style = Parameters<typeof styleText>[0];

const indent = '   ';

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
    for (const row of rows) {
      const cells = row.map((cell, column) => alignedCell(cell, widths[column] ?? 0));
      this.#write(`${indent}${cells.join('  ').trimEnd()}`);
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

function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}
