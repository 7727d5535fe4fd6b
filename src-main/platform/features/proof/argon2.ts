import { hashRaw } from '@node-rs/argon2';
import { toBase64, type ParsedProof } from './phc.ts';

const tagBytes = 64;

/**
 * Argon2id of a key, version 0x13 (the library's defaults), on a thread of the pool: the tag that a true proof
 * has. The password is the ASCII text of the key, not the bytes that it stands for.
 */
export async function computeTag(
  key: string,
  { salt, memoryKib }: Pick<ParsedProof, 'salt' | 'memoryKib'>,
): Promise<string> {
  return toBase64(
    await hashRaw(key, { salt, memoryCost: memoryKib, timeCost: 1, parallelism: 1, outputLen: tagBytes }),
  );
}
