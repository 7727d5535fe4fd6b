/** Creates what knows the workers, now and over time. */
import type { Config } from '../../contract/config.ts';
import { blocksPerHash } from '../../contract/domain/block-probability.ts';
import {
  Fleet,
  FleetRepository,
  FleetView,
  type FleetEvents,
  type FleetWatcher,
} from '../features/fleet/index.ts';
import { History, HistoryRepository } from '../features/history/index.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Announcer } from '../kernel/event-bus.ts';
import type { LoggerFactory } from '../kernel/logger.ts';
import type { Storage } from '../storage/storage.ts';

export interface FleetSources {
  readonly storage: Storage;
  readonly bus: Announcer<FleetEvents>;
  readonly clock: Clock;
  readonly loggers: LoggerFactory;
  readonly isTaken: (workerId: string) => boolean;
  readonly watcher: FleetWatcher;
}

/** The fleet, how it is shown, and its history. */
export function createFleet(config: Config, sources: FleetSources) {
  const { storage, bus, clock, loggers, isTaken, watcher } = sources;
  // Where blocks are believed nobody can be held against them.
  const isMeasured = config.verify === 'pow';
  const fleet = new Fleet({
    repository: new FleetRepository(storage),
    bus,
    clock,
    logger: loggers.module('fleet'),
    maxWorkers: config.maxWorkers,
    blocksPerHash: isMeasured ? blocksPerHash(config.blockMarker) : 0,
    isTaken,
    watcher,
  });
  const history = new History({
    repository: new HistoryRepository(storage),
    fleet,
    clock,
    logger: loggers.module('monitoring'),
  });
  return { fleet, view: new FleetView(fleet, clock, isMeasured), history };
}
