/** What shows that a miner did what a command asks. */
import type { CommandAction } from '../../../contract/domain/command.ts';
import type { ControlMessage } from '../../../contract/mqtt/platform-messages.ts';
import type { LiveWorker } from '../fleet/index.ts';

/**
 * Where a sign comes from: the worker's heartbeat, its status (or that it fell silent), its register, or the
 * acknowledgement of the command when nothing else is asked of the worker at that time.
 */
export type Evidence = 'heartbeat' | 'status' | 'register' | 'delivery';

export interface Asked {
  readonly action: CommandAction;
  readonly message: ControlMessage;
  /** Of a restart: the worker was seen IDLE and was told to resume. */
  readonly wasResumed: boolean;
  readonly isDelivered: boolean;
}

/** States of a miner that is not paused. */
const runningStates: readonly string[] = ['AVAILABLE', 'LEASED', 'MINING', 'COMPLETED', 'SELF_MINING'];

/** Undefined while nothing shows it, else what does, for people. */
export function confirmationOf(
  asked: Asked,
  worker: LiveWorker,
  evidence: Evidence,
  isOnline: boolean,
): string | undefined {
  const { reportedState } = worker;
  const isRunning = runningStates.includes(reportedState);
  switch (asked.action) {
    case 'set_config':
      return evidence === 'heartbeat' ? confirmConfig(asked.message, worker) : undefined;
    case 'update_config':
      return confirmUpdate(asked.message, worker, evidence);
    case 'list':
      return evidence === 'delivery' ? 'The worker is offered for rent.' : undefined;
    case 'unlist':
      return evidence === 'delivery' ? 'The worker is not offered for rent any more.' : undefined;
    case 'pause':
    case 'stop':
      return evidence !== 'heartbeat' && reportedState === 'IDLE' ? 'The worker is IDLE.' : undefined;
    case 'resume':
    case 'start':
      return evidence !== 'heartbeat' && isRunning ? `The worker is ${reportedState}.` : undefined;
    case 'restart':
      return confirmRestart(asked, worker, evidence, isRunning);
    case 'shutdown':
      return evidence === 'status' && !isOnline ? 'The worker is offline.' : undefined;
  }
}

function confirmUpdate(message: ControlMessage, worker: LiveWorker, evidence: Evidence): string | undefined {
  if (Object.keys(message.config).length > 0)
    return evidence === 'heartbeat' ? confirmConfig(message, worker) : undefined;
  if (message.state === undefined) return undefined;
  return evidence === 'delivery' ? `The worker was told to be ${message.state}.` : undefined;
}

/** An AVAILABLE that was on its way before the miner heard of the restart shows nothing yet. */
function confirmRestart(
  { wasResumed, isDelivered }: Asked,
  { reportedState }: LiveWorker,
  evidence: Evidence,
  isRunning: boolean,
): string | undefined {
  if (evidence === 'register') return 'The worker registered again.';
  return evidence === 'status' && isRunning && (wasResumed || isDelivered)
    ? `The worker is ${reportedState} again.`
    : undefined;
}

function confirmConfig({ config }: ControlMessage, worker: LiveWorker): string | undefined {
  const isSame = (asked: string | undefined, shown: string) =>
    asked === undefined || asked.toLowerCase() === shown.toLowerCase();
  const isShown =
    (config.difficulty === undefined || config.difficulty === worker.difficulty) &&
    isSame(config.address, worker.currentAddress) &&
    isSame(config.prefix, worker.currentPrefix) &&
    (config.block_pattern === undefined || config.block_pattern === worker.currentBlockPattern);
  return isShown ? 'A heartbeat shows these settings.' : undefined;
}

/** Whether anything could ever show that the command was followed. */
export function canBeConfirmed(action: CommandAction, { config, state }: ControlMessage): boolean {
  return action !== 'update_config' || Object.keys(config).length > 0 || state !== undefined;
}

/** Why nothing shows a command's effect, for people. */
export function explainUnconfirmed(action: CommandAction, worker: LiveWorker | undefined): string {
  if (action !== 'set_config' && action !== 'update_config')
    return `Acknowledged, but the worker is ${worker?.reportedState ?? 'unknown'} and reported no change.`;
  return 'Acknowledged, but no heartbeat shows these settings (older miners only report the difficulty).';
}
