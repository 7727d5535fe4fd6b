import type { Block } from '../../../contract/domain/block.ts';

/** Facts about blocks. */
export interface BlockEvents {
  /** A block was reported and recorded; a repeated report is not announced again. */
  'block.recorded': { block: Block };
}
