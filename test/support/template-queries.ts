import { expect } from 'vitest';
import { jobWorkerGroups } from '../../src-main/contract/domain/template.ts';
import { JobRepository, TemplateRepository } from '../../src-main/platform/features/templates/index.ts';
import type { StorageAccess } from '../../src-main/platform/storage/storage.ts';

/** Asks everything that templates and their jobs ask. */
export async function askTemplates(storage: StorageAccess): Promise<void> {
  const templates = new TemplateRepository(storage);
  const template = {
    ...{ template_id: 't-new', name: 'New', note: '', config: '{}' },
    ...{ created_at_ms: 1, updated_at_ms: 1, updated_by: 'admin' },
  };
  expect(await templates.insert(template, 200)).toBe('ok');
  expect(await templates.update({ ...template, name: 'NEW' })).toBe('ok');
  await templates.list();
  await templates.find('t-new');
  await templates.delete('t-new');
  const jobs = new JobRepository(storage);
  const job = {
    ...({ job_id: 'j-new', kind: 'apply', state: 'running', template_id: 't1', template_name: '' } as const),
    ...{ config: '{}', undo_of: '', issued_by: 'admin', attempt: 1, created_at_ms: 1, finished_at_ms: null },
  };
  await jobs.insert(job, []);
  await jobs.save(job, [], false);
  await jobs.loadOpen();
  await jobs.find('j1');
  await jobs.workersOf('j1');
  await jobs.failedOf('j1');
  for (const group of [undefined, ...jobWorkerGroups])
    await jobs.listWorkers('j1', { group, search: group === undefined ? 'w' : '' }, 50, 0);
  await jobs.list('', 50, 0);
  await jobs.list('t1', 50, 0);
  await jobs.tally(['j1', 'j2']);
  await jobs.undosOf(['j1', 'j2']);
  await jobs.deleteBefore(1, 100);
}
