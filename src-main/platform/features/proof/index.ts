export { computeTag } from './argon2.ts';
export { DifficultyInForce } from './difficulty-in-force.ts';
export {
  classifyTag,
  examineProof,
  isProofKey,
  isSaltOf,
  isUnchecked,
  isXuniTime,
  proofMemoryLimitKib,
  refuseMemory,
  tagOf,
  type ProofClaim,
  type ProofResult,
  type ProofRules,
  type UncheckedProof,
} from './examine-proof.ts';
export { claimsToBeProof, formatProof, parseProof, toBase64, type ParsedProof } from './phc.ts';
export { ProofChecker, ProofNotTaken } from './proof-checker.ts';
export { explainProof, type ProofExplanation, type Receipt } from './explain-proof.ts';
export { hashKey, newProofKey, tryKey, type MinedProof, type MiningGoal } from './mine-proof.ts';
