import {
  broadcastRoute,
  bulkCommandRoute,
  commandRoute,
  commandsRoute,
  controlRoute,
  walletCommandRoute,
} from '../../../contract/rest/control.routes.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { HttpServer } from '../../http/http-server.ts';
import type { TargetFilter } from '../fleet/index.ts';
import type { Batch, Control, Targets } from './control.service.ts';
import { controlOrder, walletOrder } from './order.ts';

interface TargetFields {
  worker_ids?: string[] | undefined;
  filter?: TargetFilter | undefined;
  include_leased: boolean;
}

function toTargets({ worker_ids, filter = {}, include_leased }: TargetFields): Targets {
  return { workerIds: worker_ids, filter, includeLeased: include_leased };
}

function toAnswer({ batchId, commands, skipped }: Batch) {
  return {
    status: 'sent' as const,
    workers: commands.map(({ worker_id }) => worker_id),
    batch_id: batchId,
    commands: commands.map(({ worker_id, command_id }) => ({ worker_id, command_id })),
    skipped,
  };
}

/** rest.md: `/api/workers/{id}/control`, `/api/control/*`, `/api/wallet/workers/{id}/command`. */
export function mountControl(http: HttpServer, control: Control): void {
  http.mount(controlRoute, async ({ params, body: { action, config }, caller }) => {
    const order = controlOrder(action, config);
    const { worker_id, command_id } = await control.send(params.worker_id, order, caller.accountId);
    return { status: 'sent' as const, worker_id, action, command_id };
  });

  http.mount(broadcastRoute, async ({ body, caller }) => {
    const order = controlOrder(body.action, body.config);
    return { ...toAnswer(await control.sendToMany(toTargets(body), order, caller)), action: body.action };
  });

  http.mount(bulkCommandRoute, async ({ body, caller }) => {
    const { action, config, command, params } = body;
    const order =
      action === undefined ? command && walletOrder(command, params) : controlOrder(action, config);
    if (!order) throw new AppError('invalid_body', 'Body: action or command has to be given.');
    return { ...toAnswer(await control.sendToMany(toTargets(body), order, caller)), action: order.action };
  });

  http.mount(commandsRoute, async ({ query, caller }) => {
    const { worker_id: workerId, batch_id: batchId, state, limit, offset } = query;
    return { ...(await control.list(caller, { workerId, batchId, state }, limit, offset)), limit, offset };
  });

  http.mount(commandRoute, ({ params }) => control.find(params.command_id));

  http.mount(walletCommandRoute, async ({ params, body: { command, params: settings }, caller }) => {
    const order = walletOrder(command, settings);
    const { worker_id, command_id } = await control.send(params.worker_id, order, caller.accountId);
    return { status: 'sent' as const, worker_id, command, command_id };
  });
}
