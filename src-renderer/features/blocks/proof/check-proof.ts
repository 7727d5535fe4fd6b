/**
 * A block's proof of work, checked here again step by step (verification.md, The proof): nobody has to believe the
 * platform. The rules are the contract's; the one hash is computed by whoever calls.
 */
import type { BlockReason, BlockType } from '../../../../src-main/contract/domain/block.ts';
import {
  accountOfSalt,
  claimsToBeProof,
  classifyTag,
  isProofKey,
  isSaltOfAccount,
  proofMemoryLimitKib,
  splitProof,
  type ProofParts,
} from '../../../../src-main/contract/domain/proof.ts';

/** What is known of a block; what is not known is not compared. */
export interface ProofClaim {
  readonly key: string;
  /** The whole PHC string. */
  readonly hash: string;
  /** Account that the block is said to be mined for; empty when nobody says. */
  readonly account: string;
  /** What the key has to begin with; empty when it may begin with anything. */
  readonly prefix: string;
  /** Whether it was mined for a lease. */
  readonly isLeased: boolean;
  /** Text in the tag that makes it a block. */
  readonly marker: string;
}

export const checkNames = ['form', 'key', 'memory', 'account', 'marker', 'prefix', 'hash'] as const;
export type CheckName = (typeof checkNames)[number];

/** One step. `skipped`: something needed for it is missing, which its reason or values say. */
export interface ProofStep {
  readonly name: CheckName;
  readonly outcome: 'right' | 'wrong' | 'skipped';
  /** Why it is wrong, or a remark on what is right; empty otherwise. */
  readonly reason: BlockReason;
}

/** What Argon2id gave. */
export interface ComputedTag {
  /** 86 base64 characters. */
  readonly tag: string;
  /** Time that the hash alone took, in milliseconds. */
  readonly elapsedMs: number;
}

/** Computes Argon2id of a key: t = 1, p = 1, version 0x13, 64 bytes. */
export type ComputeTag = (
  key: string,
  proof: Pick<ProofParts, 'saltText' | 'memoryKib'>,
) => Promise<ComputedTag>;

export interface ProofReport {
  readonly steps: readonly ProofStep[];
  /** Whether everything that could be checked is right, and the hash was among it. */
  readonly isProven: boolean;
  /** The hash, taken apart; undefined when it is no proof. */
  readonly parts: ProofParts | undefined;
  /** Account that the salt says; empty for a legacy salt or without a proof. */
  readonly saltAccount: string;
  readonly type: BlockType | '';
  /** Undefined when it was not computed. */
  readonly computed: ComputedTag | undefined;
}

type Outcome = Omit<ProofStep, 'name'>;

const right = (reason: BlockReason = ''): Outcome => ({ outcome: 'right', reason });
const wrong = (reason: BlockReason): Outcome => ({ outcome: 'wrong', reason });
const skipped: Outcome = { outcome: 'skipped', reason: '' };

function checkAccount(parts: ProofParts, { account, isLeased }: ProofClaim): Outcome {
  if (parts.hasLegacySalt) return isLeased ? wrong('legacy_salt') : right('legacy_salt');
  if (account === '') return skipped;
  return isSaltOfAccount(parts, account) ? right() : wrong('wrong_account');
}

function checkPrefix({ key, prefix }: ProofClaim): Outcome {
  if (prefix === '') return skipped;
  return key.toLowerCase().startsWith(prefix.toLowerCase()) ? right() : wrong('wrong_prefix');
}

/** The kind of block; empty for none. When it arrived is not asked: the platform's clock decides on that alone. */
function kindOf({ tag }: ProofParts, marker: string): BlockType | '' {
  const kind = classifyTag(tag, 0, { marker, hasXuniWindow: false });
  return kind === 'no_marker' || kind === 'outside_xuni_window' ? '' : kind;
}

/**
 * Makes every check, also after one that fails; the hash last. A memory cost above 1 GiB is not computed.
 *
 * @throws what `computeTag` throws: the browser could not hash
 */
export async function checkProof(claim: ProofClaim, computeTag: ComputeTag): Promise<ProofReport> {
  const { key, hash, marker } = claim;
  const parts = splitProof(hash);
  const type = parts ? kindOf(parts, marker) : '';
  const isAffordable = parts !== undefined && parts.memoryKib <= proofMemoryLimitKib;
  const canHash = isAffordable && isProofKey(key);
  const computed = canHash ? await computeTag(key, parts) : undefined;
  const outcomes: Record<CheckName, Outcome> = {
    form: parts ? right() : wrong(claimsToBeProof(hash) ? 'malformed_proof' : 'no_proof'),
    key: isProofKey(key) ? right() : wrong('malformed_key'),
    memory: !parts ? skipped : isAffordable ? right() : wrong('memory_above_limit'),
    account: parts ? checkAccount(parts, claim) : skipped,
    marker: !parts ? skipped : type === '' ? wrong('no_marker') : right(),
    prefix: checkPrefix(claim),
    hash: !parts || !computed ? skipped : computed.tag === parts.tag ? right() : wrong('wrong_hash'),
  };
  const steps = checkNames.map((name) => ({ name, ...outcomes[name] }));
  return {
    steps,
    isProven: computed !== undefined && steps.every(({ outcome }) => outcome !== 'wrong'),
    parts,
    saltAccount: parts ? accountOfSalt(parts) : '',
    type,
    computed,
  };
}

/** A tag split around what makes it a block: plain texts and marked ones, in their order. */
export function markTag(
  tag: string,
  marker: string,
): readonly { readonly text: string; readonly isMarker: boolean }[] {
  const escaped = marker.replace(/[+/]/g, String.raw`\$&`);
  const pattern = new RegExp(marker === '' ? '(XUNI[0-9])' : `(${escaped}|XUNI[0-9])`);
  return tag
    .split(pattern)
    .map((text, index) => ({ text, isMarker: index % 2 === 1 }))
    .filter(({ text }) => text !== '');
}
