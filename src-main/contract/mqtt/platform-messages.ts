/** What the platform says to a miner (mqtt.md, Platform to miner), keyed by topic. */

export type TaskMessage =
  | { command: 'register_ack'; accepted: true }
  | { command: 'register_ack'; accepted: false; reason: string }
  | {
      command: 'assign_task';
      lease_id: string;
      consumer_id: string;
      consumer_address: string;
      /** 16 hex characters. */
      prefix: string;
      duration_sec: number;
    }
  | { command: 'release'; lease_id: string };

/** The payload of each topic on which the platform speaks. */
export interface PlatformMessages {
  task: TaskMessage;
  control: Record<string, unknown>;
}
