/** Commands that are asked for and sent from this browser. They go on while another page is looked at. */
import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import { bulkCommandRoute, commandsRoute } from '../../../src-main/contract/rest/control.routes.ts';
import { call } from '../../api/call.ts';
import { invalidate } from '../../api/query.ts';
import { useLive } from '../../state/live.ts';
import { orderBody, type OfferedAction } from './command-action.ts';
import { CommandRun, type CommandOrder } from './command-run.ts';
import { followRun } from './follow-run.ts';

/** What a person is about to send. */
export interface CommandDraft {
  readonly action: OfferedAction;
  readonly workerIds: readonly string[];
}

/** Workers of one call: its body stays small, and its answer comes soon. */
const workersPerCall = 250;

export const useCommands = defineStore('commands', () => {
  const live = useLive();
  /** What is asked about now. */
  const draft = shallowRef<CommandDraft | undefined>();
  /** The newest order to several workers. */
  const run = shallowRef<CommandRun | undefined>();
  /** Grows when something of `run` changed; who shows it reads this beside it. */
  const version = shallowRef(0);
  const isRunShown = ref(false);
  let announce: (run: CommandRun) => void = () => undefined;

  /** Shows what would happen, and asks before it is sent. */
  function ask(action: OfferedAction, workerIds: readonly string[]): void {
    draft.value = { action, workerIds };
  }

  /**
   * Sends an order and follows it to its end.
   *
   * @param isShown whether its results are shown worker by worker, as they are for several, or told by a toast
   */
  function send(order: CommandOrder, isShown = order.workerIds.length > 1): void {
    const sent = new CommandRun(order);
    if (isShown) {
      run.value = sent;
      isRunShown.value = true;
    }
    const changed = followRun(sent, {
      live,
      onChange: () => {
        if (sent === run.value) version.value += 1;
        if (!isShown) announce(sent);
      },
      onEnd: () => {
        if (isShown && !(isRunShown.value && sent === run.value)) announce(sent);
        void invalidate(commandsRoute);
      },
    });
    void handOver(sent, changed);
  }

  /** Sends it once more to those that did not do it. */
  function retry(failed: CommandRun): void {
    send({ ...failed.order, workerIds: failed.failedIds() }, true);
  }

  /** Who tells a person what became of an order that is not on screen. */
  function announceThrough(tell: (run: CommandRun) => void): void {
    announce = tell;
  }

  return { draft, run, version, isRunShown, ask, send, retry, announceThrough };
});

/** Calls the platform part by part. */
async function handOver(run: CommandRun, changed: () => void): Promise<void> {
  const { action, config, includeLeased, workerIds } = run.order;
  for (let start = 0; start < workerIds.length; start += workersPerCall) {
    const part = workerIds.slice(start, start + workersPerCall);
    const body = { ...orderBody(action, config), worker_ids: part, include_leased: includeLeased };
    try {
      run.take(await call(bulkCommandRoute, { body }));
    } catch (error) {
      run.fail(part, error instanceof Error ? error.message : String(error));
    }
    changed();
  }
  run.endSending();
  changed();
}
