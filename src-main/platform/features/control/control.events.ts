import type { Command } from '../../../contract/domain/command.ts';

/** Facts that control announces. */
export interface ControlEvents {
  /** A command was sent, or its state changed. */
  'command.changed': { command: Command };
}
