/** Why a worker is not seen: each cause looked at live, in the order in which one would look. */
import type { Config } from '../../../contract/config.ts';
import {
  visibilityCauses,
  type VisibilityCause,
  type VisibilityCheck,
  type visibilityCodes,
  type WorkerVisibility,
} from '../../../contract/domain/help.ts';
import { isWorkerId, minerTopic } from '../../../contract/mqtt/topics.ts';
import type { Broker } from '../../broker/broker.ts';
import type { ConnectedClient } from '../../broker/client-list.ts';
import type { RecentRefusal } from '../../broker/recent-refusals.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import { isLoopbackHost } from '../../kernel/own-addresses.ts';
import type { WorkerCredentials } from '../credentials/index.ts';
import { isOnline, type Fleet, type LiveWorker } from '../fleet/index.ts';
import { toRefusal } from '../onboarding/index.ts';

export interface VisibilitySources {
  readonly broker: Broker;
  readonly fleet: Fleet;
  readonly credentials: Pick<WorkerCredentials, 'has'>;
  readonly clock: Clock;
  readonly settings: Pick<Config, 'access' | 'mqttHost' | 'maxWorkers'>;
}

/** With which the C++ miner builds its client id. */
const clientPrefix = 'xenminer_';

const maxRefusals = 20;

type Found<Cause extends VisibilityCause> = Pick<VisibilityCheck, 'state' | 'detail'> & {
  readonly code: (typeof visibilityCodes)[Cause][number];
  readonly facts?: VisibilityCheck['facts'];
  readonly advice?: string;
};

/** What is known of the worker, gathered once. */
interface Knowledge {
  readonly workerId: string;
  readonly worker: LiveWorker | undefined;
  readonly client: ConnectedClient | undefined;
  readonly refusals: readonly RecentRefusal[];
  readonly strays: readonly RecentRefusal[];
}

type Look<Cause extends VisibilityCause> = (known: Knowledge, sources: VisibilitySources) => Found<Cause>;

function lookAtId({ workerId, worker }: Knowledge, { fleet }: VisibilitySources): Found<'id'> {
  if (!isWorkerId(workerId))
    return {
      ...{ state: 'problem', code: 'invalid', facts: { name: workerId } },
      detail: `“${workerId}” can't be the name of a worker.`,
      advice: 'It must not hold / + # or control characters, and have at most 256 characters.',
    };
  const shorter = workerId.startsWith(clientPrefix) ? workerId.slice(clientPrefix.length) : '';
  if (!worker && shorter !== '' && fleet.get(shorter))
    return {
      ...{ state: 'problem', code: 'client_id', facts: { other: shorter } },
      detail: `That is a client id; the worker is called ${shorter}, and it is registered.`,
      advice: `Look for ${shorter}.`,
    };
  const folded = fold(workerId);
  const similar = worker ? undefined : [...fleet.all()].find((one) => fold(one.workerId) === folded);
  if (similar)
    return {
      ...{ state: 'problem', code: 'similar', facts: { other: similar.workerId } },
      detail: `There is no such worker, but one that is called ${similar.workerId}.`,
      advice: 'Names differ by upper and lower case, spaces and dashes.',
    };
  return { state: 'ok', code: 'valid', detail: 'It can be the name of a worker.' };
}

function fold(workerId: string): string {
  return workerId.toLowerCase().replace(/[\s_-]+/g, '');
}

const lookAtBroker: Look<'broker'> = ({ client }, { broker, settings }) => {
  const { port } = broker;
  if (port === 0)
    return {
      ...{ state: 'problem', code: 'down' },
      detail: 'The broker takes no connections.',
      advice: 'Restart the platform; its log says why.',
    };
  if (isLoopbackHost(settings.mqttHost) && !client)
    return {
      ...{ state: 'problem', code: 'loopback', facts: { port } },
      detail: `The broker listens on this machine only, at port ${port}: a miner on another machine can't reach it.`,
      advice: 'Start with --mqtt-host 0.0.0.0 to open it to the network.',
    };
  return {
    ...{ state: 'ok', code: 'listens', facts: { port } },
    detail: `The broker takes connections at port ${port}.`,
  };
};

const lookAtConnection: Look<'connection'> = ({ workerId, client }) => {
  if (!client)
    return {
      ...{ state: 'problem', code: 'missing' },
      detail: 'No connection to the broker speaks for it now.',
      advice:
        'Is the miner running, with the address and port of the page Add miners? Can its machine reach them (a firewall, another network)?',
    };
  const facts = { client: client.clientId, address: client.address, worker: client.workerId };
  if (client.workerId !== '' && client.workerId !== workerId)
    return {
      ...{ state: 'problem', code: 'other_worker', facts },
      detail: `${client.clientId} is connected, but speaks for worker ${client.workerId}.`,
      advice: 'The name in its topics is not the one that you look for: see --worker-id of the miner.',
    };
  return {
    ...{ state: 'ok', code: 'connected', facts },
    detail: `${client.clientId} is connected from ${client.address}.`,
  };
};

const lookAtRefusals: Look<'refusal'> = ({ refusals }) => {
  const [newest] = refusals;
  if (!newest)
    return { state: 'ok', code: 'none', detail: 'The broker has turned nothing of it away lately.' };
  const { kind, reason, count, lastAtMs, topic } = newest;
  return {
    ...{ state: 'problem', code: 'refused' },
    facts: { kind, reason, count, topic, at: toUnixSeconds(lastAtMs) },
    detail: `The broker turned it away: ${reason}.`,
    advice: 'Each refusal is listed below with what to do.',
  };
};

const lookAtTopic: Look<'topic'> = ({ workerId, refusals, strays }) => {
  const wrong = [...refusals, ...strays].find(
    ({ kind, topic }) => kind === 'publish_not_allowed' && topic !== '',
  );
  if (!wrong) return { state: 'ok', code: 'right', detail: 'It published to no wrong topic lately.' };
  const expected = isWorkerId(workerId) ? minerTopic(workerId, 'register') : 'xenminer/NAME/register';
  return {
    ...{ state: 'problem', code: 'wrong', facts: { topic: wrong.topic, expected } },
    detail: `It published to ${wrong.topic}, where nobody looks for it.`,
    advice: `A miner registers at ${expected}.`,
  };
};

const lookAtRights: Look<'rights'> = ({ workerId }, { credentials, settings }) => {
  const has = credentials.has(workerId);
  if (settings.access === 'strict' && !has)
    return {
      ...{ state: 'problem', code: 'strict' },
      detail: 'The platform runs with strict access, and this worker has no credentials.',
      advice: 'Make them on the page Add miners, and give them to the miner.',
    };
  if (has && settings.access !== 'open')
    return {
      ...{ state: 'ok', code: 'credentials' },
      detail: 'It has credentials: the miner has to connect with its user name and password.',
    };
  return { state: 'ok', code: 'anyone', detail: 'It needs no credentials.' };
};

const lookAtLimit: Look<'limit'> = ({ worker }, { fleet, settings }) => {
  const facts = { workers: fleet.size, limit: settings.maxWorkers };
  if (!worker && fleet.size >= settings.maxWorkers)
    return {
      ...{ state: 'problem', code: 'reached', facts },
      detail: `The platform has its limit of ${settings.maxWorkers} workers.`,
      advice: 'Raise --max-workers.',
    };
  return { ...{ state: 'ok', code: 'room', facts }, detail: 'There is room for it.' };
};

const lookAtRegister: Look<'register'> = ({ worker, client }) => {
  if (!worker)
    return {
      ...{ state: client ? 'problem' : 'unknown', code: 'missing' },
      detail: 'It has never registered here.',
      advice: client ? 'It is connected: the miner has to publish its register.' : 'It has to connect first.',
    };
  const facts = { at: toUnixSeconds(worker.registeredAtMs) };
  if (worker.gpus.length === 0 && worker.version === '')
    return {
      ...{ state: 'ok', code: 'without', facts },
      detail: 'It was taken in by its heartbeat, without a register: GPUs and address are not known.',
    };
  return { ...{ state: 'ok', code: 'registered', facts }, detail: 'It is registered.' };
};

const lookAtHeartbeat: Look<'heartbeat'> = ({ worker }, { clock }) => {
  if (!worker)
    return { ...{ state: 'unknown', code: 'never' }, detail: 'Nothing was heard of it.', advice: '' };
  const nowMs = clock.nowMs();
  const facts = { age: Math.round((nowMs - worker.lastHeartbeatMs) / 1000) };
  if (worker.offlineSinceMs !== null)
    return {
      ...{ state: 'problem', code: 'offline' },
      facts: { ...facts, since: toUnixSeconds(worker.offlineSinceMs) },
      detail: 'It said goodbye, or its connection broke: it is offline.',
      advice: 'Start the miner again, or look at its network.',
    };
  if (!isOnline(worker, nowMs))
    return {
      ...{ state: 'problem', code: 'old', facts },
      detail: `Its last heartbeat is ${facts.age} s old: after 90 s it counts as offline.`,
      advice: 'The miner hangs, or its messages do not arrive: see its own log.',
    };
  return { ...{ state: 'ok', code: 'fresh', facts }, detail: `Its last heartbeat is ${facts.age} s old.` };
};

const lookAtListening: Look<'listens'> = ({ client }) => {
  if (!client)
    return { state: 'unknown', code: 'unknown', detail: 'It is not connected, so nobody hears commands.' };
  if (!client.listens)
    return {
      ...{ state: 'problem', code: 'deaf' },
      detail: 'Its connection subscribed to no topic of its own: commands and leases do not reach it.',
      advice: 'A miner subscribes to xenminer/NAME/task and xenminer/NAME/control before it registers.',
    };
  return { state: 'ok', code: 'listens', detail: 'It listens to what the platform tells it.' };
};

const looks: { readonly [Cause in VisibilityCause]: Look<Cause> } = {
  id: lookAtId,
  broker: lookAtBroker,
  connection: lookAtConnection,
  refusal: lookAtRefusals,
  topic: lookAtTopic,
  rights: lookAtRights,
  limit: lookAtLimit,
  register: lookAtRegister,
  heartbeat: lookAtHeartbeat,
  listens: lookAtListening,
};

function gather(workerId: string, { broker, fleet }: VisibilitySources): Knowledge {
  const names = [workerId, `${clientPrefix}${workerId}`];
  const clients = broker.clients();
  const isMeant = (refusal: RecentRefusal) =>
    refusal.workerId === workerId ||
    names.includes(refusal.clientId) ||
    refusal.topic.split('/').includes(workerId);
  return {
    workerId,
    worker: fleet.get(workerId),
    client:
      clients.find((client) => client.workerId === workerId) ??
      clients.find((client) => names.includes(client.clientId)),
    refusals: broker.recentRefusals.all().filter(isMeant),
    strays: broker.recentStrays.all().filter(isMeant),
  };
}

/** Looks at every cause. A refusal from before the worker came to be seen is no problem any more. */
export function visibilityOf(workerId: string, sources: VisibilitySources): WorkerVisibility {
  const gathered = gather(workerId, sources);
  const { worker } = gathered;
  const visible = worker !== undefined && isOnline(worker, sources.clock.nowMs());
  const sinceMs = visible ? worker.lastHeartbeatMs : 0;
  const isNews = ({ lastAtMs }: RecentRefusal) => lastAtMs > sinceMs;
  const known = {
    ...gathered,
    refusals: gathered.refusals.filter(isNews),
    strays: gathered.strays.filter(isNews),
  };
  const checks = visibilityCauses.map((cause): VisibilityCheck => {
    const { facts = {}, advice = '', ...found } = looks[cause](known, sources);
    return { cause, ...found, facts, advice };
  });
  // What names the reason says more than that it is missing.
  const order: readonly VisibilityCause[] = ['id', 'topic', 'refusal', ...visibilityCauses];
  const probable = order.find((cause) =>
    checks.some((check) => check.cause === cause && check.state === 'problem'),
  );
  return {
    worker_id: workerId,
    visible,
    probable_cause: probable ?? null,
    checks,
    refusals: [...gathered.refusals, ...gathered.strays].slice(0, maxRefusals).map(toRefusal),
  };
}
