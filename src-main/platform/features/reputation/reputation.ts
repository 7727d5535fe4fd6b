/** The public score of a worker (domain.md, Reputation): a pure function of figures that are kept current. */
import type { Reputation } from '../../../contract/domain/worker.ts';

const weights = { block: 40, completion: 30, uptime: 20, age: 10 };
const maxBlocks = 100;
const maxDays = 90;
const secondsPerDay = 86_400;

/** Everything that the score depends on. */
export interface ReputationFigures {
  readonly workerId: string;
  readonly verifiedBlocks: number;
  readonly completedLeases: number;
  /** Ended leases, completed or cancelled. */
  readonly totalLeases: number;
  readonly onlineSec: number;
  readonly secSinceRegistration: number;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The four parts of the score and the figures behind them, not rounded. */
function computeParts({ verifiedBlocks, completedLeases, totalLeases, ...figures }: ReputationFigures) {
  const totalSec = Math.max(0, figures.secSinceRegistration);
  const uptime = totalSec > 0 ? Math.min(figures.onlineSec / totalSec, 1) : 0;
  const days = totalSec / secondsPerDay;
  return {
    totalSec,
    uptime,
    days,
    blockScore: weights.block * Math.min(verifiedBlocks / maxBlocks, 1),
    completionScore: weights.completion * (totalLeases > 0 ? completedLeases / totalLeases : 1),
    uptimeScore: weights.uptime * uptime,
    ageScore: weights.age * Math.min(days / maxDays, 1),
  };
}

/** Score 0 to 100, not rounded. */
export function computeScore(figures: ReputationFigures): number {
  const { blockScore, completionScore, uptimeScore, ageScore } = computeParts(figures);
  return blockScore + completionScore + uptimeScore + ageScore;
}

/** Score 0 to 100, stars 0 to 5, and the breakdown that lets anyone compute them again. */
export function computeReputation(figures: ReputationFigures): Reputation {
  const { verifiedBlocks, completedLeases, totalLeases, onlineSec } = figures;
  const { totalSec, uptime, days, ...scores } = computeParts(figures);
  const { blockScore, completionScore, uptimeScore, ageScore } = scores;
  const score = blockScore + completionScore + uptimeScore + ageScore;
  return {
    worker_id: figures.workerId,
    score: round(score),
    stars: round(score / 20),
    breakdown: {
      block_score: round(blockScore),
      block_detail: { verified_blocks: verifiedBlocks, max_blocks: maxBlocks, weight: weights.block },
      completion_score: round(completionScore),
      completion_detail: {
        completed_leases: completedLeases,
        total_leases: totalLeases,
        weight: weights.completion,
      },
      uptime_score: round(uptimeScore),
      uptime_detail: {
        online_seconds: Math.round(onlineSec),
        total_seconds: Math.round(totalSec),
        uptime_pct: round(uptime * 100),
        weight: weights.uptime,
      },
      age_score: round(ageScore),
      age_detail: { days: round(days), max_days: maxDays, weight: weights.age },
    },
  };
}
