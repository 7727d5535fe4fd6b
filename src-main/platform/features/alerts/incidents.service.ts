/** Incidents: who trips the same rule at about the same time is one; they are told, acknowledged, over. */
import type { AlertKind, AlertSeverity, AlertSummary, Incident } from '../../../contract/domain/alert.ts';
import { AppError, messageOf } from '../../kernel/app-error.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Announcer } from '../../kernel/event-bus.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { AlertEvents } from './alert.events.ts';
import { fromRow, toIncident, toMember, toMemberRow, toRow, worse } from './incident.ts';
import type { Member, OpenIncident } from './incident.ts';
import type { AlertMessageRow, IncidentFilter, IncidentRepository } from './incident.repository.ts';

export type ToldEvent = 'raised' | 'repeated' | 'resolved';

export interface IncidentsOptions {
  readonly repository: IncidentRepository;
  readonly bus: Announcer<AlertEvents>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How often an incident of a kind is told again; 0: never. */
  readonly repeatMs: (kind: AlertKind) => number;
  /** Name of the window that covers a subject now; empty: none. */
  readonly covering: (kind: AlertKind, subject: string) => string;
  /** Tells it where it is told at once, and says what is to be sent. Messages have their number yet to get. */
  readonly tell: (incident: OpenIncident, event: ToldEvent) => Omit<AlertMessageRow, 'message_id'>[];
  /** Sends what is stored now. */
  readonly send: (messages: readonly AlertMessageRow[]) => void;
  /** Somebody closed it by hand: its subjects are no news until it was over once. */
  readonly dismissed: (kind: AlertKind, subjects: readonly string[]) => void;
}

/** One more that trips a rule. */
export interface Trip {
  readonly kind: AlertKind;
  readonly subject: string;
  readonly severity: AlertSeverity;
  readonly value: number | null;
  readonly reference: number | null;
  readonly detail: string;
}

/** The first message waits until for so long nobody more came, so that it has the number of all … */
const quietMs = 2000;
/** … but no longer than this. */
const tellWithinMs = 3000;

/** Who trips the same rule within this time after the last one belongs to the same incident. */
const groupWithinMs = 120_000;

const maxMembersShown = 2000;

export class Incidents {
  readonly #options: IncidentsOptions;
  readonly #open = new Map<number, OpenIncident>();
  /** When each that nobody was told of is due. */
  readonly #tellAtMs = new Map<number, number>();
  /** Events for the bus, the last of each incident. */
  readonly #changed = new Set<OpenIncident>();
  #dirty = new Set<OpenIncident>();
  #dirtyMembers = new Map<Member, number>();
  #messages: AlertMessageRow[] = [];
  #lastIncidentId = 0;
  #lastMessageId = 0;
  #flushing: Promise<void> | undefined;

  constructor(options: IncidentsOptions) {
    this.#options = options;
  }

  /** Goes on with what was not over when the platform stopped. */
  async load(): Promise<OpenIncident[]> {
    const { repository, clock } = this.#options;
    const last = await repository.lastIds();
    this.#lastIncidentId = last.incident;
    this.#lastMessageId = last.message;
    for (const { incident: row, members } of await repository.loadUnresolved()) {
      const incident = fromRow(row, members);
      if (!incident) continue;
      this.#open.set(incident.incidentId, incident);
      if (incident.toldAtMs === null) this.#tellAtMs.set(incident.incidentId, clock.nowMs() + tellWithinMs);
    }
    return [...this.#open.values()];
  }

  /** Stores everything. */
  async stop(): Promise<void> {
    await this.flush();
  }

  /** Incidents that are not over, oldest first. */
  unresolved(): Iterable<OpenIncident> {
    return this.#open.values();
  }

  /** The open incident that a subject belongs to now. */
  ofMember(kind: AlertKind, subject: string): OpenIncident | undefined {
    for (const incident of this.#open.values())
      if (incident.kind === kind && incident.members.get(subject)?.untilMs === null) return incident;
    return undefined;
  }

  summary(): AlertSummary {
    const summary: AlertSummary = { open: 0, acknowledged: 0, in_maintenance: 0, worst: null };
    for (const { state, maintenance, severity } of this.#open.values()) {
      if (maintenance !== '') summary.in_maintenance += 1;
      else if (state === 'acknowledged') summary.acknowledged += 1;
      else if (state === 'open') {
        summary.open += 1;
        summary.worst = summary.worst === null ? severity : worse(summary.worst, severity);
      }
    }
    return summary;
  }

  /** Takes those in that tripped now. */
  join(trips: readonly Trip[]): void {
    const nowMs = this.#options.clock.nowMs();
    for (const trip of trips) {
      const maintenance = this.#options.covering(trip.kind, trip.subject);
      const incident = this.#fitting(trip, maintenance, nowMs) ?? this.#begin(trip, maintenance, nowMs);
      const { subject, value, reference, detail } = trip;
      const known = incident.members.get(subject);
      const since = { untilMs: null, joinedAtMs: nowMs, value, reference, detail };
      const member: Member = known ? Object.assign(known, since) : { subject, sinceMs: nowMs, ...since };
      incident.members.set(subject, member);
      incident.membersOpen += 1;
      incident.lastJoinedAtMs = nowMs;
      incident.severity = worse(incident.severity, trip.severity);
      this.#dirtyMembers.set(member, incident.incidentId);
      this.#touch(incident);
      if (incident.toldAtMs === null)
        this.#tellAtMs.set(
          incident.incidentId,
          Math.min(nowMs + quietMs, Math.max(nowMs, incident.openedAtMs + tellWithinMs)),
        );
    }
  }

  /** For one subject it is over. */
  leave(kind: AlertKind, subject: string): void {
    const nowMs = this.#options.clock.nowMs();
    for (const incident of this.#open.values()) {
      const member = incident.members.get(subject);
      if (incident.kind !== kind || member?.untilMs !== null) continue;
      member.untilMs = nowMs;
      incident.membersOpen -= 1;
      this.#dirtyMembers.set(member, incident.incidentId);
      this.#touch(incident);
      if (incident.membersOpen === 0) this.#end(incident, 'cleared', nowMs);
    }
  }

  /** Tells what is due, announces what changed, and begins to store it. */
  look(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const incident of this.#open.values()) {
      if (incident.maintenance !== '') this.#lookAtMaintenance(incident, nowMs);
      this.#tellWhatIsDue(incident, nowMs);
    }
    for (const incident of this.#changed) this.#announce(incident, 'changed', false);
    this.#changed.clear();
    if (this.#dirty.size > 0 || this.#messages.length > 0) void this.flush();
  }

  /** Stores what changed since the last time. Settles when it is on disk, or failed to be. */
  async flush(): Promise<void> {
    while (this.#flushing) await this.#flushing;
    this.#flushing = this.#write().finally(() => (this.#flushing = undefined));
    await this.#flushing;
  }

  /** @throws AppError `not_found`, `conflict` when it is over */
  async acknowledge(incidentId: number, by: string, note: string): Promise<Incident> {
    const incident = await this.#require(incidentId);
    Object.assign(incident, {
      ...{ state: 'acknowledged', acknowledgedAtMs: this.#options.clock.nowMs(), acknowledgedBy: by, note },
    });
    return this.#changedByHand(incident);
  }

  /** @param untilMs null: from now on it may be told again. @throws AppError `not_found`, `conflict` */
  async mute(incidentId: number, untilMs: number | null): Promise<Incident> {
    const incident = await this.#require(incidentId);
    incident.mutedUntilMs = untilMs;
    return this.#changedByHand(incident);
  }

  /** Closes it by hand; nothing is sent. @throws AppError `not_found`, `conflict` */
  async resolve(incidentId: number, by: string, note: string): Promise<Incident> {
    const incident = await this.#require(incidentId);
    const nowMs = this.#options.clock.nowMs();
    const left: string[] = [];
    for (const member of incident.members.values()) {
      if (member.untilMs !== null) continue;
      member.untilMs = nowMs;
      left.push(member.subject);
      this.#dirtyMembers.set(member, incidentId);
    }
    incident.membersOpen = 0;
    if (note !== '') incident.note = note;
    this.#options.dismissed(incident.kind, left);
    this.#end(incident, by, nowMs);
    return this.#changedByHand(incident);
  }

  /** A page, newest first. */
  async page(filter: IncidentFilter, limit: number, offset: number) {
    await this.flush();
    const { total, rows } = await this.#options.repository.page(filter, limit, offset);
    return { total, items: rows.map(toIncident) };
  }

  /** All that pass, newest first. */
  all(filter: IncidentFilter) {
    return this.#options.repository.all(filter);
  }

  /** @throws AppError `not_found` */
  async find(incidentId: number) {
    await this.flush();
    const { repository } = this.#options;
    const row = await repository.find(incidentId);
    if (!row) throw noSuch(incidentId);
    const members = await repository.membersOf(incidentId, maxMembersShown);
    return { ...toIncident(row), members: members.map(toMember) };
  }

  #fitting({ kind, subject }: Trip, maintenance: string, nowMs: number): OpenIncident | undefined {
    let fitting: OpenIncident | undefined;
    for (const incident of this.#open.values()) {
      if (incident.kind !== kind || (incident.maintenance === '') !== (maintenance === '')) continue;
      if (incident.members.has(subject)) return incident;
      if (nowMs - incident.lastJoinedAtMs <= groupWithinMs) fitting = incident;
    }
    return fitting;
  }

  #begin({ kind, severity }: Trip, maintenance: string, nowMs: number): OpenIncident {
    this.#lastIncidentId += 1;
    const incident: OpenIncident = {
      ...{ incidentId: this.#lastIncidentId, kind, severity, state: 'open', maintenance, note: '' },
      ...{ openedAtMs: nowMs, lastJoinedAtMs: nowMs, resolvedAtMs: null, resolvedBy: '', toldAtMs: null },
      ...{ members: new Map<string, Member>(), membersOpen: 0, mutedUntilMs: null },
      ...{ acknowledgedAtMs: null, acknowledgedBy: '' },
    };
    this.#open.set(incident.incidentId, incident);
    return incident;
  }

  #end(incident: OpenIncident, by: string, nowMs: number): void {
    Object.assign(incident, { state: 'resolved', resolvedAtMs: nowMs, resolvedBy: by });
    this.#open.delete(incident.incidentId);
    this.#tellAtMs.delete(incident.incidentId);
    this.#touch(incident);
    this.#changed.delete(incident);
    const isTold = incident.toldAtMs !== null && by === 'cleared' && !this.#isSilent(incident, nowMs);
    if (isTold) this.#tell(incident, 'resolved', nowMs);
    else this.#announce(incident, 'resolved', false);
  }

  /** What a window kept silent and goes on after it is news. */
  #lookAtMaintenance(incident: OpenIncident, nowMs: number): void {
    const { covering } = this.#options;
    for (const { subject, untilMs } of incident.members.values())
      if (untilMs === null && covering(incident.kind, subject) !== '') return;
    incident.maintenance = '';
    this.#touch(incident);
    if (incident.toldAtMs === null) this.#tellAtMs.set(incident.incidentId, nowMs + quietMs);
  }

  #tellWhatIsDue(incident: OpenIncident, nowMs: number): void {
    if (incident.maintenance !== '' || this.#isSilent(incident, nowMs)) return;
    const tellAtMs = this.#tellAtMs.get(incident.incidentId);
    if (tellAtMs !== undefined) {
      if (nowMs < tellAtMs) return;
      this.#tellAtMs.delete(incident.incidentId);
      return this.#tell(incident, 'raised', nowMs);
    }
    const repeatMs = this.#options.repeatMs(incident.kind);
    if (repeatMs > 0 && incident.state === 'open' && nowMs - (incident.toldAtMs ?? nowMs) >= repeatMs)
      this.#tell(incident, 'repeated', nowMs);
  }

  #isSilent({ mutedUntilMs, maintenance }: OpenIncident, nowMs: number): boolean {
    return maintenance !== '' || (mutedUntilMs !== null && nowMs < mutedUntilMs);
  }

  #tell(incident: OpenIncident, event: ToldEvent, nowMs: number): void {
    incident.toldAtMs = nowMs;
    this.#touch(incident);
    this.#changed.delete(incident);
    for (const message of this.#options.tell(incident, event)) {
      this.#lastMessageId += 1;
      this.#messages.push({ ...message, message_id: this.#lastMessageId });
    }
    this.#announce(incident, event === 'resolved' ? 'resolved' : 'raised', true);
  }

  #announce(incident: OpenIncident, event: AlertEvents['alert.changed']['event'], isTold: boolean): void {
    const { incidentId } = incident;
    this.#options.bus.emit('alert.changed', { incidentId, event, open: this.summary().open, isTold });
  }

  #touch(incident: OpenIncident): void {
    this.#dirty.add(incident);
    this.#changed.add(incident);
  }

  async #changedByHand(incident: OpenIncident): Promise<Incident> {
    this.#touch(incident);
    await this.flush();
    return toIncident(toRow(incident));
  }

  async #require(incidentId: number): Promise<OpenIncident> {
    const incident = this.#open.get(incidentId);
    if (incident) return incident;
    if (incidentId <= this.#lastIncidentId && (await this.#options.repository.find(incidentId)))
      throw new AppError('conflict', `Incident ${incidentId} is over.`);
    throw noSuch(incidentId);
  }

  /** Where the disk does not take them, messages are sent all the same: that may be what they say. */
  async #write(): Promise<void> {
    const incidents = this.#dirty;
    const members = this.#dirtyMembers;
    const messages = this.#messages;
    if (incidents.size === 0 && members.size === 0 && messages.length === 0) return;
    this.#dirty = new Set();
    this.#dirtyMembers = new Map();
    this.#messages = [];
    try {
      await this.#options.repository.save({
        incidents: [...incidents].map(toRow),
        members: [...members].map(([member, incidentId]) => toMemberRow(incidentId, member)),
        messages,
      });
    } catch (error) {
      for (const incident of incidents) this.#dirty.add(incident);
      for (const [member, incidentId] of members) this.#dirtyMembers.set(member, incidentId);
      this.#options.logger.error({ incidents: incidents.size }, `incidents not stored: ${messageOf(error)}`);
    }
    this.#options.send(messages);
  }
}

function noSuch(incidentId: number): AppError {
  return new AppError('not_found', `There is no incident ${incidentId}.`);
}
