/** Creates what commands miners. */
import type { Broker } from '../broker/broker.ts';
import { CommandRepository, Control } from '../features/control/index.ts';
import type { Fleet, FleetView } from '../features/fleet/index.ts';
import type { Leases } from '../features/leases/index.ts';
import type { Clock } from '../kernel/clock.ts';
import type { EventBus } from '../kernel/event-bus.ts';
import type { LoggerFactory } from '../kernel/logger.ts';
import type { Storage } from '../storage/storage.ts';
import type { PlatformEvents } from './events.ts';

export interface ControlSources {
  readonly storage: Storage;
  readonly fleet: Fleet;
  readonly view: FleetView;
  readonly bus: EventBus<PlatformEvents>;
  readonly clock: Clock;
  readonly loggers: LoggerFactory;
  readonly broker: Broker;
  readonly leases: Leases;
  readonly tagsOf: (workerId: string) => readonly string[];
}

export function createControl(sources: ControlSources): Control {
  const { storage, fleet, view, bus, clock, loggers, broker, leases, tagsOf } = sources;
  return new Control({
    repository: new CommandRepository(storage),
    fleet,
    view,
    bus,
    clock,
    logger: loggers.module('control'),
    publish: (workerId, message, acknowledged) => broker.publish(workerId, 'control', message, acknowledged),
    hasActiveLease: (workerId) => leases.hasActiveLease(workerId),
    tagsOf,
  });
}
