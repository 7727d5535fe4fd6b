/** Blocks, and proofs of work. */
import { blockReasons } from '../../../src-main/contract/domain/block.ts';

const { '': proven, ...others } = blockReasons;

export const blocks = {
  /** By the code of the contract; `proven` for the empty one. */
  reason: { proven, ...others },
  kind: { normal: 'Normal', super: 'Super', xuni: 'Xuni' },
  kindMeaning: {
    normal: 'The tag holds the marker',
    super: 'The tag holds the marker and 50 or more capitals',
    xuni: 'The tag holds XUNI and a digit',
  },
} as const;
