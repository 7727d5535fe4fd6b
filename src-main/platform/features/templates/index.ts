export { forgetJobs } from './forget-jobs.ts';
export { JobRepository } from './job.repository.ts';
export { JobRunner } from './job-runner.ts';
export { TemplateRepository } from './template.repository.ts';
export { mountTemplates } from './templates.routes.ts';
export { Templates } from './templates.service.ts';
