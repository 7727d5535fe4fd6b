/** What is asked of a miner, and the message that both kinds of miners understand (mqtt.md, Platform to miner). */
import {
  type CommandAction,
  type ControlAction,
  type OwnerState,
  type WalletCommand,
} from '../../../contract/domain/command.ts';
import {
  configFieldNames,
  type MinerConfig,
  type WalletParams,
} from '../../../contract/domain/miner-config.ts';
import type { ControlMessage } from '../../../contract/mqtt/platform-messages.ts';

export interface Order {
  readonly action: CommandAction;
  /** Of `set_config`. */
  readonly config: MinerConfig;
  /** Of a wallet command. */
  readonly params: WalletParams;
}

export function controlOrder(action: ControlAction, config: MinerConfig): Order {
  return { action, config, params: {} };
}

export function walletOrder(command: WalletCommand, params: WalletParams): Order {
  return { action: command, config: {}, params };
}

/** Whether an order offers its worker for rent, or takes it off the market; undefined when it does neither. */
export function listingOf(order: Order): boolean | undefined {
  if (isAboutListing(order)) return order.action === 'list';
  const { state } = order.params;
  if (order.action !== 'update_config' || state === undefined || state === 'LEASED') return undefined;
  return state === 'AVAILABLE';
}

/** Whether an order is about the offer for rent and nothing else: that never touches a lease under way. */
export function isAboutListing({ action }: Order): boolean {
  return action === 'list' || action === 'unlist';
}

function askedState({ action, params }: Order): OwnerState | undefined {
  if (action === 'list') return 'AVAILABLE';
  return action === 'unlist' ? 'SELF_MINING' : params.state;
}

function configOf(params: WalletParams): MinerConfig {
  return Object.fromEntries(Object.entries(params).filter(([name]) => configFieldNames.includes(name)));
}

/**
 * The message of an order. A miner that only knows `action` gets the nearest action: stop is pause, start is resume,
 * and restart is pause, followed by `resumeMessage` once it is IDLE.
 *
 * @param isLeased a worker that is rented out is told that it stays LEASED: no order frees it
 */
export function toMessage(order: Order, isLeased: boolean): ControlMessage {
  const { action, config, params } = order;
  const asked = askedState(order);
  const state = asked === undefined ? {} : { state: isLeased ? ('LEASED' as const) : asked };
  switch (action) {
    case 'restart':
    case 'stop':
      return { ...params, ...state, command: action, action: 'pause', config: {} };
    case 'start':
      return { ...params, ...state, command: action, action: 'resume', config: {} };
    case 'update_config':
    case 'list':
    case 'unlist':
      return {
        ...params,
        ...state,
        command: 'update_config',
        action: 'set_config',
        config: configOf(params),
      };
    default:
      return { action, config };
  }
}

/** The second half of a restart, for a miner that is IDLE after the first. */
export const resumeMessage: ControlMessage = { command: 'start', action: 'resume', config: {} };
