/**
 * The backups, and what is under way with them. A restore restarts the platform in between: until it answers again the
 * list of before stays, and what became of it is told once.
 */
import { computed, onScopeDispose, shallowRef, watch } from 'vue';
import { toast } from 'vue-sonner';
import type { BackupJob, BackupList } from '../../../../src-main/contract/domain/backup.ts';
import { backupsRoute } from '../../../../src-main/contract/rest/backups.routes.ts';
import { queryClient, useCall } from '../../../api/query.ts';
import { useText } from '../../../i18n/use-text.ts';
import { useSession } from '../../../state/session.ts';

/** So often it is asked while nothing and while something is under way. */
const calmMs = 15_000;
const busyMs = 700;

export function useBackups() {
  const text = useText();
  const session = useSession();
  const answer = useCall(backupsRoute, undefined, { refreshMs: calmMs });
  /** What was seen under way last, until its end is told. */
  const followed = shallowRef<BackupJob | undefined>();
  const isAway = computed(() => answer.error.value?.status === 0 || answer.error.value?.status === 503);

  watch(
    answer.data,
    (list) => {
      if (!list) return;
      if (list.running) followed.value = list.running;
      else if (followed.value) tellEnd(list, followed.value);
    },
    { immediate: true },
  );
  const timer = setInterval(() => {
    if (followed.value && !document.hidden) void answer.refetch({ cancelRefetch: false });
  }, busyMs);
  onScopeDispose(() => clearInterval(timer));

  /** Follows what was just begun. */
  function follow(job: BackupJob): void {
    followed.value = job;
    void answer.refetch();
  }

  function tellEnd(list: BackupList, job: BackupJob): void {
    const { kind, name } = job;
    if (kind === 'restore') {
      const outcome = list.last_restore;
      // The answer may be older than the restore.
      if (!outcome || outcome.at < Math.floor(job.started_at)) return;
      followed.value = undefined;
      if (outcome.ok)
        toast.success(text('system.backups.doneRestore', { name }), { description: outcome.detail });
      else tellFailure(text('system.backups.failedRestore', { name }), outcome.detail);
      // All that is known of before is of another database.
      void session.refresh().catch(() => undefined);
      void queryClient.invalidateQueries();
      return;
    }
    followed.value = undefined;
    const failure = list.last_failure;
    const backup = list.items.find((item) => item.name === name);
    if (failure && failure.name === name && failure.at >= Math.floor(job.started_at))
      tellFailure(text('system.failed'), failure.reason);
    else if (backup?.verification?.ok === false)
      tellFailure(text('system.backups.badVerify', { name }), backup.verification.problems.join('; '));
    else if (backup)
      toast.success(
        text(kind === 'backup' ? 'system.backups.doneBackup' : 'system.backups.doneVerify', { name }),
      );
  }

  function tellFailure(message: string, description: string): void {
    toast.error(message, { description, duration: 15_000 });
  }

  return { ...answer, followed, isAway, follow };
}
