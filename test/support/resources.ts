import { setImmediate as nextTurn } from 'node:timers/promises';

/** What keeps the process busy, by kind: timers, sockets, servers. */
export function activeResources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Kinds of which there are more than before, once what was closed had some turns of the loop to go. */
export async function leakedSince(before: Record<string, number>): Promise<string[]> {
  const leaks = () =>
    Object.entries(activeResources())
      .filter(([kind, count]) => kind !== 'Immediate' && count > (before[kind] ?? 0))
      .map(([kind, count]) => `${count - (before[kind] ?? 0)} ${kind}`);
  for (let turn = 0; turn < 100 && leaks().length > 0; turn += 1) await nextTurn();
  return leaks();
}

/** Listeners on the process itself, by event. */
export function processListeners(): Record<string, number> {
  return Object.fromEntries(
    process.eventNames().map((name) => [String(name), process.listenerCount(name)] as const),
  );
}
