/** The machines of a simulated fleet: which GPUs stand in them, whose they are, and how fast they are now. */
import type { MinerReports } from '../../../contract/mqtt/miner-messages.ts';
import { gpuModels, type GpuModel } from '../../../contract/domain/gpu-models.ts';
import { Random } from '../../kernel/random.ts';

/** What a rig is for its whole life. */
export interface RigPlan {
  readonly workerId: string;
  readonly ethAddress: string;
  readonly gpus: NonNullable<MinerReports['register']['gpus']>;
  readonly totalMemoryGb: number;
  /** Of each GPU when nothing disturbs it, in hashes a second. */
  readonly gpuHashrates: readonly number[];
}

export interface FleetPlanOptions {
  readonly workers: number;
  readonly seed: number;
  /** Ids are this, a dash, and a number from 001. */
  readonly idPrefix: string;
  /** All rigs belong to this address; otherwise each owner has a few. */
  readonly owner: string | undefined;
  /** All rigs have so many GPUs; otherwise 1, 2, 4 or 8. */
  readonly gpuCount: number | undefined;
}

const rigSizes = [
  { gpuCount: 1, share: 30 },
  { gpuCount: 2, share: 22 },
  { gpuCount: 4, share: 24 },
  { gpuCount: 8, share: 24 },
] as const;

/** Few rigs hold cards of two models. */
const mixedShare = 0.12;

const rigsOfOwner = { min: 1, max: 16 } as const;

/** Streams of a seed: the owners', and behind it one for each rig. */
const ownerStream = 0;
const firstRigStream = 1;

const shareOf = ({ share }: { readonly share: number }) => share;

function drawGpus(random: Random, gpuCount: number): GpuModel[] {
  const main = random.pick(gpuModels, shareOf);
  const isMixed = gpuCount > 1 && random.unit() < mixedShare;
  if (!isMixed) return Array.from({ length: gpuCount }, () => main);
  const other = random.pick(
    gpuModels.filter((model) => model !== main),
    shareOf,
  );
  const mainCount = random.integer(1, gpuCount - 1);
  return Array.from({ length: gpuCount }, (_, index) => (index < mainCount ? main : other));
}

function planRig(
  workerId: string,
  ethAddress: string,
  random: Random,
  gpuCount: number | undefined,
): RigPlan {
  const models = drawGpus(random, gpuCount ?? random.pick(rigSizes, shareOf).gpuCount);
  return {
    workerId,
    ethAddress,
    gpus: models.map(({ name, memoryGb }, index) => ({
      index,
      name,
      memory_gb: memoryGb,
      bus_id: index + 1,
    })),
    totalMemoryGb: models.reduce((sum, { memoryGb }) => sum + memoryGb, 0),
    gpuHashrates: models.map(({ hashrate: [slowest, fastest] }) => random.between(slowest, fastest)),
  };
}

/** Plans a fleet. The first rigs of a larger fleet are those of a smaller one with the same seed. */
export function planFleet({ workers, seed, idPrefix, owner, gpuCount }: FleetPlanOptions): RigPlan[] {
  const owners = new Random(seed, ownerStream);
  let address = '';
  let left = 0;
  return Array.from({ length: workers }, (_, index) => {
    if (left === 0) {
      address = `0x${owners.hex(40)}`;
      left = owners.integer(rigsOfOwner.min, rigsOfOwner.max);
    }
    left -= 1;
    const workerId = `${idPrefix}-${String(index + 1).padStart(3, '0')}`;
    return planRig(workerId, owner ?? address, new Random(seed, firstRigStream + index), gpuCount);
  });
}

/** A rig's speed wanders by up to this share, with the temperature and what else runs. */
const maxDrift = 0.06;
/** How far it wanders from one look to the next, and how strongly it is drawn back. */
const driftStep = 0.008;
const driftReturn = 0.1;

/** A rig while it runs. */
export class Rig {
  readonly plan: RigPlan;
  readonly #random: Random;
  #lostGpus = 0;
  #drift = 0;

  constructor(plan: RigPlan, random: Random) {
    this.plan = plan;
    this.#random = random;
  }

  get activeGpus(): number {
    return this.plan.gpus.length - this.#lostGpus;
  }

  /** Hashes a second; a little different each time. */
  drawHashrate(): number {
    const wandered = this.#drift * (1 - driftReturn) + this.#random.between(-driftStep, driftStep);
    this.#drift = Math.max(-maxDrift, Math.min(maxDrift, wandered));
    return this.hashrate;
  }

  /** Hashes a second at the last draw. */
  get hashrate(): number {
    const sum = this.plan.gpuHashrates.slice(this.#lostGpus).reduce((total, rate) => total + rate, 0);
    return Math.round(sum * (1 + this.#drift) * 100) / 100;
  }

  /** A card falls off the bus. False when it is the last one, which takes the whole rig with it. */
  loseGpu(): boolean {
    if (this.activeGpus <= 1) return false;
    this.#lostGpus += 1;
    return true;
  }

  /** After a restart of the driver all cards are there again. */
  recoverGpus(): void {
    this.#lostGpus = 0;
  }
}
