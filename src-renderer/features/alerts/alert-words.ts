/** Incidents in the words of the language in force. */
import { CircleAlert, Info, OctagonAlert } from '@lucide/vue';
import { computed, type Component, type ComputedRef } from 'vue';
import type {
  AlertKind,
  AlertSeverity,
  Incident,
  IncidentMember,
} from '../../../src-main/contract/domain/alert.ts';
import { useText } from '../../i18n/use-text.ts';
import { useFormat } from '../../ui/format.ts';

/** A shape and a colour for each severity; the word stands beside it. */
export const severityLooks: Readonly<
  Record<AlertSeverity, { icon: Component; color: string; tone: 'neutral' | 'warning' | 'bad' }>
> = {
  info: { icon: Info, color: 'text-muted', tone: 'neutral' },
  warning: { icon: CircleAlert, color: 'text-stale', tone: 'warning' },
  critical: { icon: OctagonAlert, color: 'text-error', tone: 'bad' },
};

export interface AlertWords {
  /** `3 workers are offline`: of those that it still meets, or met when it is over. */
  sentence(
    incident: Pick<Incident, 'kind' | 'state' | 'members_open' | 'members_total' | 'subjects'>,
  ): string;
  /** What was measured of a member; empty where it is so or not. */
  measured(kind: AlertKind, member: Pick<IncidentMember, 'value' | 'reference' | 'detail'>): string;
}

export function useAlertWords(): ComputedRef<AlertWords> {
  const text = useText();
  const format = useFormat();
  return computed(() => ({
    sentence({ kind, state, members_open: open, members_total: total, subjects }) {
      const count = state === 'resolved' ? total : open;
      return text(
        `alerts.sentence.${kind}`,
        { subject: subjects[0] ?? '—', n: format.value.count(count) },
        count,
      );
    },
    measured(kind, { value, reference, detail }) {
      const parts = [detail];
      if (value !== null && kind === 'hashrate_drop')
        parts.unshift(
          text('alerts.measured.hashrate_drop', {
            value: format.value.count(value),
            reference: format.value.hashrate(reference),
          }),
        );
      else if (value !== null && kind === 'gpu_lost')
        parts.unshift(
          text('alerts.measured.gpu_lost', {
            value: format.value.count(value),
            reference: format.value.count(reference),
          }),
        );
      else if (value !== null && isPlain(kind) && !(kind === 'backup' && detail !== ''))
        parts.unshift(text(`alerts.measured.${kind}`, { value: format.value.decimal(value) }));
      return parts.filter((part) => part !== '').join(' · ');
    },
  }));
}

type PlainKind = 'lease_no_blocks' | 'disk_low' | 'broker_limit' | 'certificate' | 'backup';

function isPlain(kind: AlertKind): kind is PlainKind {
  return ['lease_no_blocks', 'disk_low', 'broker_limit', 'certificate', 'backup'].includes(kind);
}

/** Whether the members of a kind are workers. */
export function isAboutWorkers(kind: AlertKind): boolean {
  return [
    'worker_offline',
    'hashrate_drop',
    'gpu_lost',
    'worker_error',
    'lease_no_blocks',
    'honesty',
  ].includes(kind);
}
