/** What a simulated fleet did so far; every miner counts on the same figures. */
export interface FleetFigures {
  heartbeats: number;
  /** All messages, heartbeats included. */
  messages: number;
  /** Acknowledged by the broker, with a proof of what the platform demands. */
  provenBlocks: number;
  /** Acknowledged by the broker, and nothing that counts where proofs are demanded. */
  unprovenBlocks: number;
  /** Found too late, for a lease that had ended, or while the rig was dark: never reported. */
  lostBlocks: number;
  leasesCompleted: number;
  reconnects: number;
  connectFailures: number;
  /** Why the last connection could not be made. */
  lastFailure: string;
}

export function newFigures(): FleetFigures {
  return {
    heartbeats: 0,
    messages: 0,
    provenBlocks: 0,
    unprovenBlocks: 0,
    lostBlocks: 0,
    leasesCompleted: 0,
    reconnects: 0,
    connectFailures: 0,
    lastFailure: '',
  };
}

/** A rate is taken over this many samples, one a second. */
const rateSamples = 5;

/** The rate of a figure that only grows, in units a second. */
export class RateMeter {
  readonly #samples: { readonly atMs: number; readonly value: number }[] = [];

  sample(atMs: number, value: number): void {
    this.#samples.push({ atMs, value });
    if (this.#samples.length > rateSamples + 1) this.#samples.shift();
  }

  get perSec(): number {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.atMs === first.atMs) return 0;
    return ((last.value - first.value) * 1000) / (last.atMs - first.atMs);
  }
}
