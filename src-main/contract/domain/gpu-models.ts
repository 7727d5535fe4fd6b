/** GPUs that farms mine with: what the simulator and generated data draw from. */

export interface GpuModel {
  /** As the driver names it, and so the miner. */
  readonly name: string;
  readonly memoryGb: number;
  /** What one card reaches, in hashes a second: at the network's usual difficulty, from a careful to a fast setting. */
  readonly hashrate: readonly [slowest: number, fastest: number];
  /** Power that one card draws while it mines. */
  readonly watts: number;
  /** How common it is among others: 10 is seen ten times as often as 1. */
  readonly share: number;
}

/** Rough figures, good enough to look real; a real miner reports its own. */
export const gpuModels: readonly GpuModel[] = [
  { name: 'NVIDIA GeForce RTX 5090', memoryGb: 32, hashrate: [2300, 2700], watts: 500, share: 3 },
  { name: 'NVIDIA GeForce RTX 5080', memoryGb: 16, hashrate: [1350, 1550], watts: 320, share: 3 },
  { name: 'NVIDIA GeForce RTX 4090', memoryGb: 24, hashrate: [1550, 1850], watts: 380, share: 10 },
  { name: 'NVIDIA GeForce RTX 4080 SUPER', memoryGb: 16, hashrate: [1120, 1280], watts: 280, share: 4 },
  { name: 'NVIDIA GeForce RTX 4080', memoryGb: 16, hashrate: [1080, 1230], watts: 280, share: 5 },
  { name: 'NVIDIA GeForce RTX 4070 Ti', memoryGb: 12, hashrate: [780, 900], watts: 230, share: 6 },
  { name: 'NVIDIA GeForce RTX 4070', memoryGb: 12, hashrate: [620, 710], watts: 180, share: 7 },
  { name: 'NVIDIA GeForce RTX 4060 Ti', memoryGb: 16, hashrate: [430, 500], watts: 140, share: 4 },
  { name: 'NVIDIA GeForce RTX 3090 Ti', memoryGb: 24, hashrate: [1080, 1230], watts: 400, share: 2 },
  { name: 'NVIDIA GeForce RTX 3090', memoryGb: 24, hashrate: [950, 1120], watts: 320, share: 9 },
  { name: 'NVIDIA GeForce RTX 3080 Ti', memoryGb: 12, hashrate: [900, 1040], watts: 310, share: 4 },
  { name: 'NVIDIA GeForce RTX 3080', memoryGb: 10, hashrate: [780, 900], watts: 270, share: 10 },
  { name: 'NVIDIA GeForce RTX 3070', memoryGb: 8, hashrate: [480, 560], watts: 160, share: 8 },
  { name: 'NVIDIA GeForce RTX 3060 Ti', memoryGb: 8, hashrate: [420, 490], watts: 140, share: 6 },
  { name: 'NVIDIA GeForce RTX 3060', memoryGb: 12, hashrate: [330, 390], watts: 120, share: 6 },
  { name: 'NVIDIA RTX A5000', memoryGb: 24, hashrate: [700, 800], watts: 200, share: 2 },
  { name: 'NVIDIA RTX A6000', memoryGb: 48, hashrate: [980, 1100], watts: 270, share: 2 },
  { name: 'NVIDIA L40S', memoryGb: 48, hashrate: [1500, 1700], watts: 320, share: 1 },
  { name: 'NVIDIA A100-SXM4-80GB', memoryGb: 80, hashrate: [1750, 2000], watts: 350, share: 2 },
  { name: 'NVIDIA H100 80GB HBM3', memoryGb: 80, hashrate: [2900, 3300], watts: 600, share: 1 },
];
