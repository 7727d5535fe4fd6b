/** Under npm, how often the parent is looked for. */
const parentCheckMs = 250;

/**
 * npm runs a script through a shell, and that shell dies of a signal without passing it on: a stopped `npm start`
 * would leave this process behind. Under npm the end of the parent is therefore a signal, too.
 *
 * @returns what ends the watch
 */
export function watchNpm(onEnd: () => void): () => void {
  if (process.env['npm_lifecycle_event'] === undefined) return () => undefined;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onEnd();
  }, parentCheckMs);
  timer.unref();
  return () => clearInterval(timer);
}
