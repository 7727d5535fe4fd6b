/** How a worker's state is shown: few words, each with a meaning that never changes. */
import { onlineWindowMs } from '../../src-main/contract/domain/worker.ts';

export const shownStates = ['mining', 'leased', 'available', 'paused', 'error', 'stale', 'offline'] as const;
export type ShownState = (typeof shownStates)[number];

/** Miners send a heartbeat each 30 s (mqtt.md): without one for this long something is late. */
export const staleAfterSec = 45;

/** What the rule looks at. */
export interface WorkerSigns {
  readonly state: string;
  readonly online: boolean;
  /** Unix seconds. */
  readonly last_heartbeat: number;
}

/**
 * @param nowSec the platform's time in Unix seconds
 */
export function shownState({ state, online, last_heartbeat }: WorkerSigns, nowSec: number): ShownState {
  const silentSec = nowSec - last_heartbeat;
  if (!online || state === 'offline' || silentSec * 1000 > onlineWindowMs) return 'offline';
  if (state === 'ERROR') return 'error';
  if (silentSec > staleAfterSec) return 'stale';
  if (state === 'SELF_MINING') return 'mining';
  if (state === 'MINING' || state === 'LEASED') return 'leased';
  return state === 'AVAILABLE' ? 'available' : 'paused';
}
