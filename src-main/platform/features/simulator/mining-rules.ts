/** What makes a block count where the simulated miners mine, and what that means for a CPU. */
import { blocksPerHash } from '../../../contract/domain/block-probability.ts';
import type { VerifyMode } from '../../../contract/config.ts';
import type { ProofMode } from '../../../contract/domain/simulator.ts';

export interface MiningRules {
  /** Text in the tag that makes a hash a block. */
  readonly marker: string;
  /** The difficulty in force: memory cost of a hash in KiB. */
  readonly difficultyKib: number;
  readonly verify: VerifyMode;
}

/** What to mine instead of what is demanded; what is absent is mined as demanded. */
export type MiningChoice = Readonly<
  Partial<Record<'marker', string | undefined> & Record<'difficultyKib', number | undefined>>
>;

export function choose(demanded: MiningRules, choice: MiningChoice = {}): MiningRules {
  return {
    ...demanded,
    marker: choice.marker ?? demanded.marker,
    difficultyKib: choice.difficultyKib ?? demanded.difficultyKib,
  };
}

/** Whether a platform that demands this takes a proof with this tag, computed with this memory. */
export function isEnough(demanded: MiningRules, tag: string, memoryKib: number): boolean {
  return memoryKib >= demanded.difficultyKib && tag.includes(demanded.marker);
}

/** Hashes that it takes to find the marker once, on average. */
export function hashesPerBlock(marker: string): number {
  const chance = blocksPerHash(marker);
  return chance > 0 ? 1 / chance : Number.POSITIVE_INFINITY;
}

export interface ProofOutlook {
  readonly mode: ProofMode;
  /** The same for people, with what to change. */
  readonly notice: string;
}

export interface ProofEffort {
  readonly rules: MiningRules;
  /** CPU time of one hash. */
  readonly hashMs: number;
  /** Cores that mining may use. */
  readonly budgetCores: number;
  readonly workers: number;
  /** Mean time between two blocks of one worker. */
  readonly blockIntervalMs: number;
}

/** How long one block takes when the whole budget works on it. */
export function blockMs({ rules, hashMs, budgetCores }: ProofEffort): number {
  return (hashesPerBlock(rules.marker) * hashMs) / budgetCores;
}

/** A block that takes longer is none for a CPU, however rare blocks are to be. */
const longestMiningMs = 60_000;

/** Whether the CPU mines a block in the time in which one worker is to find one. */
export function canMine(effort: ProofEffort): boolean {
  return blockMs(effort) <= Math.min(effort.blockIntervalMs, longestMiningMs);
}

/** What becomes of the proofs of a whole fleet. */
export function outlookOf(effort: ProofEffort): ProofOutlook {
  const { rules, workers, blockIntervalMs } = effort;
  const { marker, difficultyKib, verify } = rules;
  const what = `a block with the marker ${marker} at difficulty ${difficultyKib}`;
  const cost = `${what} takes about ${toCount(hashesPerBlock(marker))} hashes, ${toTime(blockMs(effort))} of mining here`;
  if (!canMine(effort)) {
    if (verify === 'off')
      return {
        mode: 'believed',
        notice: 'The platform believes blocks (--verify off): they carry no proofs.',
      };
    return {
      mode: 'unproven',
      notice:
        `Simulated blocks are unproven and do not count: ${cost}. Start the platform with ` +
        '--block-marker X1 --difficulty 8, and real proofs are mined, or with --verify off, and blocks are believed.',
    };
  }
  const wantedPerMin = (workers * 60_000) / blockIntervalMs;
  const possiblePerMin = 60_000 / blockMs(effort);
  if (wantedPerMin <= possiblePerMin)
    return { mode: 'proven', notice: `Simulated blocks carry real proofs: ${cost}.` };
  return {
    mode: 'slowed',
    notice:
      `Simulated blocks carry real proofs, but come at ${toCount(possiblePerMin)} a minute instead of ` +
      `${toCount(wantedPerMin)}: ${cost}. Fewer workers, a longer --block-interval or a lower difficulty make up for it.`,
  };
}

/** The outlook on what is mined, where the platform may demand something else. */
export function outlookBeside(
  demanded: MiningRules,
  mined: MiningRules,
  outlook: ProofOutlook,
): ProofOutlook {
  const isMined = outlook.mode === 'proven' || outlook.mode === 'slowed';
  if (!isMined || demanded.verify === 'off' || isEnough(demanded, mined.marker, mined.difficultyKib))
    return outlook;
  return {
    mode: 'unproven',
    notice:
      `Simulated blocks do not count: they are mined with the marker ${mined.marker} at difficulty ` +
      `${mined.difficultyKib}, but the platform demands ${demanded.marker} at ${demanded.difficultyKib} or more.`,
  };
}

function toCount(value: number): string {
  return Math.round(value).toLocaleString('en');
}

const units = [
  { unit: 'days', ms: 86_400_000 },
  { unit: 'hours', ms: 3_600_000 },
  { unit: 'minutes', ms: 60_000 },
  { unit: 's', ms: 1000 },
] as const;

function toTime(timeMs: number): string {
  const { unit, ms } = units.find((entry) => timeMs >= entry.ms) ?? { unit: 'ms', ms: 1 };
  return `${(timeMs / ms).toFixed(timeMs / ms < 10 ? 1 : 0)} ${unit}`;
}
