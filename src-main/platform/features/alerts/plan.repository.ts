/** All SQL of rules, maintenance windows and watchdogs. */
import { sql, type Selectable } from 'kysely';
import type {
  AlertRulesTable,
  MaintenanceWindowsTable,
  WatchdogRunsTable,
  WatchdogsTable,
} from '../../storage/schema.ts';
import type { StorageAccess } from '../../storage/storage.ts';

export type WindowRow = Selectable<MaintenanceWindowsTable>;
export type WatchdogRow = Selectable<WatchdogsTable>;
export type WatchdogRunRow = Selectable<WatchdogRunsTable>;

export class PlanRepository {
  readonly #storage: StorageAccess;

  constructor(storage: StorageAccess) {
    this.#storage = storage;
  }

  loadRules(): Promise<AlertRulesTable[]> {
    return this.#storage.read.selectFrom('alert_rules').selectAll().execute();
  }

  async saveRule(kind: string, settings: string): Promise<void> {
    await this.#storage.write((db) =>
      db
        .insertInto('alert_rules')
        .values({ kind, settings })
        .onConflict((conflict) => conflict.column('kind').doUpdateSet({ settings }))
        .execute(),
    );
  }

  loadWindows(): Promise<WindowRow[]> {
    return this.#storage.read
      .selectFrom('maintenance_windows')
      .selectAll()
      .orderBy('created_at_ms')
      .orderBy('window_id')
      .execute();
  }

  async saveWindow(row: WindowRow): Promise<void> {
    await this.#storage.write((db) =>
      db
        .insertInto('maintenance_windows')
        .values(row)
        .onConflict((conflict) => conflict.column('window_id').doUpdateSet({ settings: row.settings }))
        .execute(),
    );
  }

  async removeWindow(windowId: string): Promise<void> {
    await this.#storage.write((db) =>
      db.deleteFrom('maintenance_windows').where('window_id', '=', windowId).execute(),
    );
  }

  loadWatchdogs(): Promise<WatchdogRow[]> {
    return this.#storage.read
      .selectFrom('watchdogs')
      .selectAll()
      .orderBy('created_at_ms')
      .orderBy('watchdog_id')
      .execute();
  }

  async saveWatchdog(row: WatchdogRow): Promise<void> {
    await this.#storage.write((db) =>
      db
        .insertInto('watchdogs')
        .values(row)
        .onConflict((conflict) => conflict.column('watchdog_id').doUpdateSet({ settings: row.settings }))
        .execute(),
    );
  }

  async removeWatchdog(watchdogId: string): Promise<void> {
    await this.#storage.write((db) =>
      db.deleteFrom('watchdogs').where('watchdog_id', '=', watchdogId).execute(),
    );
  }

  /** What was done, or would have been, since a moment. */
  runsSince(sinceMs: number): Promise<WatchdogRunRow[]> {
    return this.#storage.read
      .selectFrom('watchdog_runs')
      .where('at_ms', '>=', sinceMs)
      .selectAll()
      .orderBy('at_ms')
      .execute();
  }

  async addRun(row: Omit<WatchdogRunRow, 'run_id'>): Promise<void> {
    await this.#storage.write((db) => db.insertInto('watchdog_runs').values(row).execute());
  }

  /** Newest first, and how many there are. */
  async runs(
    filter: { readonly watchdogId: string; readonly workerId: string },
    limit: number,
    offset: number,
  ) {
    let matching = this.#storage.read.selectFrom('watchdog_runs');
    if (filter.watchdogId !== '') matching = matching.where('watchdog_id', '=', filter.watchdogId);
    if (filter.workerId !== '') matching = matching.where('worker_id', '=', filter.workerId);
    const { count } = await matching
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    const rows = await matching.selectAll().orderBy('run_id', 'desc').limit(limit).offset(offset).execute();
    return { total: count, rows };
  }

  /** Deletes up to `limit` from before a moment. Returns how many there were. */
  deleteRunsBefore(beforeMs: number, limit: number): Promise<number> {
    return this.#storage.write(async (db) => {
      const { numAffectedRows } = await sql`delete from watchdog_runs where run_id in (
        select run_id from watchdog_runs where at_ms < ${beforeMs} order by at_ms limit ${limit})`.execute(
        db,
      );
      return Number(numAffectedRows ?? 0);
    }, 'normal');
  }
}
