export { computeTag } from './argon2.ts';
export { DifficultyInForce } from './difficulty-in-force.ts';
export {
  examineProof,
  isUnchecked,
  refuseMemory,
  type ProofClaim,
  type ProofResult,
  type ProofRules,
  type UncheckedProof,
} from './examine-proof.ts';
export { formatProof, parseProof, toBase64, type ParsedProof } from './phc.ts';
export { ProofChecker, ProofNotTaken } from './proof-checker.ts';
export { explainProof, type ProofExplanation, type Receipt } from './explain-proof.ts';
export { hashKey, newProofKey, tryKey, type MinedProof, type MiningGoal } from './mine-proof.ts';
