/** Creates what watches the fleet and the platform, and tells people of it. */
import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Config } from '../../contract/config.ts';
import { blocksPerHash } from '../../contract/domain/block-probability.ts';
import type { WatchdogInput } from '../../contract/domain/watchdog.ts';
import type { Broker } from '../broker/broker.ts';
import {
  AlertChannels,
  AlertRules,
  Alerts,
  ChannelRepository,
  IncidentRepository,
  Incidents,
  MaintenanceWindows,
  PlanRepository,
  PlatformSigns,
  SecretBox,
  serviceAddresses,
  UsualRepository,
  Watchdogs,
  WorkerSigns,
  type ServiceAddresses,
} from '../features/alerts/index.ts';
import type { AuditLog } from '../features/audit/index.ts';
import { keepSecret } from '../features/auth/index.ts';
import type { Backups } from '../features/backup/index.ts';
import { controlOrder, walletOrder, type Control } from '../features/control/index.ts';
import type { Fleet, FleetView } from '../features/fleet/index.ts';
import type { Leases } from '../features/leases/index.ts';
import type { Ledger } from '../features/ledger/index.ts';
import type { SystemHealth } from '../features/system/index.ts';
import { anonymousCaller } from '../kernel/caller.ts';
import type { Clock } from '../kernel/clock.ts';
import type { EventBus } from '../kernel/event-bus.ts';
import type { LoggerFactory } from '../kernel/logger.ts';
import type { Storage } from '../storage/storage.ts';
import { databasePathOf } from './database-path.ts';
import type { PlatformEvents } from './events.ts';
import { backupSchedule } from './schedules.ts';

/** What a test brings instead of the world outside. */
export interface AlertSurroundings {
  /** Where Telegram and Discord are. */
  readonly alertServices?: ServiceAddresses;
  /** How long a server may take to answer a message; 10 s unless given. */
  readonly alertTimeoutMs?: number;
}

export interface AlertSources {
  readonly storage: Storage;
  readonly bus: EventBus<PlatformEvents>;
  readonly clock: Clock;
  readonly loggers: LoggerFactory;
  readonly fleet: Fleet;
  readonly view: FleetView;
  readonly control: Control;
  readonly broker: Broker;
  readonly leases: Leases;
  readonly audit: AuditLog;
  readonly ledger: Ledger;
  readonly backups: Backups;
  readonly health: SystemHealth;
  /** Tags of a worker. */
  readonly tagsOf?: (workerId: string) => readonly string[];
}

const defaultTimeoutMs = 10_000;
const noTags = () => [];

/** Rules, incidents, channels, maintenance windows, watchdogs, and the watch that drives them. */
export function createAlerts(config: Config, surroundings: AlertSurroundings, sources: AlertSources) {
  const { storage, bus, clock, loggers, fleet, tagsOf = noTags } = sources;
  const logger = loggers.module('alerts');
  const alertPlans = new PlanRepository(storage);
  const alertRules = new AlertRules(alertPlans, logger);
  const maintenanceWindows = new MaintenanceWindows({ repository: alertPlans, clock, tagsOf });
  const alertChannels = new AlertChannels({
    ...{ repository: new ChannelRepository(storage), bus, clock, logger },
    secrets: new SecretBox(() => keepSecret(join(config.dataDir, 'alert-secret'))),
    services: surroundings.alertServices ?? serviceAddresses,
    timeoutMs: surroundings.alertTimeoutMs ?? defaultTimeoutMs,
  });
  const incidents = new Incidents({
    ...{ repository: new IncidentRepository(storage), bus, clock, logger },
    repeatMs: (kind) => alertRules.get(kind).repeat_sec * 1000,
    covering: (_kind, subject) => maintenanceWindows.covering(fleet.get(subject) ? subject : undefined),
    tell: (incident, event) => alertChannels.tell(incident, event),
    send: (messages) => alertChannels.send(messages),
    dismissed: (kind, subjects) => alerts.dismiss(kind, subjects),
  });
  const watchdogs = createWatchdogs(alertPlans, { ...sources, tagsOf });
  const alerts = new Alerts({
    ...{ rules: alertRules, incidents, channels: alertChannels, windows: maintenanceWindows, watchdogs },
    workerSigns: createWorkerSigns(config, sources),
    platformSigns: createPlatformSigns(config, sources),
    usual: new UsualRepository(storage),
    ...{ fleet, bus, tagsOf, clock, logger },
  });
  return { alerts, alertRules, incidents, alertChannels, maintenanceWindows, watchdogs, alertPlans };
}

function createWorkerSigns(config: Config, { leases, view }: AlertSources): WorkerSigns {
  return new WorkerSigns({
    leaseOf: (workerId) => leases.activeOf(workerId),
    isFlagged: (worker) => view.honesty(worker).flag !== '',
    blocksPerHash: config.verify === 'pow' ? blocksPerHash(config.blockMarker) : 0,
  });
}

function createPlatformSigns(config: Config, sources: AlertSources): PlatformSigns {
  const { clock, backups, broker, health, ledger } = sources;
  const schedule = backupSchedule(config);
  const bornAtMs = clock.nowMs();
  let isReady = false;
  return new PlatformSigns({
    clock,
    async diskFreeBytes() {
      const { bavail, bsize } = await statfs(dirname(databasePathOf(config)));
      return bavail * bsize;
    },
    backups() {
      if (!isReady) schedule.prepare();
      isReady = true;
      const { failure } = backups.outlook;
      const lastMs = backups.figures.lastSuccessAt * 1000;
      const dueSinceMs = schedule.nextAfter(lastMs === 0 ? bornAtMs : lastMs);
      return { failure: failure?.reason ?? '', dueSinceMs };
    },
    broker: () => ({
      connections: broker.connectedClients,
      maxConnections: config.mqttMaxConnections,
      crowded: health.activity.lastMinute('crowded'),
    }),
    ledgerFindings: () => ledger.lastCheck?.findings,
  });
}

function createWatchdogs(
  repository: PlanRepository,
  {
    clock,
    loggers,
    control,
    leases,
    audit,
    tagsOf,
  }: AlertSources & { readonly tagsOf: (id: string) => readonly string[] },
): Watchdogs {
  return new Watchdogs({
    ...{ repository, clock, logger: loggers.module('alerts'), tagsOf },
    hasActiveLease: (workerId) => leases.hasActiveLease(workerId),
    async command(workerId, watchdog) {
      return (await control.send(workerId, toOrder(watchdog), 'watchdog')).command_id;
    },
    record: (run) =>
      audit.record({
        caller: { ...anonymousCaller, accountId: 'watchdog' },
        remoteAddress: '',
        action: 'watchdog.command',
        target: run.worker_id,
        result: run.outcome === 'failed' ? 'failed' : 'ok',
        reason: run.detail,
        body: {
          ...{ watchdog: run.name, command: run.action, command_id: run.command_id },
          incident_id: run.incident_id,
        },
      }),
  });
}

function toOrder({ action, config }: WatchdogInput) {
  return action === 'restart' ? walletOrder('restart', {}) : controlOrder(action, config);
}
