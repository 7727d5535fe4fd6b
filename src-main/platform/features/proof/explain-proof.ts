/** A proof checked step by step, so that anybody can see what is right and what is wrong with it. */
import { blockReasons, type BlockReason, type BlockType } from '../../../contract/domain/block.ts';
import {
  accountOfSalt,
  claimsToBeProof,
  classifyTag,
  isProofKey,
  isSaltOfAccount,
} from '../../../contract/domain/proof.ts';
import { computeTag } from './argon2.ts';
import { refuseMemory, type ProofClaim, type ProofRules } from './examine-proof.ts';
import { parseProof, type ParsedProof } from './phc.ts';

/** A claim of which parts may be unknown; what is unknown is not checked. */
export interface Receipt extends Pick<ProofClaim, 'key' | 'hash' | 'isLeased'> {
  /** Empty: whoever the salt says. */
  readonly account: string;
  /** What the key has to begin with; empty: anything. */
  readonly prefix: string;
  /** When it arrived; undefined: the window of xuni blocks is not checked. */
  readonly arrivedAtMs: number | undefined;
}

export interface ProofCheck {
  readonly check: 'form' | 'key' | 'memory' | 'marker' | 'account' | 'prefix' | 'hash';
  readonly outcome: 'ok' | 'wrong' | 'not_checked';
  /** Why it is wrong; empty otherwise. */
  readonly reason: BlockReason;
  readonly detail: string;
}

export interface ProofExplanation {
  readonly proven: boolean;
  /** Of the first thing that is wrong, or a remark on what is proven. */
  readonly reason: BlockReason;
  readonly type: BlockType | '';
  /** The account that the salt is; empty for a legacy salt. */
  readonly account: string;
  readonly checks: readonly ProofCheck[];
}

type Outcome = Omit<ProofCheck, 'check'>;

const ok = (detail: string): Outcome => ({ outcome: 'ok', reason: '', detail });
const notChecked = (detail: string): Outcome => ({ outcome: 'not_checked', reason: '', detail });
const wrong = (reason: BlockReason, detail: string = blockReasons[reason]): Outcome => ({
  outcome: 'wrong',
  reason,
  detail,
});

const noForm = notChecked('The hash can not be taken apart');

function checkKey(key: string): Outcome {
  return isProofKey(key) ? ok(`${key.length} hex digits`) : wrong('malformed_key');
}

function checkMemory({ memoryKib }: ParsedProof, rules: ProofRules): Outcome {
  const refusal = refuseMemory(memoryKib, rules);
  const bounds = `${memoryKib} KiB, allowed are ${rules.minMemoryKib} to ${rules.maxMemoryKib}`;
  return refusal ? wrong(refusal, bounds) : ok(bounds);
}

function checkMarker({ tag }: ParsedProof, kind: ReturnType<typeof classifyTag>, marker: string): Outcome {
  if (kind === 'no_marker') return wrong(kind, `neither ${marker} nor XUNI and a digit is in ${tag}`);
  if (kind === 'outside_xuni_window') return wrong(kind);
  return ok(`a ${kind} block`);
}

function checkAccount(proof: ParsedProof, { account, isLeased }: Receipt): Outcome {
  if (proof.hasLegacySalt) return isLeased ? wrong('legacy_salt') : ok(blockReasons.legacy_salt);
  if (account === '')
    return ok(`the salt is ${accountOfSalt(proof)}; no account was given to compare it with`);
  return isSaltOfAccount(proof, account)
    ? ok(`the salt is ${account}`)
    : wrong('wrong_account', `the salt is ${accountOfSalt(proof)}, not ${account}`);
}

function checkPrefix({ key, prefix }: Receipt): Outcome {
  if (prefix === '') return notChecked('no prefix was given');
  return key.toLowerCase().startsWith(prefix.toLowerCase())
    ? ok(`the key begins with ${prefix}`)
    : wrong('wrong_prefix', `the key does not begin with ${prefix}`);
}

async function checkHash(key: string, proof: ParsedProof): Promise<Outcome> {
  const tag = await computeTag(key, proof);
  return tag === proof.tag
    ? ok('Argon2id of the key gives the tag')
    : wrong('wrong_hash', `Argon2id of the key gives ${tag}`);
}

/** Makes every check, also after one that fails; a hash above the limit of memory is not computed. */
export async function explainProof(receipt: Receipt, rules: ProofRules): Promise<ProofExplanation> {
  const { key, hash, arrivedAtMs } = receipt;
  const proof = parseProof(hash);
  const window = { ...rules, hasXuniWindow: rules.hasXuniWindow && arrivedAtMs !== undefined };
  const kind = proof ? classifyTag(proof.tag, arrivedAtMs ?? 0, window) : 'no_marker';
  const isAffordable = proof !== undefined && proof.memoryKib <= rules.maxMemoryKib;
  const malformed = claimsToBeProof(hash) ? 'malformed_proof' : 'no_proof';
  const checks: ProofCheck[] = [
    { check: 'form', ...(proof ? ok('a PHC string of the right form') : wrong(malformed)) },
    { check: 'key', ...checkKey(key) },
    { check: 'memory', ...(proof ? checkMemory(proof, rules) : noForm) },
    { check: 'marker', ...(proof ? checkMarker(proof, kind, rules.marker) : noForm) },
    { check: 'account', ...(proof ? checkAccount(proof, receipt) : noForm) },
    { check: 'prefix', ...checkPrefix(receipt) },
    { check: 'hash', ...(isAffordable ? await checkHash(key, proof) : notChecked('it was not computed')) },
  ];
  const failure = checks.find(({ outcome }) => outcome === 'wrong');
  return {
    proven: failure === undefined,
    reason: failure?.reason ?? (proof?.hasLegacySalt ? 'legacy_salt' : ''),
    type: kind === 'no_marker' || kind === 'outside_xuni_window' ? '' : kind,
    account: proof ? accountOfSalt(proof) : '',
    checks,
  };
}
