/** Progress of long work on stderr: a bar in a terminal, now and then a line elsewhere. */
import { SingleBar } from 'cli-progress';

/** How often a line is written where no bar can be drawn. */
const lineEveryMs = 2000;

export interface Progress {
  /** `done` of the total. */
  update(done: number): void;
  /** Leaves the last state in view. */
  stop(): void;
}

/** Shows a bar from 0 to `total`. */
export function showProgress(label: string, total: number): Progress {
  const bar = new SingleBar({
    format: `${label.padEnd(20)} {bar} {percentage}%  {value}/{total}  {eta_formatted}`,
    stream: process.stderr,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    hideCursor: true,
    noTTYOutput: true,
    notTTYSchedule: lineEveryMs,
    // Nobody knows at first how long it will take.
    formatTime: (seconds) => (Number.isFinite(seconds) ? `${Math.round(seconds)} s` : ''),
  });
  bar.start(total, 0);
  return { update: (done) => bar.update(done), stop: () => bar.stop() };
}

/** Progress of work that has phases: a bar for each, one under the other. */
export function showPhases(): { update(phase: string, share: number): void; stop(): void } {
  let current: { readonly phase: string; readonly bar: Progress } | undefined;
  return {
    update(phase, share) {
      if (current?.phase !== phase) {
        current?.bar.stop();
        current = { phase, bar: showProgress(phase, 100) };
      }
      current.bar.update(Math.round(share * 100));
    },
    stop: () => current?.bar.stop(),
  };
}
