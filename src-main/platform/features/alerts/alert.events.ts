import type { AlertKind, AlertSeverity } from '../../../contract/domain/alert.ts';

/** Facts about incidents. */
export interface AlertEvents {
  /** An incident began, changed or is over. */
  'alert.changed': {
    readonly incidentId: number;
    readonly event: 'raised' | 'changed' | 'resolved';
    /** Incidents that stand open now, outside of maintenance. */
    readonly open: number;
    /** Whether the dashboard says so beside showing it. */
    readonly isTold: boolean;
  };
  /** Something for a notification of the desktop. */
  'alert.notice': {
    readonly incidentId: number;
    readonly kind: AlertKind;
    readonly severity: AlertSeverity;
    readonly event: 'raised' | 'repeated' | 'resolved';
    /** How many it meets, or met, and the first of them. */
    readonly count: number;
    readonly subject: string;
    /** In the words of the channel's own template; undefined without one: whoever shows it has words of its own. */
    readonly words: { readonly title: string; readonly text: string } | undefined;
  };
}
