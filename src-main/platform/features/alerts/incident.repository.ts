/** All SQL of incidents and of the messages about them. */
import { sql, type Selectable } from 'kysely';
import type { AlertKind, AlertSeverity } from '../../../contract/domain/alert.ts';
import type { AlertMessagesTable, IncidentMembersTable, IncidentsTable } from '../../storage/schema.ts';
import type { StorageAccess } from '../../storage/storage.ts';

export type IncidentRow = Selectable<IncidentsTable>;
export type IncidentMemberRow = Selectable<IncidentMembersTable>;
export type AlertMessageRow = Selectable<AlertMessagesTable>;

/** Absent and empty ones let everything through. */
export interface IncidentFilter {
  readonly state: IncidentRow['state'] | 'unresolved' | undefined;
  readonly kind: AlertKind | undefined;
  readonly severity: AlertSeverity | undefined;
  readonly workerId: string;
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** What changed since the last time. */
export interface IncidentChanges {
  readonly incidents: readonly IncidentRow[];
  readonly members: readonly IncidentMemberRow[];
  readonly messages: readonly AlertMessageRow[];
}

/** Incidents that a download reads at a time. */
const portion = 200;

const incidentColumns = [
  ...['incident_id', 'kind', 'severity', 'state', 'opened_at_ms', 'last_joined_at_ms', 'resolved_at_ms'],
  ...['resolved_by', 'members_total', 'members_open', 'subjects', 'acknowledged_at_ms', 'acknowledged_by'],
  ...['note', 'muted_until_ms', 'maintenance', 'told_at_ms'],
];
const memberColumns = ['incident_id', 'subject', 'since_ms', 'until_ms', 'value', 'reference', 'detail'];
const messageColumns = [
  ...['message_id', 'channel_id', 'incident_id', 'event', 'title', 'fields', 'state', 'attempts'],
  ...['next_try_at_ms', 'answer', 'created_at_ms', 'done_at_ms'],
];

/** One statement for any number of rows: they travel as one JSON parameter. */
function upsert(table: string, columns: readonly string[], key: readonly string[], rows: readonly object[]) {
  const values = JSON.stringify(rows.map((row) => columns.map((name) => row[name as keyof typeof row])));
  const others = columns.filter((name) => !key.includes(name));
  return sql`${sql.raw(
    `insert into ${table} (${columns.join(', ')}) ` +
      `select ${columns.map((_, index) => `value ->> ${index}`).join(', ')} from json_each(`,
  )}${values}) where true on conflict ${sql.raw(
    `(${key.join(', ')}) do update set ${others.map((name) => `${name} = excluded.${name}`).join(', ')}`,
  )}`;
}

/** The number of the first incident that was opened from a moment on; null: there is none. */
function firstSince(atMs: number) {
  return sql<number>`(select first.incident_id from incidents as first
    where first.opened_at_ms >= ${atMs} order by first.opened_at_ms limit 1)`;
}

export class IncidentRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  /** Incidents that are not over, with all their members. */
  async loadUnresolved(): Promise<{ incident: IncidentRow; members: IncidentMemberRow[] }[]> {
    const incidents = await this.#storage.read
      .selectFrom('incidents')
      .where('state', '<>', 'resolved')
      .selectAll()
      .orderBy('incident_id')
      .execute();
    return Promise.all(
      incidents.map(async (incident) => ({
        incident,
        members: await this.membersOf(incident.incident_id, -1),
      })),
    );
  }

  /** The highest numbers that were given. */
  async lastIds(): Promise<{ incident: number; message: number }> {
    const incident = await this.#storage.read
      .selectFrom('incidents')
      .select(({ fn }) => fn.max<number | null>('incident_id').as('last'))
      .executeTakeFirst();
    const message = await this.#storage.read
      .selectFrom('alert_messages')
      .select(({ fn }) => fn.max<number | null>('message_id').as('last'))
      .executeTakeFirst();
    return { incident: incident?.last ?? 0, message: message?.last ?? 0 };
  }

  /** Stores incidents, members and messages in one transaction. Durable when it settles. */
  async save({ incidents, members, messages }: IncidentChanges): Promise<void> {
    await this.#storage.write(async (db) => {
      if (incidents.length > 0)
        await upsert('incidents', incidentColumns, ['incident_id'], incidents).execute(db);
      if (members.length > 0)
        await upsert('incident_members', memberColumns, ['incident_id', 'subject'], members).execute(db);
      if (messages.length > 0)
        await upsert('alert_messages', messageColumns, ['message_id'], messages).execute(db);
    });
  }

  find(incidentId: number): Promise<IncidentRow | undefined> {
    return this.#storage.read
      .selectFrom('incidents')
      .where('incident_id', '=', incidentId)
      .selectAll()
      .executeTakeFirst();
  }

  /** @param limit negative: all of them */
  membersOf(incidentId: number, limit: number): Promise<IncidentMemberRow[]> {
    return this.#storage.read
      .selectFrom('incident_members')
      .where('incident_id', '=', incidentId)
      .selectAll()
      .orderBy('subject')
      .limit(limit)
      .execute();
  }

  /** A part of the incidents that pass, newest first, and how many pass. */
  async page(filter: IncidentFilter, limit: number, offset: number) {
    const { count } = await this.#matching(filter)
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    const rows = await this.#matching(filter)
      .selectAll('incidents')
      .orderBy('incidents.incident_id', 'desc')
      .limit(limit)
      .offset(offset)
      .execute();
    return { total: count, rows };
  }

  /** All that pass, newest first. */
  async *all(filter: IncidentFilter): AsyncGenerator<IncidentRow> {
    let before = Number.MAX_SAFE_INTEGER;
    for (;;) {
      const rows = await this.#matching(filter)
        .where('incidents.incident_id', '<', before)
        .selectAll('incidents')
        .orderBy('incidents.incident_id', 'desc')
        .limit(portion)
        .execute();
      yield* rows;
      const last = rows.at(-1);
      if (!last || rows.length < portion) return;
      before = last.incident_id;
    }
  }

  /** Deletes up to `limit` incidents that were over before a moment. Returns how many there were. */
  deleteBefore(beforeMs: number, limit: number): Promise<number> {
    return this.#storage.write(async (db) => {
      const { numAffectedRows } = await sql`delete from incidents where incident_id in (
        select incident_id from incidents where opened_at_ms < ${beforeMs} and state = 'resolved'
        order by opened_at_ms limit ${limit})`.execute(db);
      return Number(numAffectedRows ?? 0);
    }, 'normal');
  }

  #matching({ state, kind, severity, workerId, sinceMs, untilMs }: IncidentFilter) {
    let query = this.#storage.read.selectFrom('incidents');
    if (state === 'unresolved') query = query.where('state', '<>', 'resolved');
    else if (state !== undefined) query = query.where('state', '=', state);
    if (kind !== undefined) query = query.where('kind', '=', kind);
    if (severity !== undefined) query = query.where('severity', '=', severity);
    // Numbers grow with the time: a span of time is one of numbers, in their order.
    if (sinceMs > 0) query = query.where('incidents.incident_id', '>=', firstSince(sinceMs));
    if (untilMs < Number.MAX_SAFE_INTEGER)
      query = query.where(
        'incidents.incident_id',
        '<',
        sql<number>`coalesce(${firstSince(untilMs)}, ${Number.MAX_SAFE_INTEGER})`,
      );
    if (workerId !== '')
      query = query.where('incidents.incident_id', 'in', (build) =>
        build.selectFrom('incident_members').where('subject', '=', workerId).select('incident_id'),
      );
    return query;
  }
}
