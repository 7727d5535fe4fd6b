/** Incidents in words, for messages: the fields of a template. */
import type { AlertKind } from '../../../contract/domain/alert.ts';
import type { AlertTemplateField } from '../../../contract/domain/alert-channel.ts';
import type { OpenIncident } from './incident.ts';
import { firstSubjects } from './incident.ts';

export type AlertFields = Readonly<Record<AlertTemplateField, string>>;

interface Words {
  readonly one: (subject: string) => string;
  readonly many: (count: string) => string;
}

const words: Readonly<Record<AlertKind, Words>> = {
  worker_offline: {
    one: (worker) => `Worker ${worker} is offline`,
    many: (count) => `${count} workers are offline`,
  },
  hashrate_drop: {
    one: (worker) => `Hashrate of ${worker} dropped`,
    many: (count) => `Hashrate of ${count} workers dropped`,
  },
  gpu_lost: {
    one: (worker) => `${worker} lost a GPU`,
    many: (count) => `${count} workers lost GPUs`,
  },
  worker_error: {
    one: (worker) => `Worker ${worker} reports an error`,
    many: (count) => `${count} workers report errors`,
  },
  lease_no_blocks: {
    one: (worker) => `A lease of ${worker} finds no blocks`,
    many: (count) => `Leases of ${count} workers find no blocks`,
  },
  honesty: {
    one: (worker) => `${worker} claims more than it proves`,
    many: (count) => `${count} workers claim more than they prove`,
  },
  disk_low: { one: () => 'The disk is almost full', many: () => 'The disk is almost full' },
  backup: { one: () => 'A backup failed or is overdue', many: () => 'A backup failed or is overdue' },
  broker_limit: {
    one: () => 'The MQTT broker is at its limit',
    many: () => 'The MQTT broker is at its limit',
  },
  certificate: { one: () => 'A certificate ends soon', many: () => 'A certificate ends soon' },
  ledger: { one: () => 'The ledger is wrong', many: () => 'The ledger is wrong' },
};

function duration(ms: number): string {
  const sec = Math.max(0, Math.round(ms / 1000));
  if (sec < 60) return `${sec} s`;
  const min = Math.floor(sec / 60);
  if (min < 60) return `${min} min`;
  const hours = Math.floor(min / 60);
  return hours < 48 ? `${hours} h ${min % 60} min` : `${Math.floor(hours / 24)} days`;
}

const utc = (atMs: number | null) =>
  atMs === null ? '' : `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** What a value means, where one does. */
function measured(kind: AlertKind, value: number | null, reference: number | null): string {
  if (value === null) return '';
  switch (kind) {
    case 'hashrate_drop':
      return `${Math.round(value)} % below ${reference === null ? 'its median' : `${Math.round(reference)} H/s`}`;
    case 'gpu_lost':
      return `${value} of ${reference ?? '?'} GPUs are missing`;
    case 'lease_no_blocks':
      return `the chance of that is ${value.toPrecision(2)} %`;
    case 'disk_low':
      return `${value} GB are free`;
    case 'broker_limit':
      return `${Math.round(value)} % of its connections are taken`;
    case 'certificate':
      return `${Math.floor(value)} days are left`;
    default:
      return '';
  }
}

/** The fields of a message about an incident as it is now. */
export function toFields(
  incident: OpenIncident,
  event: 'raised' | 'repeated' | 'resolved' | 'test',
  nowMs: number,
): AlertFields {
  const { kind, members, membersOpen } = incident;
  const count = event === 'resolved' ? members.size : membersOpen;
  const names = firstSubjects(incident);
  const [first = ''] = names;
  const sentence = count === 1 ? words[kind].one(first) : words[kind].many(count.toLocaleString('en-US'));
  const lasted = duration((incident.resolvedAtMs ?? nowMs) - incident.openedAtMs);
  const title = event === 'resolved' ? `Over after ${lasted}: ${sentence}` : sentence;
  const more = count - names.length;
  const workers = `${names.join(', ')}${more > 0 ? ` and ${more.toLocaleString('en-US')} more` : ''}`;
  const sample = members.get(first);
  const reason = [sample && measured(kind, sample.value, sample.reference), sample?.detail]
    .filter((part) => part !== undefined && part !== '')
    .join('; ');
  const lines = [
    `${title}.`,
    count > 1 ? workers : '',
    reason === '' || event === 'resolved' ? '' : `${count > 1 ? `${first}: ` : ''}${reason}`,
    event === 'resolved'
      ? `From ${utc(incident.openedAtMs)} to ${utc(incident.resolvedAtMs)}`
      : `Since ${utc(incident.openedAtMs)}${event === 'repeated' ? `, for ${lasted} now` : ''}`,
  ];
  return {
    event,
    incident_id: String(incident.incidentId),
    rule: kind,
    severity: incident.severity,
    title,
    summary: lines.filter((line) => line !== '').join('\n'),
    count: String(membersOpen),
    total: String(members.size),
    workers,
    opened_at: utc(incident.openedAtMs),
    resolved_at: utc(incident.resolvedAtMs),
    duration: lasted,
  };
}

/** An incident that is made up, for previews and tests. */
export function sampleIncident(kind: AlertKind, nowMs: number): OpenIncident {
  const openedAtMs = nowMs - 240_000;
  const members = ['rig-01', 'rig-02', 'rig-03'].map((subject) => ({
    ...{ subject, sinceMs: openedAtMs, joinedAtMs: openedAtMs, untilMs: null },
    ...{ value: null, reference: null, detail: '' },
  }));
  return {
    ...{ incidentId: 0, kind, severity: 'critical', state: 'open', openedAtMs, lastJoinedAtMs: openedAtMs },
    ...{ resolvedAtMs: null, resolvedBy: '', membersOpen: members.length, acknowledgedAtMs: null },
    ...{ acknowledgedBy: '', note: '', mutedUntilMs: null, maintenance: '', toldAtMs: null },
    members: new Map(members.map((member) => [member.subject, member])),
  };
}
