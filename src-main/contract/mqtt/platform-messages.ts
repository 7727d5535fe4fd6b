/** What the platform says to a miner (mqtt.md, Platform to miner), keyed by topic. */
import type { ControlAction, OwnerState } from '../domain/command.ts';
import type { MinerConfig } from '../domain/miner-config.ts';

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

/**
 * Remote control. Every miner knows `action`; newer ones also `command`, with its parameters beside it. A message
 * that carries both says the same in two words.
 */
export interface ControlMessage {
  action: ControlAction;
  config: MinerConfig;
  command?: 'restart' | 'stop' | 'start' | 'update_config';
  state?: OwnerState | undefined;
  [parameter: string]: unknown;
}

/** The payload of each topic on which the platform speaks. */
export interface PlatformMessages {
  task: TaskMessage;
  control: ControlMessage;
}
