/** For what can wait until the page has shown what it is there for. */

/** A page that never rests gets to it nevertheless. */
const idleWithinMs = 1000;

/** Resolves when the browser has nothing more urgent to do, a second later at the latest. */
export function whenIdle(): Promise<void> {
  return new Promise((resolve) => requestIdleCallback(() => resolve(), { timeout: idleWithinMs }));
}
