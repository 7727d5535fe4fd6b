/** What can be asked of workers from the dashboard, and what each means for a lease and for workers that are away. */
import {
  controlActions,
  type CommandAction,
  type ControlAction,
} from '../../../src-main/contract/domain/command.ts';
import type { MinerConfig } from '../../../src-main/contract/domain/miner-config.ts';

/** In the order in which they are offered. */
export const offeredActions = [
  'pause',
  'resume',
  'restart',
  'set_config',
  'list',
  'unlist',
  'shutdown',
] as const satisfies readonly CommandAction[];
export type OfferedAction = (typeof offeredActions)[number];

interface ActionTraits {
  /** Nobody can undo it from here. */
  readonly isDangerous?: boolean;
  /** It ends or spoils a lease that is under way; workers that are rented out are left out unless asked for. */
  readonly harmsLease?: boolean;
  /** The platform itself does it: the worker need not be there, and a lease goes on. */
  readonly isAboutListing?: boolean;
}

export const actionTraits: Readonly<Record<OfferedAction, ActionTraits>> = {
  pause: { harmsLease: true },
  resume: {},
  restart: { harmsLease: true },
  set_config: { harmsLease: true },
  list: { isAboutListing: true },
  unlist: { isAboutListing: true },
  shutdown: { isDangerous: true, harmsLease: true },
};

/** The part of a call's body that says what is asked. */
export function orderBody(action: OfferedAction, config: MinerConfig) {
  return isControlAction(action) ? { action, config } : { command: action };
}

function isControlAction(action: OfferedAction): action is OfferedAction & ControlAction {
  return (controlActions as readonly string[]).includes(action);
}
