/** How many blocks hashes are worth (verification.md, The proof). */

/** The tag of a hash: base64 text of this length. */
const tagLength = 86;

/** What makes a hash a block unless `--block-marker` says otherwise. */
export const defaultBlockMarker = 'XEN11';

/**
 * Blocks that one hash is worth: the marker may stand at each place of the tag. 82/64^5, one in 13.1 million, for
 * `XEN11`.
 *
 * @param marker base64 letters; empty for the default one
 */
export function blocksPerHash(marker: string): number {
  const { length } = marker === '' ? defaultBlockMarker : marker;
  return Math.max(0, tagLength - length + 1) / 64 ** length;
}
