import {
  applyTemplateRoute,
  cancelTemplateJobRoute,
  changeTemplateRoute,
  createTemplateRoute,
  deleteTemplateRoute,
  previewTemplateRoute,
  retryTemplateJobRoute,
  templateJobRoute,
  templateJobsRoute,
  templateJobWorkersRoute,
  templateRoute,
  templatesRoute,
  undoTemplateJobRoute,
} from '../../../contract/rest/templates.routes.ts';
import type { HttpServer } from '../../http/http-server.ts';
import type { TargetFilter } from '../fleet/index.ts';
import type { Templates } from './templates.service.ts';

interface TargetFields {
  worker_ids?: string[] | undefined;
  filter?: TargetFilter | undefined;
}
const toChosen = ({ worker_ids, filter = {} }: TargetFields) => ({ workerIds: worker_ids, filter });

/** `/api/templates` and `/api/template-jobs`. */
export function mountTemplates(http: HttpServer, templates: Templates): void {
  http.mount(templatesRoute, async () => ({ items: await templates.list() }));
  http.mount(createTemplateRoute, ({ body, caller }) => templates.create(body, caller.accountId));
  http.mount(templateRoute, ({ params }) => templates.find(params.template_id));
  http.mount(changeTemplateRoute, ({ params, body, caller }) =>
    templates.change(params.template_id, body, caller.accountId),
  );
  http.mount(deleteTemplateRoute, async ({ params }) => {
    await templates.delete(params.template_id);
    return { status: 'deleted' as const, template_id: params.template_id };
  });
  http.mount(previewTemplateRoute, ({ params, body, caller }) =>
    templates.preview(params.template_id, toChosen(body), caller, body.limit),
  );
  http.mount(applyTemplateRoute, ({ params, body, caller }) =>
    templates.apply(params.template_id, toChosen(body), caller),
  );

  http.mount(templateJobsRoute, async ({ query: { template_id, limit, offset } }) => ({
    ...(await templates.listJobs(template_id, limit, offset)),
    limit,
    offset,
  }));
  http.mount(templateJobRoute, ({ params }) => templates.job(params.job_id));
  http.mount(templateJobWorkersRoute, async ({ params, query: { group, search, limit, offset } }) => ({
    ...(await templates.jobWorkers(params.job_id, { group, search }, limit, offset)),
    limit,
    offset,
  }));
  http.mount(retryTemplateJobRoute, ({ params }) => templates.retry(params.job_id));
  http.mount(undoTemplateJobRoute, ({ params, caller }) => templates.undo(params.job_id, caller.accountId));
  http.mount(cancelTemplateJobRoute, ({ params }) => templates.cancel(params.job_id));
}
