/** Creates what keeps the database small. */
import {
  ChannelRepository,
  forgetIncidents,
  forgetMessages,
  forgetRuns,
  IncidentRepository,
  PlanRepository,
} from '../features/alerts/index.ts';
import type { Backups } from '../features/backup/index.ts';
import { BlockListRepository, BlockRepository, forgetBlocks, type Blocks } from '../features/blocks/index.ts';
import { CommandRepository, forgetCommands, type Control } from '../features/control/index.ts';
import { EarningRepository, forgetEarnings } from '../features/earnings/index.ts';
import { isOnline, type Fleet } from '../features/fleet/index.ts';
import { forgetSamples, HistoryRepository, type History } from '../features/history/index.ts';
import { Maintenance, type FleetSize, type Forgetting } from '../features/maintenance/index.ts';
import { forgetOutages, SessionRepository } from '../features/sessions/index.ts';
import { forgetJobs, JobRepository, type JobRunner } from '../features/templates/index.ts';
import { tidyWallets, WalletRepository, type Wallets } from '../features/wallet/index.ts';
import { forgetStates, StateRepository } from '../features/worker-states/index.ts';
import type { Clock } from '../kernel/clock.ts';
import type { LoggerFactory } from '../kernel/logger.ts';
import type { Storage } from '../storage/storage.ts';

export interface MaintenanceSources {
  readonly storage: Storage;
  readonly databasePath: string;
  readonly clock: Clock;
  readonly loggers: LoggerFactory;
  readonly fleet: Fleet;
  readonly history: History;
  readonly control: Control;
  readonly jobRunner: JobRunner;
  readonly blocks: Blocks;
  readonly wallets: Wallets;
  readonly backups: Backups;
}

function sizeOf(fleet: Fleet, nowMs: number): FleetSize {
  const workers = [...fleet.all()];
  return {
    workers: workers.length,
    onlineWorkers: workers.filter((worker) => isOnline(worker, nowMs)).length,
    addresses: new Set(workers.map(({ ethAddress }) => ethAddress)).size,
  };
}

function alertForgettings(storage: Storage, nowMs: () => number): Forgetting[] {
  const incidents = new IncidentRepository(storage);
  const channels = new ChannelRepository(storage);
  const plans = new PlanRepository(storage);
  return [
    { table: 'incidents', forget: () => forgetIncidents(incidents, nowMs()) },
    { table: 'alert_messages', forget: () => forgetMessages(channels, nowMs()) },
    { table: 'watchdog_runs', forget: () => forgetRuns(plans, nowMs()) },
  ];
}

/** The upkeep of a running platform. */
export function createMaintenance(sources: MaintenanceSources) {
  const {
    storage,
    databasePath,
    clock,
    loggers,
    fleet,
    history,
    control,
    jobRunner,
    blocks,
    wallets,
    backups,
  } = sources;
  const sessions = new SessionRepository(storage);
  const states = new StateRepository(storage);
  const earnings = new EarningRepository(storage);
  const forgettings: Forgetting[] = [
    { table: 'hashrate_snapshots', forget: () => history.forgetOld() },
    { table: 'wallet_snapshots', forget: () => wallets.forgetOld() },
    { table: 'commands', forget: () => control.forgetOld() },
    { table: 'template_job_workers', forget: () => jobRunner.forgetOld() },
    { table: 'blocks', forget: () => blocks.forgetOld() },
    { table: 'worker_outages', forget: () => forgetOutages(sessions, clock.nowMs()) },
    { table: 'worker_states', forget: () => forgetStates(states, clock.nowMs()) },
    ...alertForgettings(storage, () => clock.nowMs()),
    { table: 'earning_days', forget: () => forgetEarnings(earnings, clock.nowMs()) },
  ];
  const maintenance = new Maintenance({
    ...{ storage, databasePath, clock, forgettings },
    logger: loggers.module('storage'),
    fleetSize: () => sizeOf(fleet, clock.nowMs()),
    isHeld: () => backups.isBusy,
  });
  return { maintenance };
}

/** The same deletions in a database that no platform uses. */
export function offlineForgettings(storage: Storage, nowMs: number): Forgetting[] {
  return [
    { table: 'hashrate_snapshots', forget: () => forgetSamples(new HistoryRepository(storage), nowMs) },
    { table: 'wallet_snapshots', forget: () => tidyWallets(new WalletRepository(storage), nowMs) },
    { table: 'commands', forget: () => forgetCommands(new CommandRepository(storage), nowMs) },
    { table: 'template_job_workers', forget: () => forgetJobs(new JobRepository(storage), nowMs) },
    {
      table: 'blocks',
      forget: () => forgetBlocks(new BlockRepository(storage, undefined), new BlockListRepository(storage)),
    },
    { table: 'worker_outages', forget: () => forgetOutages(new SessionRepository(storage), nowMs) },
    { table: 'worker_states', forget: () => forgetStates(new StateRepository(storage), nowMs) },
    ...alertForgettings(storage, () => nowMs),
    { table: 'earning_days', forget: () => forgetEarnings(new EarningRepository(storage), nowMs) },
  ];
}
