export { auditHash, AuditRepository, type AuditRow } from './audit.repository.ts';
export { mountAudit } from './audit.routes.ts';
export { AuditLog } from './audit.service.ts';
