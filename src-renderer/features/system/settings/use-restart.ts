/** Restarts the platform with the settings as they are now, and tells what became of it once it answers again. */
import { onScopeDispose, ref } from 'vue';
import { toast } from 'vue-sonner';
import { systemHealthRoute } from '../../../../src-main/contract/rest/system.routes.ts';
import { restartRoute, settingsRoute } from '../../../../src-main/contract/rest/settings.routes.ts';
import { ApiError, call } from '../../../api/call.ts';
import { queryClient } from '../../../api/query.ts';
import { useText } from '../../../i18n/use-text.ts';
import { useLive } from '../../../state/live.ts';
import { useSession } from '../../../state/session.ts';

const askEveryMs = 400;

export function useRestart() {
  const text = useText();
  const session = useSession();
  const live = useLive();
  const isRestarting = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  onScopeDispose(() => clearTimeout(timer));

  async function restart(): Promise<void> {
    isRestarting.value = true;
    try {
      const { process } = await call(systemHealthRoute);
      const startedAt = Date.now() / 1000 - process.uptime_sec;
      await call(restartRoute);
      wait(startedAt);
    } catch (error) {
      isRestarting.value = false;
      toast.error(text('system.failed'), { description: messageOf(error), duration: 10_000 });
    }
  }

  function wait(startedBefore: number): void {
    timer = setTimeout(() => {
      look(startedBefore).catch((error: unknown) => {
        // Away, or starting: that is what is waited for. Anything else is said.
        const isAway = error instanceof ApiError && (error.status === 0 || error.status >= 500);
        if (isAway) wait(startedBefore);
        else finish(() => toast.error(text('system.failed'), { description: messageOf(error) }));
      });
    }, askEveryMs);
  }

  /** It is done when nothing waits for a restart any more, or it is up for less long than before, as it was. */
  async function look(startedBefore: number): Promise<void> {
    const { process } = await call(systemHealthRoute);
    const { restart_needed, last_error } = await call(settingsRoute);
    const isAnew = Date.now() / 1000 - process.uptime_sec > startedBefore + 1;
    if (restart_needed.length === 0) finish(() => toast.success(text('system.settings.restarted')));
    else if (isAnew && last_error !== '')
      finish(() =>
        toast.error(text('system.settings.restartFailed'), { description: last_error, duration: 15_000 }),
      );
    else wait(startedBefore);
  }

  function finish(tell: () => unknown): void {
    isRestarting.value = false;
    tell();
    void session.refresh().catch(() => undefined);
    void queryClient.invalidateQueries();
    if (live.state !== 'live') live.restart();
  }

  return { isRestarting, restart };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
