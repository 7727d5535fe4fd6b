import type { AccessMode } from '../../contract/config.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Logins } from './logins.ts';

export interface BrokerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly access: AccessMode;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly logins: Logins;
  /** One more connection is closed at once. */
  readonly maxConnections: number;
  /** A larger packet ends its connection. */
  readonly maxPacketBytes: number;
  /** A deeper topic ends its connection; at most 100. */
  readonly maxTopicLevels: number;
  /** Time to send CONNECT. */
  readonly connectTimeoutMs: number;
  /** Unsent bytes for one client; past that it is disconnected. */
  readonly maxQueueBytes: number;
  /** Of one client; past that the sender has to wait, through TCP's own backpressure. */
  readonly maxMessagesPerSec: number;
  /** Topics with a retained message; a new one past that is not retained. */
  readonly maxRetained: number;
}
