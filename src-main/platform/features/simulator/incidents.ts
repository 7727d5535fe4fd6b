/** What goes wrong with rigs. */

/** What can happen to a rig, and how long it lasts, in seconds. */
export const incidents = {
  /** The network is gone for a while; the miner goes on and connects again. */
  networkLoss: { minSec: 5, maxSec: 90 },
  /** The rig is dark for a while; the miner starts anew. */
  powerLoss: { minSec: 30, maxSec: 180 },
  /** A card falls off the bus until the driver is started again. */
  gpuLoss: { minSec: 60, maxSec: 600 },
  /** The rig is too hot to mine. */
  overheating: { minSec: 20, maxSec: 90 },
} as const;
export type Incident = keyof typeof incidents;
