/** Wallets and their rigs. */
import { getAddress } from 'viem/utils';
import { gpuModels, type GpuModel } from '../../../contract/domain/gpu-models.ts';
import { suggestPrice } from '../../../contract/domain/gpu-prices.ts';
import type { Gpu } from '../../../contract/domain/worker.ts';
import { WeightedChoice, type Random } from '../../kernel/random.ts';
import { HashrateCurve } from './hashrate-curve.ts';
import { randomOf, type Setting } from './test-data-size.ts';

/** A wallet with its account, which is named like it unless it was there before. */
export interface Wallet {
  readonly accountId: string;
  /** EIP-55 form. */
  readonly address: string;
  createdAtMs: number;
  readonly rigs: Rig[];
}

/** A worker with everything that does not change. */
export interface Rig {
  readonly workerId: string;
  readonly wallet: Wallet;
  readonly gpus: readonly Gpu[];
  readonly version: string;
  readonly registeredAtMs: number;
  /** Since when it is away for good; undefined: it is there at the end. */
  readonly goneSinceMs: number | undefined;
  readonly pricePerMinMicro: number;
  readonly minDurationSec: number;
  readonly maxDurationSec: number;
  readonly listed: boolean;
  readonly curve: HashrateCurve;
  /** How often it drops out, in outages a day. */
  readonly outagesPerDay: number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const models = new WeightedChoice(gpuModels, ({ share }) => share);
const rigSizes = new WeightedChoice([1, 2, 4, 8], (size) => ({ 1: 30, 2: 25, 4: 20, 8: 25 })[size] ?? 0);
const versions = new WeightedChoice(['2.4.1', '2.4.0', '2.3.2', '2.2.0'], (_, index) => 8 / 2 ** index);
const durationLimits = new WeightedChoice(
  [
    [60, 86_400],
    [60, 14_400],
    [60, 43_200],
    [60, 604_800],
  ] as const,
  (_, index) => [70, 10, 12, 8][index] ?? 0,
);

/** Part of a farm's rigs that are built like its others. */
const farmLikeness = 0.65;
const mixedRigs = 0.06;
const lostGpus = 0.03;
const goneRigs = 0.06;
const unlistedRigs = 0.05;

/** Its multiples are spread evenly, however many there are. */
const goldenRatio = (Math.sqrt(5) - 1) / 2;

/** Step in which owners set prices: 0.01 credits. */
const priceStepMicro = 10_000;

/** Makes the wallets and gives each its rigs: a few large farms, many small ones. */
export function planRigs(setting: Setting): { wallets: Wallet[]; rigs: Rig[] } {
  const random = randomOf(setting, 'rigs');
  const wallets = Array.from({ length: setting.addresses }, (_, index): Wallet => {
    const accountId = `0x${random.hex(40)}`;
    const createdAtMs = Math.floor(random.between(setting.startMs, setting.endMs));
    const owner = index === 0 ? setting.owner : undefined;
    return { accountId, address: getAddress(accountId), ...owner, createdAtMs, rigs: [] };
  });
  const owners = new WeightedChoice(wallets, (_, rank) => 1 / (rank + 1) ** 0.8);
  const farms = new Map<Wallet, Farm>();
  const rigs = Array.from({ length: setting.workers }, (_, index) => {
    // Each address has a worker as long as there are enough.
    const wallet = wallets[index] ?? owners.pick(random);
    const farm = farms.get(wallet) ?? drawFarm(random);
    farms.set(wallet, farm);
    return drawRig(random, setting, index, wallet, farm);
  });
  for (const rig of rigs) {
    const { wallet } = rig;
    const isFirst = wallet.rigs.length === 0 || rig.registeredAtMs < wallet.createdAtMs;
    if (isFirst) wallet.createdAtMs = rig.registeredAtMs;
    wallet.rigs.push(rig);
  }
  return { wallets, rigs };
}

interface Farm {
  readonly model: GpuModel;
  readonly size: number;
}

function drawFarm(random: Random): Farm {
  return { model: models.pick(random), size: rigSizes.pick(random) };
}

/** The name of a worker; later histories in the same database have their number in it. */
export function workerIdOf({ batch }: Pick<Setting, 'batch'>, index: number): string {
  const number = String(index + 1).padStart(4, '0');
  return batch === 1 ? `rig-${number}` : `rig-${batch}-${number}`;
}

function drawRig(random: Random, setting: Setting, index: number, wallet: Wallet, farm: Farm): Rig {
  const { startMs, endMs } = setting;
  // Most have been there for long, some are new; numbers say nothing about age. The first one is there throughout.
  const place = ((index * goldenRatio) % 1) ** 1.7;
  const registeredAtMs = Math.floor(startMs + 60_000 + (endMs - startMs - 2 * hourMs) * place);
  const isGone = index > 0 && random.chance(goneRigs);
  const goneSinceMs = isGone
    ? Math.floor(Math.max(registeredAtMs + hourMs, endMs - random.exponential(2 * dayMs)))
    : undefined;
  const cards = drawCards(random, random.chance(farmLikeness) ? farm : drawFarm(random));
  const gpus = cards.map(({ name, memoryGb }, position): Gpu => ({
    index: position,
    name,
    memory_gb: memoryGb,
    bus_id: position + 1,
  }));
  const fullHashrate = cards.reduce((sum, { hashrate }) => sum + random.between(...hashrate), 0);
  const losesGpu = gpus.length > 1 && random.chance(lostGpus);
  const lostGpuSinceMs = losesGpu ? random.between(registeredAtMs, endMs) : Infinity;
  const price = suggestPrice(gpus) * random.logNormal(1, 0.12);
  const [minDurationSec, maxDurationSec] = durationLimits.pick(random);
  return {
    workerId: workerIdOf(setting, index),
    wallet,
    gpus,
    version: versions.pick(random),
    registeredAtMs,
    goneSinceMs: goneSinceMs !== undefined && goneSinceMs < endMs ? goneSinceMs : undefined,
    pricePerMinMicro: Math.max(1, Math.round(price / priceStepMicro)) * priceStepMicro,
    minDurationSec,
    maxDurationSec,
    listed: !random.chance(unlistedRigs),
    curve: new HashrateCurve(random, fullHashrate, gpus.length, lostGpuSinceMs),
    outagesPerDay: Math.min(6, random.logNormal(0.12, 1.1)),
  };
}

function drawCards(random: Random, { model, size }: Farm): GpuModel[] {
  const isMixed = size > 1 && random.chance(mixedRigs);
  const other = isMixed ? models.pick(random) : model;
  return Array.from({ length: size }, (_, position) => (position < size / 2 ? model : other));
}
