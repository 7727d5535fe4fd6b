/** What miners are told about leases (mqtt.md, Platform to miner). */
import type { TaskMessage } from '../../../contract/mqtt/platform-messages.ts';
import { messageOf } from '../../kernel/app-error.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { ActiveLease } from './active-lease.ts';

export interface SendTaskOptions {
  readonly publish: (workerId: string, message: TaskMessage) => Promise<unknown>;
  readonly logger: Logger;
}

export class SendTask {
  readonly #options: SendTaskOptions;

  constructor(options: SendTaskOptions) {
    this.#options = options;
  }

  /** Gives a worker the lease's task; one that is not AVAILABLE ignores it. */
  assign(lease: ActiveLease, durationSec: number): void {
    this.#send(lease.workerId, {
      command: 'assign_task',
      lease_id: lease.leaseId,
      consumer_id: lease.consumerId,
      consumer_address: lease.consumerAddress,
      prefix: lease.prefix,
      duration_sec: durationSec,
    });
  }

  /** Ends a lease's work; a worker that does not do it ignores this. */
  release(workerId: string, leaseId: string): void {
    this.#send(workerId, { command: 'release', lease_id: leaseId });
  }

  /** The answer to a register that came in the middle of a lease, once it can do no harm. */
  acknowledgeRegister(workerId: string): void {
    this.#send(workerId, { command: 'register_ack', accepted: true });
  }

  #send(workerId: string, message: TaskMessage): void {
    this.#options.publish(workerId, message).catch((error: unknown) => {
      this.#options.logger.warn({ worker: workerId }, `${message.command} not sent: ${messageOf(error)}`);
    });
  }
}
