/** What the honesty meter says of a worker, in one word. */
import { honestyLimits, type Honesty } from '../../../src-main/contract/domain/worker.ts';

export const honestyVerdicts = ['fits', 'tooFew', 'overClaims', 'notMeasured'] as const;
export type HonestyVerdict = (typeof honestyVerdicts)[number];

export function verdictOf({ flag, z_score, expected_blocks }: Honesty): HonestyVerdict {
  if (flag !== '') return 'overClaims';
  if (z_score === null) return 'notMeasured';
  return expected_blocks < honestyLimits.flagFromExpected ? 'tooFew' : 'fits';
}
