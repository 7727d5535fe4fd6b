/** A line about work that has no end: kept fresh in a terminal, now and then a new one elsewhere. */
import { clearLine, cursorTo } from 'node:readline';

const freshEveryMs = 1000;
const lineEveryMs = 30_000;

export interface StatusLine {
  /** Writes a line above it. */
  say(text: string): void;
  /** Leaves the last state in view. */
  stop(): void;
}

/**
 * Writes to stdout. Its timer keeps the process alive.
 *
 * @param text what to show now
 */
export function showStatusLine(text: () => string): StatusLine {
  const { stdout } = process;
  const clear = () => {
    if (!stdout.isTTY) return;
    cursorTo(stdout, 0);
    clearLine(stdout, 0);
  };
  const show = () => {
    clear();
    // A line that wraps can't be taken back.
    stdout.write(stdout.isTTY ? text().slice(0, stdout.columns - 1) : `${text()}\n`);
  };
  const timer = setInterval(show, stdout.isTTY ? freshEveryMs : lineEveryMs);
  return {
    say(line) {
      clear();
      stdout.write(`${line}\n`);
    },
    stop() {
      clearInterval(timer);
      show();
      if (stdout.isTTY) stdout.write('\n');
    },
  };
}
