/** What the platform and the thread of the simulated miners say to each other. */
import type { MiningRules } from './mining-rules.ts';
import type { SimulationOptions, SimulationReport } from './simulation.ts';

/** What a simulation is started with, as it travels between threads. */
export interface ThreadOptions extends Omit<SimulationOptions, 'scenario'> {
  readonly scenarioName: string;
}

export type ToThread = { readonly type: 'rules'; readonly rules: MiningRules } | { readonly type: 'stop' };

export type FromThread =
  | { readonly type: 'started'; readonly report: SimulationReport }
  /** Every second. */
  | { readonly type: 'report'; readonly report: SimulationReport }
  /** Nothing runs then; the thread ends. */
  | { readonly type: 'failed'; readonly reason: string };
