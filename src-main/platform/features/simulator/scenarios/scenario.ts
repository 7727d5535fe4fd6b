import type { Random } from '../../../kernel/random.ts';
import type { Incident } from '../incidents.ts';

/** The fleet, as a scenario directs it. */
export interface Stage {
  readonly random: Random;
  /** Something happens to every rig at once. */
  strikeAll(incident: Incident, lastingSec: number): void;
  /** Runs it once, unless the simulation has ended. */
  after(delaySec: number, run: () => void): void;
}

/** What happens to a simulated fleet. */
export interface Scenario {
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  /** Mean time between two of these incidents of one rig, in seconds; what is absent never happens. */
  readonly incidentEverySec?: Readonly<Partial<Record<Incident, number>>>;
  /** How many times more often than asked for heartbeats and blocks come; 1 unless given. */
  readonly pace?: number;
  /** What happens to the fleet as a whole, once it has started. */
  direct?(stage: Stage): void;
}
