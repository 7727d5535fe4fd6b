/** Follows an order to its end: by the feed, and by asking for what the feed did not tell. */
import { commandsRoute } from '../../../src-main/contract/rest/control.routes.ts';
import { call } from '../../api/call.ts';
import type { useLive } from '../../state/live.ts';
import type { CommandRun } from './command-run.ts';

export interface FollowOptions {
  readonly live: Pick<ReturnType<typeof useLive>, 'on' | 'state'>;
  /** Something of it changed. */
  readonly onChange: () => void;
  /** Nothing will change any more. */
  readonly onEnd: () => void;
}

/** What the feed did not tell is asked for so often; sooner while there is no feed. */
const askEveryMs = 3000;
const askEveryMsWhileLive = 12_000;

/** Most that one call may list (rest.md, offset lists). */
const commandsPerCall = 500;

/** Starts following. Returns what has to be called when the run was changed from elsewhere. */
export function followRun(run: CommandRun, { live, onChange, onEnd }: FollowOptions): () => void {
  let askedMs = Date.now();
  let isAsking = false;
  let isEnded = false;

  function changed(): void {
    onChange();
    if (run.isSettled && !isEnded) void end();
  }

  async function ask(): Promise<void> {
    if (isAsking) return;
    isAsking = true;
    askedMs = Date.now();
    try {
      if ((await syncRun(run)) && !isEnded) changed();
    } catch {
      // The next time it is asked again.
    } finally {
      isAsking = false;
    }
  }

  async function end(): Promise<void> {
    isEnded = true;
    clearInterval(timer);
    for (const stop of stops) stop();
    // The feed tells states, not their reasons.
    await ask();
    onChange();
    onEnd();
  }

  const stops = [
    live.on('commands', (data) => {
      if (run.observe(data)) changed();
    }),
    live.on('snapshot', () => void ask()),
  ];
  const timer = setInterval(() => {
    const everyMs = live.state === 'live' ? askEveryMsWhileLive : askEveryMs;
    if (!run.isSending && Date.now() - askedMs >= everyMs) void ask();
  }, 1000);
  return changed;
}

/** Reads what the platform has stored of an order. Returns whether anything was new. */
async function syncRun(run: CommandRun): Promise<boolean> {
  let isAny = false;
  for (const batch_id of run.batchIds) {
    const query = { batch_id, limit: commandsPerCall };
    const { items } = await call(commandsRoute, { query });
    isAny = run.sync(items) || isAny;
  }
  return isAny;
}
