/** All SQL of commands. */
import { sql } from 'kysely';
import type { CommandState } from '../../../contract/domain/command.ts';
import type { CommandRow } from '../../storage/schema.ts';
import type { StorageAccess } from '../../storage/storage.ts';

const columns = [
  'command_id',
  'batch_id',
  'worker_id',
  'account_id',
  'action',
  'payload',
  'issued_by',
  'state',
  'detail',
  'created_at_ms',
  'delivered_at_ms',
  'confirmed_at_ms',
] as const satisfies readonly (keyof CommandRow)[];

/** One statement for any number of rows: they travel as one JSON parameter. */
const insertSql = sql.raw(
  `insert into commands (${columns.join(', ')}) ` +
    `select ${columns.map((_, index) => `value ->> ${index}`).join(', ')} from json_each(`,
);

/** Filters of the list; empty and absent ones let everything through. */
export interface CommandFilter {
  /** Commands to the workers of this account. */
  readonly accountId: string | undefined;
  readonly workerId: string;
  readonly batchId: string;
  readonly state: CommandState | undefined;
}

export class CommandRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  /** Stores new commands, all or none. Durable when it settles. */
  async insert(rows: readonly CommandRow[]): Promise<void> {
    const values = JSON.stringify(rows.map((row) => columns.map((column) => row[column])));
    await this.#storage.write((db) => sql`${insertSql}${values})`.execute(db));
  }

  /** Stores what became of commands. */
  async saveStates(rows: readonly CommandRow[]): Promise<void> {
    const values = JSON.stringify(
      rows.map((row) => [row.command_id, row.state, row.detail, row.delivered_at_ms, row.confirmed_at_ms]),
    );
    await this.#storage.write(
      (db) =>
        sql`update commands set state = value ->> 1, detail = value ->> 2,
          delivered_at_ms = value ->> 3, confirmed_at_ms = value ->> 4
          from json_each(${values}) where command_id = value ->> 0`.execute(db),
      'normal',
    );
  }

  /** Commands whose outcome is open. */
  loadOpen(): Promise<CommandRow[]> {
    return this.#storage.read
      .selectFrom('commands')
      .where('state', 'in', ['sent', 'delivered'])
      .selectAll()
      .execute();
  }

  find(commandId: string): Promise<CommandRow | undefined> {
    return this.#storage.read
      .selectFrom('commands')
      .where('command_id', '=', commandId)
      .selectAll()
      .executeTakeFirst();
  }

  /** A part of the commands that pass, newest first, and how many pass. */
  async list(filter: CommandFilter, limit: number, offset: number) {
    const { accountId, workerId, batchId, state } = filter;
    let matching = this.#storage.read.selectFrom('commands');
    if (accountId !== undefined) matching = matching.where('account_id', '=', accountId);
    if (workerId !== '') matching = matching.where('worker_id', '=', workerId);
    if (batchId !== '') matching = matching.where('batch_id', '=', batchId);
    if (state !== undefined) matching = matching.where('state', '=', state);
    const { count } = await matching
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    const rows = await matching
      .selectAll()
      .orderBy('created_at_ms', 'desc')
      .orderBy(sql`rowid`, 'desc')
      .limit(limit)
      .offset(offset)
      .execute();
    return { total: count, rows };
  }

  /** The newest settings that were sent to a worker and not known to be lost, as published, newest first. */
  async settingsOf(workerId: string, limit: number): Promise<string[]> {
    const rows = await this.#storage.read
      .selectFrom('commands')
      .where('worker_id', '=', workerId)
      .where('action', 'in', ['set_config', 'update_config'])
      .where('state', '<>', 'undelivered')
      .select('payload')
      .orderBy('created_at_ms', 'desc')
      .orderBy(sql`rowid`, 'desc')
      .limit(limit)
      .execute();
    return rows.map(({ payload }) => payload);
  }

  /** The same of many workers. */
  async settingsOfMany(workerIds: readonly string[], limit: number): Promise<Map<string, string[]>> {
    const { rows } = await sql<{ worker_id: string; payloads: string }>`
      select named.value as worker_id, (
        select json_group_array(payload) from (
          select payload from commands
          where worker_id = named.value and action in ('set_config', 'update_config') and state <> 'undelivered'
          order by created_at_ms desc, rowid desc limit ${limit})) as payloads
      from json_each(${JSON.stringify(workerIds)}) as named`.execute(this.#storage.read);
    return new Map(rows.map(({ worker_id, payloads }) => [worker_id, JSON.parse(payloads) as string[]]));
  }

  /** All commands of a batch. */
  ofBatch(batchId: string): Promise<CommandRow[]> {
    return this.#storage.read.selectFrom('commands').where('batch_id', '=', batchId).selectAll().execute();
  }

  /** Deletes up to `limit` commands from before a moment. Returns how many there were. */
  deleteBefore(beforeMs: number, limit: number): Promise<number> {
    return this.#storage.write(async (db) => {
      const { numAffectedRows } = await sql`delete from commands where rowid in (
        select rowid from commands where created_at_ms < ${beforeMs} order by created_at_ms limit ${limit})`.execute(
        db,
      );
      return Number(numAffectedRows ?? 0);
    }, 'normal');
  }
}
