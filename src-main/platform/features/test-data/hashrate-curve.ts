/** How the hashrate of a rig drifts. */
import type { Random } from '../../kernel/random.ts';

const hourMs = 3_600_000;

interface Wave {
  /** Part of the whole. */
  readonly amplitude: number;
  readonly periodMs: number;
  readonly phase: number;
}

/** A rig's hashrate as a function of time: warm days slow all cards, each has its own slow swings and its noise. */
export class HashrateCurve {
  readonly #fullHashrate: number;
  readonly #gpuCount: number;
  readonly #waves: readonly Wave[];
  /** From here on one card is missing; Infinity: never. */
  readonly #lostGpuSinceMs: number;

  constructor(random: Random, fullHashrate: number, gpuCount: number, lostGpuSinceMs: number) {
    const wave = (amplitude: number, periodMs: number): Wave => ({
      amplitude,
      periodMs,
      phase: random.between(0, 2 * Math.PI),
    });
    this.#fullHashrate = fullHashrate;
    this.#gpuCount = gpuCount;
    this.#lostGpuSinceMs = lostGpuSinceMs;
    this.#waves = [
      // The warmest hour is nearly the same for all.
      { amplitude: random.between(0.01, 0.035), periodMs: 24 * hourMs, phase: random.between(2.5, 3.2) },
      wave(0.015, random.between(4, 11) * hourMs),
      wave(0.01, random.between(0.1, 0.4) * hourMs),
    ];
  }

  /** Cards that work. */
  activeGpusAt(timeMs: number): number {
    return timeMs >= this.#lostGpuSinceMs ? this.#gpuCount - 1 : this.#gpuCount;
  }

  /** H/s with two decimals, like a miner reports it. */
  at(timeMs: number): number {
    let factor = this.activeGpusAt(timeMs) / this.#gpuCount;
    for (const { amplitude, periodMs, phase } of this.#waves)
      factor *= 1 + amplitude * Math.sin((2 * Math.PI * timeMs) / periodMs + phase);
    return Math.round(this.#fullHashrate * factor * 100) / 100;
  }

  /** The mean of a span, from a few looks at it. */
  mean(fromMs: number, toMs: number): number {
    const looks = 6;
    const step = (toMs - fromMs) / looks;
    let sum = 0;
    for (let look = 0; look < looks; look += 1) sum += this.at(fromMs + (look + 0.5) * step);
    return sum / looks;
  }
}
