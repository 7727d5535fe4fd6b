/** Who came, who has not registered yet, and who was turned away. */
import type { ArrivalsView, RefusalView } from '../../../contract/domain/onboarding.ts';
import type { Broker } from '../../broker/broker.ts';
import type { RecentRefusal } from '../../broker/recent-refusals.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import type { Fleet } from '../fleet/index.ts';

const arrivedWithinMs = 3_600_000;
const maxShown = 50;

/** A refusal as calls show it. */
export function toRefusal(refusal: RecentRefusal): RefusalView {
  const { kind, reason, clientId, workerId, address, topic, count, firstAtMs, lastAtMs } = refusal;
  return {
    ...{ kind, reason, address, topic, count },
    client_id: clientId,
    worker_id: workerId,
    first_at: toUnixSeconds(firstAtMs),
    last_at: toUnixSeconds(lastAtMs),
  };
}

export interface ArrivalSources {
  readonly broker: Pick<Broker, 'clients' | 'recentRefusals'>;
  readonly fleet: Fleet;
  readonly clock: Clock;
}

/** As of now, from memory. */
export function arrivalsOf({ broker, fleet, clock }: ArrivalSources): ArrivalsView {
  const nowMs = clock.nowMs();
  return {
    now: toUnixSeconds(nowMs),
    arrived: [...fleet.all()]
      .filter(({ registeredAtMs }) => nowMs - registeredAtMs <= arrivedWithinMs)
      .sort((left, right) => right.registeredAtMs - left.registeredAtMs)
      .slice(0, maxShown)
      .map(({ workerId, gpuCount, hashrate, registeredAtMs }) => ({
        worker_id: workerId,
        gpu_count: gpuCount,
        hashrate,
        registered_at: toUnixSeconds(registeredAtMs),
      })),
    waiting: broker
      .clients()
      // Tools of the operator come with a user name and speak for nobody.
      .filter(({ workerId, username }) => (workerId === '' ? username === '' : !fleet.get(workerId)))
      .sort((left, right) => right.connectedAtMs - left.connectedAtMs)
      .slice(0, maxShown)
      .map(({ clientId, workerId, address, connectedAtMs }) => ({
        client_id: clientId,
        worker_id: workerId,
        address,
        connected_at: toUnixSeconds(connectedAtMs),
      })),
    refused: broker.recentRefusals.all().slice(0, maxShown).map(toRefusal),
  };
}
