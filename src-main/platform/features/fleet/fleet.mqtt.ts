/** What miners say about themselves, and the answer to a register. */
import type { Broker } from '../../broker/broker.ts';
import type { Logger } from '../../kernel/logger.ts';
import { messageOf } from '../../kernel/app-error.ts';
import type { Fleet } from './fleet.service.ts';

/** Connects the fleet to the broker. */
export function connectFleet(broker: Broker, fleet: Fleet, logger: Logger): void {
  const answer = (workerId: string, refusal?: string) => {
    const message =
      refusal === undefined
        ? ({ command: 'register_ack', accepted: true } as const)
        : ({ command: 'register_ack', accepted: false, reason: refusal } as const);
    broker.publish(workerId, 'task', message).catch((error: unknown) => {
      logger.warn({ worker: workerId }, `register_ack not sent: ${messageOf(error)}`);
    });
  };

  broker.inbox.handle('register', {
    async accept({ workerId, payload }) {
      const outcome = await fleet.register(workerId, payload);
      if (!outcome.accepted) {
        broker.refuseRegister(workerId, outcome.reason);
        return answer(workerId, outcome.reason);
      }
      // The ack would send the miner to AVAILABLE: never in the middle of a lease (mqtt.md).
      if (outcome.answerNow) answer(workerId);
    },
    refuse: answer,
  });
  broker.inbox.handle('heartbeat', {
    accept: ({ workerId, payload }) => fleet.heartbeat(workerId, payload),
  });
  broker.inbox.handle('status', {
    accept: ({ workerId, payload }) => fleet.status(workerId, payload),
  });
}
