/** What a block report is worth, from its proof and its lease: pure rules (domain.md, Blocks). */
import type { BlockReason, BlockType, BlockVerdict } from '../../../contract/domain/block.ts';
import type { VerifyMode } from '../../../contract/config.ts';
import type { LeaseForBlock } from '../leases/index.ts';
import type { ProofResult } from '../proof/index.ts';

/** A report as it arrived. */
export interface BlockClaim {
  readonly workerId: string;
  /** Empty for a self-mined block. */
  readonly leaseId: string;
  readonly hash: string;
  readonly key: string;
  readonly account: string;
  readonly attempts: number;
  readonly hashrate: string;
  readonly reportedAtMs: number;
}

/** A report whose proof was looked at. */
export interface BlockReport extends BlockClaim {
  readonly proof: ProofResult;
}

export interface BlockAssessment {
  readonly verified: BlockVerdict;
  readonly reason: BlockReason;
  readonly type: BlockType | '';
  readonly prefixValid: boolean;
  /** It counts for its worker and its lease, unless its key counts already. */
  readonly counted: boolean;
}

/** A lease's block may still arrive this long after its end (verification.md). */
const lateBlockMs = 60_000;

/** Whether something with this proof can count at all. */
export function mayCount({ verdict }: ProofResult, verify: VerifyMode): boolean {
  return verify === 'pow' ? verdict === 'proven' : verdict !== 'rejected';
}

/**
 * The verdict on a report. What is wrong with its lease weighs more than what its proof shows.
 *
 * @param lease the lease that the report names; undefined when there is none
 */
export function assessBlock(
  report: BlockReport,
  lease: LeaseForBlock | undefined,
  verify: VerifyMode,
): BlockAssessment {
  const { proof, leaseId, key } = report;
  const prefixValid = leaseId === '' || (lease !== undefined && hasPrefix(key, lease.prefix));
  const refusal = refuseLease(report, lease, verify);
  return refusal === undefined
    ? {
        verified: proof.verdict,
        reason: proof.reason,
        type: proof.type,
        prefixValid,
        counted: mayCount(proof, verify),
      }
    : { verified: 'rejected', reason: refusal, type: proof.type, prefixValid, counted: false };
}

/** Why a report does not fit the lease that it names; undefined when it fits, or names none. */
export function refuseLease(
  claim: BlockClaim,
  lease: LeaseForBlock | undefined,
  verify: VerifyMode,
): BlockReason | undefined {
  if (claim.leaseId === '') return undefined;
  if (!lease) return 'unknown_lease';
  if (lease.workerId !== claim.workerId) return 'lease_of_another_worker';
  if (lease.endedAtMs !== null && claim.reportedAtMs > lease.endedAtMs + lateBlockMs) return 'lease_ended';
  if (!hasPrefix(claim.key, lease.prefix)) return 'wrong_prefix';
  // Old simulators, for which proofs are turned off, name any account.
  const isConsumers = claim.account.toLowerCase() === lease.consumerAddress.toLowerCase();
  if (verify === 'pow' && lease.consumerAddress !== '' && !isConsumers) return 'not_consumer_account';
  return undefined;
}

function hasPrefix(key: string, prefix: string): boolean {
  return key.toLowerCase().startsWith(prefix.toLowerCase());
}
