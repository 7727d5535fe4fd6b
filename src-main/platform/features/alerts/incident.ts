/** An incident that is not over, as the platform watches it. */
import type { AlertKind, AlertSeverity, Incident } from '../../../contract/domain/alert.ts';
import { alertKinds, alertSeverities } from '../../../contract/domain/alert.ts';
import { toUnixSeconds } from '../../kernel/clock.ts';
import type { IncidentMemberRow, IncidentRow } from './incident.repository.ts';

export interface Member {
  readonly subject: string;
  sinceMs: number;
  /** The last time; the same as `sinceMs` for one that joined once. */
  joinedAtMs: number;
  /** null: it goes on. */
  untilMs: number | null;
  value: number | null;
  reference: number | null;
  detail: string;
}

export interface OpenIncident {
  readonly incidentId: number;
  readonly kind: AlertKind;
  severity: AlertSeverity;
  state: 'open' | 'acknowledged' | 'resolved';
  readonly openedAtMs: number;
  lastJoinedAtMs: number;
  resolvedAtMs: number | null;
  resolvedBy: string;
  readonly members: Map<string, Member>;
  membersOpen: number;
  acknowledgedAtMs: number | null;
  acknowledgedBy: string;
  note: string;
  mutedUntilMs: number | null;
  /** Name of the window that keeps it silent; empty: none. */
  maintenance: string;
  toldAtMs: number | null;
}

/** Names that a row shows without its members. */
const shownSubjects = 10;

export function worse(left: AlertSeverity, right: AlertSeverity): AlertSeverity {
  return alertSeverities.indexOf(left) >= alertSeverities.indexOf(right) ? left : right;
}

export function toRow(incident: OpenIncident): IncidentRow {
  return {
    incident_id: incident.incidentId,
    kind: incident.kind,
    severity: incident.severity,
    state: incident.state,
    opened_at_ms: incident.openedAtMs,
    last_joined_at_ms: incident.lastJoinedAtMs,
    resolved_at_ms: incident.resolvedAtMs,
    resolved_by: incident.resolvedBy,
    members_total: incident.members.size,
    members_open: incident.membersOpen,
    subjects: JSON.stringify(firstSubjects(incident)),
    acknowledged_at_ms: incident.acknowledgedAtMs,
    acknowledged_by: incident.acknowledgedBy,
    note: incident.note,
    muted_until_ms: incident.mutedUntilMs,
    maintenance: incident.maintenance,
    told_at_ms: incident.toldAtMs,
  };
}

/** The first names, those that it still meets before the others. */
export function firstSubjects({ members }: OpenIncident): string[] {
  const names: string[] = [];
  for (const { subject, untilMs } of members.values()) {
    if (names.length === shownSubjects) return names;
    if (untilMs === null) names.push(subject);
  }
  for (const { subject, untilMs } of members.values()) {
    if (names.length === shownSubjects) return names;
    if (untilMs !== null) names.push(subject);
  }
  return names;
}

export function toMemberRow(incidentId: number, member: Member): IncidentMemberRow {
  return {
    incident_id: incidentId,
    subject: member.subject,
    since_ms: member.sinceMs,
    until_ms: member.untilMs,
    value: member.value,
    reference: member.reference,
    detail: member.detail,
  };
}

const maybeSeconds = (atMs: number | null) => (atMs === null ? null : toUnixSeconds(atMs));

/** As callers see it. */
export function toIncident(row: IncidentRow): Incident {
  return {
    incident_id: row.incident_id,
    kind: row.kind as AlertKind,
    severity: row.severity as AlertSeverity,
    state: row.state,
    opened_at: toUnixSeconds(row.opened_at_ms),
    resolved_at: maybeSeconds(row.resolved_at_ms),
    members_total: row.members_total,
    members_open: row.members_open,
    subjects: JSON.parse(row.subjects) as string[],
    acknowledged_at: maybeSeconds(row.acknowledged_at_ms),
    acknowledged_by: row.acknowledged_by,
    note: row.note,
    muted_until: maybeSeconds(row.muted_until_ms),
    maintenance: row.maintenance,
    resolved_by: row.resolved_by,
  };
}

export function toMember(row: IncidentMemberRow) {
  return {
    subject: row.subject,
    since: toUnixSeconds(row.since_ms),
    until: maybeSeconds(row.until_ms),
    value: row.value,
    reference: row.reference,
    detail: row.detail,
  };
}

/** As it was when the platform stopped; undefined: of a kind that this version does not know. */
export function fromRow(row: IncidentRow, members: readonly IncidentMemberRow[]): OpenIncident | undefined {
  const kind = alertKinds.find((name) => name === row.kind);
  if (!kind) return undefined;
  return {
    incidentId: row.incident_id,
    kind,
    severity: row.severity as AlertSeverity,
    state: row.state,
    openedAtMs: row.opened_at_ms,
    lastJoinedAtMs: row.last_joined_at_ms,
    resolvedAtMs: row.resolved_at_ms,
    resolvedBy: row.resolved_by,
    members: new Map(
      members.map((member) => [
        member.subject,
        {
          ...{ subject: member.subject, sinceMs: member.since_ms, untilMs: member.until_ms },
          joinedAtMs: member.since_ms,
          ...{ value: member.value, reference: member.reference, detail: member.detail },
        },
      ]),
    ),
    membersOpen: members.filter(({ until_ms }) => until_ms === null).length,
    acknowledgedAtMs: row.acknowledged_at_ms,
    acknowledgedBy: row.acknowledged_by,
    note: row.note,
    mutedUntilMs: row.muted_until_ms,
    maintenance: row.maintenance,
    toldAtMs: row.told_at_ms,
  };
}
