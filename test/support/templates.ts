import type { MinerConfig } from '../../src-main/contract/domain/miner-config.ts';
import type { Template, TemplateJob, TemplateJobWorker } from '../../src-main/contract/domain/template.ts';
import { admin, call, ok } from './accounts.ts';
import type { TestPlatform } from './test-platform.ts';
import { waitFor } from './wait-for.ts';

export const createTemplate = async (platform: TestPlatform, name: string, config: MinerConfig) =>
  (
    await ok<Template>(platform, 'POST', '/api/templates', {
      body: { name, config },
      who: admin(platform),
    })
  ).template_id;

/** Begins to give a template to workers. */
export const applyTemplate = async (platform: TestPlatform, templateId: string, targets: object) => {
  const path = `/api/templates/${templateId}/apply`;
  const { status, body } = await call<TemplateJob>(platform, 'POST', path, {
    body: targets,
    who: admin(platform),
  });
  if (status !== 202) throw new Error(`apply answered ${status}: ${JSON.stringify(body)}`);
  return body;
};

export const readJob = (platform: TestPlatform, jobId: string) =>
  ok<TemplateJob>(platform, 'GET', `/api/template-jobs/${jobId}`, { who: admin(platform) });

/** Retries, undoes or cancels; whatever it answers. */
export const changeJob = (platform: TestPlatform, jobId: string, change: 'retry' | 'undo' | 'cancel') =>
  call<TemplateJob & { detail: string }>(platform, 'POST', `/api/template-jobs/${jobId}/${change}`, {
    who: admin(platform),
  });

/** All workers of a job that are in a group. */
export async function jobWorkers(
  platform: TestPlatform,
  jobId: string,
  query = '',
): Promise<TemplateJobWorker[]> {
  const items: TemplateJobWorker[] = [];
  for (;;) {
    const path = `/api/template-jobs/${jobId}/workers?limit=500&offset=${items.length}${query}`;
    const page = await ok<{ items: TemplateJobWorker[]; total: number }>(platform, 'GET', path, {
      who: admin(platform),
    });
    items.push(...page.items);
    if (items.length >= page.total) return items;
  }
}

/** Waits until every outcome of a job is known. */
export const finished = (platform: TestPlatform, jobId: string, timeoutMs = 20_000) =>
  waitFor(
    async () => {
      const job = await readJob(platform, jobId);
      return job.finished_at !== null && job;
    },
    `${jobId} to be finished`,
    timeoutMs,
  );
