/** Everything that the repositories of alerts ask, for the test of the query plans. */
import {
  ChannelRepository,
  IncidentRepository,
  PlanRepository,
  UsualRepository,
} from '../../src-main/platform/features/alerts/index.ts';
import type { StorageAccess } from '../../src-main/platform/storage/storage.ts';

/** Thousands of incidents, members, messages and commands of watchdogs. */
export const fillAlerts = `
    with recursive n(i) as (select 0 union all select i + 1 from n where i < 1999)
      insert into incidents select i, iif(i % 5, 'worker_offline', 'gpu_lost'), iif(i % 9, 'warning', 'critical'),
        iif(i % 200, 'resolved', 'open'), i * 1000, i * 1000, iif(i % 200, i * 1000, null), '', 1, 0, '[]', null, '', '',
        null, '', null from n;
    insert into incident_members select incident_id, 'w' || (incident_id % 50), 0, null, null, null, '' from incidents;
    insert into alert_messages select incident_id, 'c' || (incident_id % 5), incident_id, 'raised', '', '{}',
      iif(incident_id % 100, 'sent', 'queued'), 1, 0, '', opened_at_ms, null from incidents;
    insert into watchdog_runs select incident_id, 'd' || (incident_id % 5), '', 1, 'w' || (incident_id % 50), 'restart',
      'sent', '', '', opened_at_ms from incidents;`;

export async function askAlerts(storage: StorageAccess): Promise<void> {
  const incidents = new IncidentRepository(storage);
  const all = {
    ...{ state: undefined, kind: undefined, severity: undefined, workerId: '' },
    ...{ sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER },
  };
  const [first] = await incidents.loadUnresolved();
  await incidents.lastIds();
  await incidents.save({ incidents: [first!.incident], members: first!.members, messages: [] });
  await incidents.find(5);
  const filters = [
    { state: 'unresolved' as const },
    { state: 'open' as const },
    { kind: 'gpu_lost' as const },
    { severity: 'critical' as const },
    { workerId: 'w1' },
    { sinceMs: 1_990_000 },
    { sinceMs: 10_000, untilMs: 20_000 },
  ];
  for (const filter of filters) await incidents.page({ ...all, ...filter }, 50, 10);
  await incidents.deleteBefore(10, 10);
  const channels = new ChannelRepository(storage);
  const [queued] = await channels.loadQueued();
  const figures = { sent: 1, failed: 0, dropped: 0, last_error: '' };
  await channels.saveTry(queued!, { ...figures, last_error_at_ms: null, last_success_at_ms: null });
  await channels.messages('c1', 50, 10);
  await channels.deleteBefore(10, 10);
  await channels.remove('c1');
  const plans = new PlanRepository(storage);
  await plans.runsSince(1_990_000);
  await plans.deleteRunsBefore(10, 10);
  await plans.runs({ watchdogId: 'd1', workerId: '' }, 50, 10);
  await plans.runs({ watchdogId: '', workerId: 'w1' }, 50, 10);
  const usual = new UsualRepository(storage);
  await usual.rounds(5_000_000, 60_000);
  await usual.hashrates(30_000);
  await usual.states(5_000_000);
  await usual.leasedSpans(990);
}
