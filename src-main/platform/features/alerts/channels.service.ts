/** Channels: where alerts go. Each has a queue of its own, so that none waits for another's server. */
import { randomUUID } from 'node:crypto';
import {
  alertChannelInputSchema,
  defaultAlertTemplate,
  fillTemplate,
  type AlertChannel,
  type AlertChannelInput,
  type AlertSendResult,
  type AlertTemplate,
} from '../../../contract/domain/alert-channel.ts';
import { alertSeverities, type AlertKind } from '../../../contract/domain/alert.ts';
import { AppError } from '../../kernel/app-error.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import type { Announcer } from '../../kernel/event-bus.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { AlertEvents } from './alert.events.ts';
import { ChannelQueue, maxQueued } from './channel-queue.ts';
import type { ChannelFigures, ChannelRepository, ChannelRow } from './channel.repository.ts';
import { sampleIncident, toFields, type AlertFields } from './incident-text.ts';
import { firstSubjects, type OpenIncident } from './incident.ts';
import type { AlertMessageRow } from './incident.repository.ts';
import type { ToldEvent } from './incidents.service.ts';
import type { SecretBox } from './secret-box.ts';
import type { ServiceAddresses } from './send-message.ts';

export interface ChannelsOptions {
  readonly repository: ChannelRepository;
  readonly bus: Announcer<AlertEvents>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly secrets: SecretBox;
  readonly services: ServiceAddresses;
  readonly timeoutMs: number;
}

interface Known {
  readonly row: ChannelRow;
  input: AlertChannelInput;
  readonly queue: ChannelQueue;
}

const maxChannels = 50;

/** These are always there, under these ids, and have no server. */
const builtIn = ['dashboard', 'desktop'] as const;
const isBuiltIn = (kind: string) => builtIn.some((name) => name === kind);

const noFigures = (): ChannelFigures => ({
  ...{ sent: 0, failed: 0, dropped: 0, last_error: '', last_error_at_ms: null, last_success_at_ms: null },
});

export class AlertChannels {
  readonly #options: ChannelsOptions;
  readonly #channels = new Map<string, Known>();

  constructor(options: ChannelsOptions) {
    this.#options = options;
  }

  /** Goes on with what waited when the platform stopped. */
  async load(): Promise<void> {
    const { repository, logger } = this.#options;
    this.#channels.clear();
    for (const name of builtIn) {
      const input = alertChannelInputSchema.parse({ kind: name, name, settings: {} });
      this.#keep(toRow(name, input, '', 0), input);
    }
    for (const row of await repository.load()) {
      const parsed = alertChannelInputSchema.safeParse(JSON.parse(row.settings));
      if (parsed.success) this.#keep(row, parsed.data);
      else logger.warn({ channel: row.channel_id }, 'the settings of this channel can not be read');
    }
    this.send(await repository.loadQueued());
  }

  /** Tries again what is due; once a second. */
  look(): void {
    for (const { queue } of this.#channels.values()) queue.wake();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#channels.values()].map(({ queue }) => queue.stop()));
  }

  /** Whether the dashboard says so, beside showing it. */
  isToldInDashboard(incident: OpenIncident, event: ToldEvent): boolean {
    const dashboard = this.#channels.get('dashboard');
    return dashboard !== undefined && hears(dashboard.input, incident, event);
  }

  /** Tells those that need no server, and writes the messages for the others. */
  tell(incident: OpenIncident, event: ToldEvent): Omit<AlertMessageRow, 'message_id'>[] {
    const { bus, clock } = this.#options;
    const nowMs = clock.nowMs();
    const fields = toFields(incident, event, nowMs);
    const hearing = [...this.#channels].filter(([, { input }]) => hears(input, incident, event));
    const desktop = hearing.find(([, { input }]) => input.kind === 'desktop')?.[1].input;
    if (desktop) bus.emit('alert.notice', toNotice(incident, event, fields, desktop.template));
    return hearing
      .filter(([, { input }]) => !isBuiltIn(input.kind))
      .map(([channelId]) => ({
        ...{ channel_id: channelId, incident_id: incident.incidentId, event, title: fields.title },
        ...{ fields: JSON.stringify(fields), state: 'queued' as const, attempts: 0, answer: '' },
        ...{ next_try_at_ms: nowMs, created_at_ms: nowMs, done_at_ms: null },
      }));
  }

  /** Hands stored messages to the queues of their channels. */
  send(messages: readonly AlertMessageRow[]): void {
    const byChannel = Map.groupBy(messages, ({ channel_id: channelId }) => channelId);
    for (const [channelId, own] of byChannel) this.#channels.get(channelId)?.queue.push(own);
  }

  list(): AlertChannel[] {
    return [...this.#channels.values()].map((known) => this.#view(known));
  }

  /** @throws AppError `bad_request`, `conflict` */
  async add(input: AlertChannelInput): Promise<AlertChannel> {
    if (isBuiltIn(input.kind))
      throw new AppError('conflict', `The channel ${input.kind} is there already; change it.`);
    if (this.#channels.size >= maxChannels + builtIn.length)
      throw new AppError('conflict', `There are ${maxChannels} channels already; remove one.`);
    const channelId = `channel-${randomUUID()}`;
    const secret = this.#seal(channelId, input) ?? '';
    const row = toRow(channelId, input, secret, this.#options.clock.nowMs());
    await this.#options.repository.save(row);
    return this.#view(this.#keep(row, withoutSecret(input)));
  }

  /** @throws AppError `bad_request`, `not_found` */
  async change(channelId: string, input: AlertChannelInput): Promise<AlertChannel> {
    const known = this.#require(channelId);
    if (input.kind !== known.input.kind)
      throw new AppError('bad_request', `Body: kind is ${known.input.kind}; add another channel instead.`);
    const secret = this.#seal(channelId, input) ?? known.row.secret;
    const row = { ...known.row, settings: toSettings(input), secret };
    await this.#options.repository.save(row);
    Object.assign(known.row, row);
    known.input = withoutSecret(input);
    return this.#view(known);
  }

  /** @throws AppError `not_found`, `conflict` for one that is always there */
  async remove(channelId: string): Promise<void> {
    const known = this.#require(channelId);
    if (isBuiltIn(channelId))
      throw new AppError('conflict', `The channel ${channelId} is always there; switch it off instead.`);
    await known.queue.stop();
    await this.#options.repository.remove(channelId);
    this.#channels.delete(channelId);
  }

  /** Sends a message of no importance now. @throws AppError `not_found` */
  async test(channelId: string): Promise<AlertSendResult> {
    const { input, queue } = this.#require(channelId);
    const { bus, clock } = this.#options;
    const incident = sampleIncident(input.kinds[0] ?? 'worker_offline', clock.nowMs());
    const made = toFields(incident, 'test', clock.nowMs());
    const title = `Test of the channel ${input.name}`;
    const summary = `${title}. An alert would look like this:\n${made.summary}`;
    const fields = { ...made, title, summary };
    if (!isBuiltIn(input.kind)) return queue.test(fields);
    if (input.kind === 'desktop')
      bus.emit('alert.notice', toNotice(incident, 'raised', fields, input.template));
    const where = input.kind === 'desktop' ? 'the desktop program' : 'every open dashboard';
    return { ok: true, answer: `Handed to ${where}.`, status: null, duration_ms: 0 };
  }

  /** What a template makes of an incident that is made up. */
  preview(template: AlertTemplate, kind: AlertKind): { title: string; text: string } {
    const nowMs = this.#options.clock.nowMs();
    return fill(template, toFields(sampleIncident(kind, nowMs), 'raised', nowMs));
  }

  /** Newest first. */
  async messages(channelId: string, limit: number, offset: number) {
    const { total, rows } = await this.#options.repository.messages(channelId, limit, offset);
    const items = rows.map((row) => ({
      ...{ message_id: row.message_id, channel_id: row.channel_id, incident_id: row.incident_id },
      ...{ event: row.event, title: row.title, state: row.state, attempts: row.attempts, answer: row.answer },
      created_at: toUnixSeconds(row.created_at_ms),
      done_at: row.done_at_ms === null ? null : toUnixSeconds(row.done_at_ms),
    }));
    return { total, items };
  }

  #keep(row: ChannelRow, input: AlertChannelInput): Known {
    const { clock, logger, services, timeoutMs, repository, secrets } = this.#options;
    const known: Known = {
      row,
      input: withoutSecret(input),
      queue: new ChannelQueue({
        ...{ clock, logger, services, timeoutMs },
        channel: () => ({ input: known.input, secret: secrets.open(known.row.secret, row.channel_id) }),
        figures: figuresOf(row),
        saveTry: (message, figures) => repository.saveTry(message, figures),
      }),
    };
    this.#channels.set(row.channel_id, known);
    return known;
  }

  /** undefined: none was given. @throws AppError `bad_request` */
  #seal(channelId: string, input: AlertChannelInput): string | undefined {
    const secret = 'secret' in input ? input.secret : undefined;
    if (secret === undefined) return undefined;
    const { discord } = this.#options.services;
    if (input.kind === 'discord' && secret !== '' && !discord.some((base) => secret.startsWith(base)))
      throw new AppError('bad_request', `Body: secret has to be the address of a webhook, ${discord[0]}…`);
    if (input.kind === 'telegram' && secret !== '' && !/^\d+:[\w-]+$/.test(secret))
      throw new AppError('bad_request', 'Body: secret has to be the token of a bot, such as 123456:ABC-def.');
    return this.#options.secrets.seal(secret, channelId);
  }

  #require(channelId: string): Known {
    const known = this.#channels.get(channelId);
    if (!known) throw new AppError('not_found', `There is no channel ${channelId.slice(0, 64)}.`);
    return known;
  }

  #view({ row, input, queue }: Known): AlertChannel {
    const { figures, size, nextTryAtMs } = queue;
    const seconds = (atMs: number | null | undefined) => (atMs == null ? null : toUnixSeconds(atMs));
    return {
      ...{ channel_id: row.channel_id, kind: input.kind, name: input.name, enabled: input.enabled },
      ...{ min_severity: input.min_severity, kinds: input.kinds, tells_resolved: input.tells_resolved },
      ...{ template: input.template, settings: { ...input.settings }, has_secret: row.secret !== '' },
      queue: {
        ...{ queued: size, max_queued: maxQueued },
        ...{ sent: figures.sent, failed: figures.failed, dropped: figures.dropped },
        last_error: figures.last_error,
        last_error_at: seconds(figures.last_error_at_ms),
        last_success_at: seconds(figures.last_success_at_ms),
        next_try_at: seconds(nextTryAtMs),
      },
    };
  }
}

function fill(template: AlertTemplate, fields: Parameters<typeof fillTemplate>[1]) {
  return {
    title: fillTemplate(template.title || defaultAlertTemplate.title, fields),
    text: fillTemplate(template.text || defaultAlertTemplate.text, fields),
  };
}

function toNotice(
  incident: OpenIncident,
  event: ToldEvent,
  fields: AlertFields,
  template: AlertTemplate,
): AlertEvents['alert.notice'] {
  const { incidentId, kind, severity, members, membersOpen } = incident;
  const isOwn = template.title !== '' || template.text !== '';
  return {
    ...{ incidentId, kind, severity, event, subject: firstSubjects(incident)[0] ?? '' },
    count: event === 'resolved' ? members.size : membersOpen,
    words: isOwn ? fill(template, fields) : undefined,
  };
}

function hears(input: AlertChannelInput, incident: OpenIncident, event: ToldEvent): boolean {
  return (
    input.enabled &&
    (event !== 'resolved' || input.tells_resolved) &&
    (input.kinds.length === 0 || input.kinds.includes(incident.kind)) &&
    alertSeverities.indexOf(incident.severity) >= alertSeverities.indexOf(input.min_severity)
  );
}

function withoutSecret(input: AlertChannelInput): AlertChannelInput {
  if (!('secret' in input)) return input;
  const rest = { ...input };
  delete rest.secret;
  return rest;
}

const toSettings = (input: AlertChannelInput) => JSON.stringify(withoutSecret(input));

function toRow(channelId: string, input: AlertChannelInput, secret: string, createdAtMs: number): ChannelRow {
  return {
    ...{ channel_id: channelId, kind: input.kind, settings: toSettings(input), secret },
    ...{ created_at_ms: createdAtMs, ...noFigures() },
  };
}

function figuresOf(row: ChannelRow): ChannelFigures {
  const { sent, failed, dropped, last_error, last_error_at_ms, last_success_at_ms } = row;
  return { sent, failed, dropped, last_error, last_error_at_ms, last_success_at_ms };
}
