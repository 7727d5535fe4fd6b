/** Distribution of a latency in milliseconds. */
export interface LatencySummary {
  count: number;
  p50: number;
  p99: number;
  max: number;
}

/** Growing list of samples; one typed array, so that millions of samples cost no garbage. */
export class Samples {
  private values = new Float32Array(65_536);
  private length = 0;

  /** Adds one sample. */
  add(value: number): void {
    if (this.length === this.values.length) {
      const larger = new Float32Array(this.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length++] = value;
  }

  /** Forgets all samples. */
  clear(): void {
    this.length = 0;
  }

  /** Sorts and summarizes (nearest-rank percentiles). */
  summarize(): LatencySummary {
    const sorted = this.values.subarray(0, this.length).sort();
    const at = (share: number): number => {
      const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
      return Math.round(value * 1000) / 1000;
    };
    return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
  }
}
