/** How much history is made, and of which time. */
import { Random } from '../../kernel/random.ts';

export interface TestDataSize {
  readonly workers: number;
  readonly blocks: number;
  readonly leases: number;
  /** Wallets to which the workers belong. */
  readonly addresses: number;
  readonly days: number;
}

/** An address of somebody who wants to see the history as a wallet of it. */
export interface Owner {
  /** EIP-55 form. */
  readonly address: string;
  readonly accountId: string;
  /** Whether the account is there already. */
  readonly isKnown: boolean;
}

/** The setting of one history: with the same one it is the same to the last row. */
export interface Setting extends TestDataSize {
  readonly seed: number;
  /** Which history in this database it is, from 1: names and numbers of later ones differ. */
  readonly batch: number;
  /** Whose wallet has the largest farm; undefined: nobody's that is known. */
  readonly owner: Owner | undefined;
  readonly startMs: number;
  readonly endMs: number;
}

export const defaultTestDataSize: TestDataSize = {
  workers: 1000,
  blocks: 50_000,
  leases: 5000,
  addresses: 100,
  days: 30,
};

const dayMs = 86_400_000;

/** Leases that a worker has room for on each day, even when many registered late. */
export const maxLeasesPerWorkerDay = 24;

/** Most of each; what is more than enough for any test still fits into memory. */
export const testDataLimits: TestDataSize = {
  workers: 20_000,
  blocks: 1_000_000,
  leases: 500_000,
  addresses: 50_000,
  days: 365,
};

/** The most leases that fit into a history. */
export function maxLeasesOf({ workers, days }: Pick<TestDataSize, 'workers' | 'days'>): number {
  return Math.min(testDataLimits.leases, workers * days * maxLeasesPerWorkerDay);
}

export function settingOf(
  order: Pick<Setting, 'seed' | 'endMs' | 'owner'> & { readonly size: TestDataSize },
  batch: number,
): Setting {
  const { size, seed, endMs, owner } = order;
  return { ...size, seed, batch, owner, startMs: endMs - size.days * dayMs, endMs };
}

/** The chances of one part of a history: more blocks must not change the workers. */
export function randomOf({ seed, batch }: Pick<Setting, 'seed' | 'batch'>, part: string): Random {
  return new Random(seed, `test data ${batch}, ${part}`);
}
