import type { z } from 'zod';
import type { AuditEntryView } from '../../../contract/domain/audit.ts';
import { auditCsvRoute, auditRoute } from '../../../contract/rest/audit.routes.ts';
import { sendCsv } from '../../http/csv.ts';
import type { HttpServer } from '../../http/http-server.ts';
import { toUnixSeconds } from '../../kernel/clock.ts';
import type { AuditFilter, AuditRow } from './audit.repository.ts';
import type { AuditLog } from './audit.service.ts';

const csvColumns = [
  'id',
  'at',
  'actor',
  'role',
  'remote_address',
  'action',
  'target',
  'result',
  'detail',
  'hash',
] as const satisfies readonly (keyof AuditEntryView)[];

function toEntry(row: AuditRow) {
  return {
    id: row.audit_id,
    at: toUnixSeconds(row.at_ms),
    actor: row.actor,
    role: row.actor_role,
    remote_address: row.remote_address,
    action: row.action,
    target: row.target,
    result: row.result,
    hash: row.hash,
  };
}

function toFilter(query: z.output<NonNullable<typeof auditCsvRoute.query>>): AuditFilter {
  const { since, until, ...exact } = query;
  return { ...exact, sinceMs: Math.ceil(since * 1000), untilMs: Math.ceil(until * 1000) };
}

/** `/api/admin/audit`. */
export function mountAudit(http: HttpServer, audit: AuditLog): void {
  http.mount(auditRoute, async ({ query: { limit, offset, ...filters } }) => {
    const { total, rows } = await audit.page(toFilter(filters), limit, offset);
    const items = rows.map((row) => ({
      ...toEntry(row),
      detail: JSON.parse(row.detail) as AuditEntryView['detail'],
    }));
    return { items, total, limit, offset };
  });

  http.mount(auditCsvRoute, async ({ query, response }) => {
    async function* rows() {
      for await (const row of audit.all(toFilter(query))) yield { ...toEntry(row), detail: row.detail };
    }
    await sendCsv(response, 'audit.csv', csvColumns, rows());
    return undefined;
  });
}
