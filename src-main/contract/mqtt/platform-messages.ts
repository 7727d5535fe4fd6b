/** What the platform says to a miner (mqtt.md, Platform to miner), keyed by topic. */

export type TaskMessage =
  { command: 'register_ack'; accepted: true } | { command: 'register_ack'; accepted: false; reason: string };

/** The payload of each topic on which the platform speaks. */
export interface PlatformMessages {
  task: TaskMessage;
  control: Record<string, unknown>;
}
