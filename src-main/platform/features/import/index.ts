export { importDatabase, type ImportWatch } from './import-database.ts';
export { importSteps, type ImportProgress } from './import-pace.ts';
export { ImportReportRepository } from './import-report.repository.ts';
export { mountImport } from './import.routes.ts';
export { toSummary } from './report-text.ts';
