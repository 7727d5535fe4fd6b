import type { BenchContext } from './context.ts';

/** Outcome of one scenario; printed as one JSON line. */
export interface ScenarioResult {
  value: number;
  unit: string;
  /** The target in words, for example `>= 5000`. */
  target: string;
  yardstick?: number;
  /** value / yardstick. */
  ratio?: number;
  pass: boolean;
  /** Further figures; flattened into the JSON line. */
  details: Record<string, unknown>;
}

/** One thing that is measured. */
export interface Scenario {
  name: string;
  description: string;
  /** Whether it measures something without the platform too. */
  hasYardstick: boolean;
  /** Takes too long to run with all others. */
  isOnlyByName?: boolean;
  /** How long it may take; 100 s unless given. */
  maxSec?: number;
  run: (context: BenchContext) => Promise<ScenarioResult>;
}

/** Rounds to at most three significant decimals, so that the lines stay readable. */
export function rounded(value: number, decimals = 3): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}

/** Middle value of an odd number of measurements. */
export function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
