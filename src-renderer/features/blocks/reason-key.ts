/** Texts for the codes that explain a block's verdict. */
import { blockReasons, type BlockReason } from '../../../src-main/contract/domain/block.ts';
import type { TextKey } from '../../i18n/use-text.ts';

/** The text of a code; undefined for one that this dashboard does not know yet. */
export function reasonKey(reason: string): TextKey | undefined {
  if (reason === '') return 'blocks.reason.proven';
  return reason in blockReasons ? `blocks.reason.${reason as Exclude<BlockReason, ''>}` : undefined;
}
