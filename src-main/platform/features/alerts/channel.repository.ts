/** All SQL of channels and of the messages in their queues. */
import { sql, type Selectable } from 'kysely';
import type { AlertChannelsTable } from '../../storage/schema.ts';
import type { StorageAccess } from '../../storage/storage.ts';
import type { AlertMessageRow } from './incident.repository.ts';

export type ChannelRow = Selectable<AlertChannelsTable>;

/** What became of a try, for the channel and the message. */
export type ChannelFigures = Pick<
  ChannelRow,
  'sent' | 'failed' | 'dropped' | 'last_error' | 'last_error_at_ms' | 'last_success_at_ms'
>;

export class ChannelRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  load(): Promise<ChannelRow[]> {
    return this.#storage.read
      .selectFrom('alert_channels')
      .selectAll()
      .orderBy('created_at_ms')
      .orderBy('channel_id')
      .execute();
  }

  /** Its settings and its secret; its figures stay. */
  async save(row: ChannelRow): Promise<void> {
    const { settings, secret } = row;
    await this.#storage.write((db) =>
      db
        .insertInto('alert_channels')
        .values(row)
        .onConflict((conflict) => conflict.column('channel_id').doUpdateSet({ settings, secret }))
        .execute(),
    );
  }

  /** With all that waits. */
  async remove(channelId: string): Promise<void> {
    await this.#storage.write(async (db) => {
      await db.deleteFrom('alert_messages').where('channel_id', '=', channelId).execute();
      await db.deleteFrom('alert_channels').where('channel_id', '=', channelId).execute();
    });
  }

  /** Messages that wait, oldest first. */
  loadQueued(): Promise<AlertMessageRow[]> {
    return this.#storage.read
      .selectFrom('alert_messages')
      .where('state', '=', 'queued')
      .selectAll()
      .orderBy('message_id')
      .execute();
  }

  /** What became of a message, and the figures of its channel with it. */
  async saveTry(message: AlertMessageRow, figures: ChannelFigures): Promise<void> {
    await this.#storage.write(async (db) => {
      await db
        .insertInto('alert_messages')
        .values(message)
        .onConflict((conflict) =>
          conflict.column('message_id').doUpdateSet({
            state: message.state,
            attempts: message.attempts,
            next_try_at_ms: message.next_try_at_ms,
            answer: message.answer,
            done_at_ms: message.done_at_ms,
          }),
        )
        .execute();
      await db
        .updateTable('alert_channels')
        .set(figures)
        .where('channel_id', '=', message.channel_id)
        .execute();
    });
  }

  /** Newest first, and how many there are. */
  async messages(channelId: string, limit: number, offset: number) {
    let matching = this.#storage.read.selectFrom('alert_messages');
    if (channelId !== '') matching = matching.where('channel_id', '=', channelId);
    const { count } = await matching
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    const rows = await matching
      .selectAll()
      .orderBy('message_id', 'desc')
      .limit(limit)
      .offset(offset)
      .execute();
    return { total: count, rows };
  }

  /** Deletes up to `limit` messages from before a moment. Returns how many there were. */
  deleteBefore(beforeMs: number, limit: number): Promise<number> {
    return this.#storage.write(async (db) => {
      const { numAffectedRows } = await sql`delete from alert_messages where message_id in (
        select message_id from alert_messages where created_at_ms < ${beforeMs} and state <> 'queued'
        order by created_at_ms limit ${limit})`.execute(db);
      return Number(numAffectedRows ?? 0);
    }, 'normal');
  }
}
