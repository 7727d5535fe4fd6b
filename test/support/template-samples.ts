import type { TemplateJob } from '../../src-main/contract/domain/template.ts';
import { admin, ok } from './accounts.ts';
import type { Cast } from './cast.ts';
import type { MakeSample } from './route-samples.ts';
import { applyTemplate, createTemplate, finished } from './templates.ts';
import { waitFor } from './wait-for.ts';

let made = 0;
const newName = () => `sample ${(made += 1)}`;

const ofTemplate = async ({ platform }: Cast) => ({
  params: { template_id: await createTemplate(platform, newName(), { difficulty: 1727 }) },
});

async function applied(cast: Cast, workerIds: readonly string[]): Promise<TemplateJob> {
  const templateId = await createTemplate(cast.platform, newName(), { difficulty: 2000 + made });
  return applyTemplate(cast.platform, templateId, { worker_ids: workerIds });
}

/** A job that changed rig-a, and is finished. */
const ofFinishedJob: MakeSample = async (cast) => {
  const job = await applied(cast, ['rig-a']);
  const { difficulty } = job.config;
  const isTold = () =>
    cast.miner.controls.some((message) => JSON.stringify(message).includes(`:${difficulty}`));
  await waitFor(isTold, 'the command to rig-a');
  await cast.miner.heartbeat({ difficulty });
  await finished(cast.platform, job.job_id);
  return { params: { job_id: job.job_id } };
};

/** A job that left out rig-b because it is rented. */
const ofFailedJob: MakeSample = async (cast) => {
  await cast.freshLease();
  const { job_id } = await applied(cast, ['rig-b']);
  await finished(cast.platform, job_id);
  return { params: { job_id } };
};

/** A job that takes some seconds and sends nothing, when every other has sent all. */
const ofLongJob: MakeSample = async (cast) => {
  await cast.freshLease();
  const nobody = Array.from({ length: 500 }, (_, index) => `nobody-${index}`);
  await waitFor(async () => {
    const path = '/api/template-jobs?limit=100';
    const { items } = await ok<{ items: TemplateJob[] }>(cast.platform, 'GET', path, {
      who: admin(cast.platform),
    });
    return items.every(({ kind, counts }) => kind === 'apply' || counts.waiting === 0);
  }, 'what is undone');
  const { job_id } = await applied(cast, ['rig-b', ...nobody]);
  return { params: { job_id } };
};

/** For a worker that is rented out: nothing is sent. */
const forRigB: MakeSample = async (cast) => {
  await cast.freshLease();
  return { ...(await ofTemplate(cast)), body: { worker_ids: ['rig-b'] } };
};

/** Samples of the calls about templates and their jobs. */
export const templateSamples: Readonly<Record<string, MakeSample>> = {
  'post /api/templates': () => ({ body: { name: newName(), config: { difficulty: 1727 } } }),
  'get /api/templates/{template_id}': ofTemplate,
  'put /api/templates/{template_id}': async (cast) => ({
    ...(await ofTemplate(cast)),
    body: { name: newName(), config: { difficulty: 1728 } },
  }),
  'delete /api/templates/{template_id}': ofTemplate,
  'post /api/templates/{template_id}/preview': forRigB,
  'post /api/templates/{template_id}/apply': forRigB,
  'get /api/template-jobs/{job_id}': ofFinishedJob,
  'get /api/template-jobs/{job_id}/workers': ofFinishedJob,
  'post /api/template-jobs/{job_id}/retry': ofFailedJob,
  'post /api/template-jobs/{job_id}/undo': ofFinishedJob,
  'post /api/template-jobs/{job_id}/cancel': ofLongJob,
};
