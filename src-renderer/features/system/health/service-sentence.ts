/** What each part says of itself while it works; what is wrong with one the platform says in its own words. */
import type { HealthReport, HealthServiceName } from '../../../../src-main/contract/domain/health.ts';
import type { Text } from '../../../i18n/use-text.ts';
import type { Formatter } from '../../../ui/format.ts';

type Say = (report: HealthReport, text: Text, format: Formatter) => string;

function sayBackups({ backups }: HealthReport, text: Text, format: Formatter): string {
  const { last_success_at: last, next_run: next, running } = backups;
  const newest =
    last === null
      ? text('system.health.says.backupsNone')
      : text('system.health.says.backups', { at: format.dateTime(last) });
  if (running !== null) return `${newest} ${text('system.health.says.backupsRunning')}`;
  return next === null
    ? newest
    : `${newest} ${text('system.health.says.backupsNext', { at: format.dateTime(next) })}`;
}

const sayings: Readonly<Record<HealthServiceName, Say>> = {
  http: ({ http }, text, format) =>
    text('system.health.says.http', { port: http.port, rate: format.decimal(http.requests_per_sec, 1) }),
  broker: ({ broker }, text, format) =>
    text('system.health.says.broker', {
      port: broker.port,
      connections: format.count(broker.connections),
      rate: format.decimal(broker.messages_per_sec, 1),
    }),
  storage: ({ storage }, text, format) =>
    text('system.health.says.storage', {
      size: format.bytes(storage.database_bytes),
      free: format.bytes(storage.disk_free_bytes),
    }),
  feed: ({ feed }, text, format) =>
    text('system.health.says.feed', {
      clients: format.count(feed.clients),
      max: format.count(feed.max_clients),
    }),
  proofs: ({ proofs }, text, format) =>
    text('system.health.says.proofs', {
      waiting: format.count(proofs.waiting),
      hashed: format.count(proofs.hashed),
    }),
  backups: sayBackups,
  simulator: ({ simulator }, text, format) =>
    simulator.running
      ? text('system.health.says.simulator', {
          online: format.count(simulator.online),
          workers: format.count(simulator.workers),
        })
      : text('system.health.says.simulatorOff'),
  ledger: ({ ledger }, text, format) =>
    ledger.checked_at === null
      ? text('system.health.says.ledgerUnknown')
      : text('system.health.says.ledger', { at: format.dateTime(ledger.checked_at) }),
  honesty: ({ honesty }, text, format) =>
    text('system.health.says.honesty', {
      flagged: format.count(honesty.flagged),
      workers: format.count(honesty.workers),
    }),
  tls: (_report, text) => text('system.health.says.tls'),
  process: ({ process }, text, format) =>
    text('system.health.says.process', {
      uptime: format.duration(process.uptime_sec),
      memory: format.bytes(process.rss_bytes),
    }),
};

/** One plain sentence of a part. */
export function serviceSentence(
  { name, state, detail }: HealthReport['services'][number],
  report: HealthReport,
  text: Text,
  format: Formatter,
): string {
  // Of honesty both say the same.
  return state === 'ok' || name === 'honesty' ? sayings[name](report, text, format) : detail;
}
