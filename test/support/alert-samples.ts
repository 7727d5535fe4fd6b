import { admin, ok } from './accounts.ts';
import type { Cast } from './cast.ts';
import type { Sample } from './route-samples.ts';
import { TestMiner } from './test-miner.ts';
import { waitFor } from './wait-for.ts';

type MakeSample = (cast: Cast) => Sample | Promise<Sample>;
type Platform = Cast['platform'];

const base = '/api/admin/alerts';

const rule = {
  enabled: true,
  severity: 'critical',
  threshold: null,
  clear_threshold: null,
  min_duration_sec: 0,
  clear_after_sec: 5,
  repeat_sec: 0,
};
const channel = { kind: 'webhook', name: 'Hook', settings: { url: 'http://127.0.0.1:9/' } };
const window = { name: 'Night', scope: 'all', schedule: 'cron', cron: '0 3 1 1 *', duration_min: 1 };
const watchdog = { name: 'Restart', kind: 'worker_error', action: 'restart', after_sec: 3600 };

const post = <Answer>(platform: Platform, path: string, body: object) =>
  ok<Answer>(platform, 'POST', `${base}${path}`, { body, who: admin(platform) });

let failing = 0;

async function unresolved(platform: Platform): Promise<number | undefined> {
  const { items } = await ok<{ items: { incident_id: number }[] }>(
    platform,
    'GET',
    `${base}/incidents?state=unresolved&kind=worker_error`,
    { who: admin(platform) },
  );
  return items[0]?.incident_id;
}

/** An incident that is not over: of a worker that says ERROR. */
export async function openIncident(platform: Platform): Promise<number> {
  const known = await unresolved(platform);
  if (known !== undefined) return known;
  await ok(platform, 'PUT', `${base}/rules/worker_error`, { body: rule, who: admin(platform) });
  const workerId = `failing-${(failing += 1)}`;
  const client = await operatorLogin(platform, workerId);
  const miner = await TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl, client });
  await miner.register();
  await miner.status('ERROR');
  return waitFor(() => unresolved(platform), 'an incident');
}

async function operatorLogin(platform: Platform, workerId: string) {
  const path = `/api/workers/${workerId}/credentials`;
  return ok<{ username: string; password: string }>(platform, 'POST', path, { who: admin(platform) });
}

const ofIncident = async ({ platform }: Cast): Promise<Record<string, string>> => ({
  incident_id: String(await openIncident(platform)),
});
const ofChannel = async ({ platform }: Cast): Promise<Record<string, string>> => {
  const made = await post<{ channel_id: string }>(platform, '/channels', channel);
  return { channel_id: made.channel_id };
};
const ofWindow = async ({ platform }: Cast): Promise<Record<string, string>> => {
  const made = await post<{ window_id: string }>(platform, '/windows', window);
  return { window_id: made.window_id };
};
const ofWatchdog = async ({ platform }: Cast): Promise<Record<string, string>> => {
  const made = await post<{ watchdog_id: string }>(platform, '/watchdogs', watchdog);
  return { watchdog_id: made.watchdog_id };
};

/** Calls of alerts. */
export const alertSamples: Readonly<Record<string, MakeSample>> = {
  [`get ${base}/incidents/{incident_id}`]: async (cast) => ({ params: await ofIncident(cast) }),
  [`post ${base}/incidents/{incident_id}/acknowledge`]: async (cast) => ({
    params: await ofIncident(cast),
    body: { note: 'on my way' },
  }),
  [`post ${base}/incidents/{incident_id}/mute`]: async (cast) => ({
    params: await ofIncident(cast),
    body: { until: null },
  }),
  [`post ${base}/incidents/{incident_id}/resolve`]: async (cast) => ({
    params: await ofIncident(cast),
    body: { note: '' },
  }),
  [`put ${base}/rules/{kind}`]: () => ({ params: { kind: 'worker_offline' }, body: rule }),
  [`post ${base}/channels`]: () => ({ body: channel }),
  [`put ${base}/channels/{channel_id}`]: async (cast) => ({ params: await ofChannel(cast), body: channel }),
  [`delete ${base}/channels/{channel_id}`]: async (cast) => ({ params: await ofChannel(cast) }),
  [`post ${base}/channels/{channel_id}/test`]: async (cast) => ({ params: await ofChannel(cast) }),
  [`post ${base}/windows`]: () => ({ body: window }),
  [`put ${base}/windows/{window_id}`]: async (cast) => ({ params: await ofWindow(cast), body: window }),
  [`delete ${base}/windows/{window_id}`]: async (cast) => ({ params: await ofWindow(cast) }),
  [`post ${base}/watchdogs`]: () => ({ body: watchdog }),
  [`put ${base}/watchdogs/{watchdog_id}`]: async (cast) => ({
    params: await ofWatchdog(cast),
    body: watchdog,
  }),
  [`delete ${base}/watchdogs/{watchdog_id}`]: async (cast) => ({ params: await ofWatchdog(cast) }),
};
