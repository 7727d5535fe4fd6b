/** What a block report is worth before anyone hashes it again. */
import type { BlockVerdict } from '../../../contract/domain/block.ts';
import type { LeaseForBlock } from '../leases/index.ts';

/** A report as it arrived. */
export interface BlockReport {
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

export interface BlockAssessment {
  readonly verified: BlockVerdict;
  /** Code that explains the verdict. */
  readonly reason: string;
  readonly prefixValid: boolean;
}

/** A lease's block may still arrive this long after its end (verification.md). */
const lateBlockMs = 60_000;

/**
 * Checks a report against its lease (domain.md, Blocks). What passes is `unproven` with the reason
 * `not_checked`: recorded, but not verified.
 *
 * @param lease the lease that the report names; undefined when there is none
 */
export function assessBlock(report: BlockReport, lease: LeaseForBlock | undefined): BlockAssessment {
  if (report.leaseId === '') return { verified: 'unproven', reason: 'not_checked', prefixValid: true };
  const refusal = refuse(report, lease);
  const prefixValid = lease !== undefined && hasPrefix(report.key, lease.prefix);
  return refusal === undefined
    ? { verified: 'unproven', reason: 'not_checked', prefixValid }
    : { verified: 'rejected', reason: refusal, prefixValid };
}

function hasPrefix(key: string, prefix: string): boolean {
  return key.toLowerCase().startsWith(prefix.toLowerCase());
}

function refuse(report: BlockReport, lease: LeaseForBlock | undefined): string | undefined {
  if (!lease) return 'unknown_lease';
  if (lease.workerId !== report.workerId) return 'lease_of_another_worker';
  if (lease.endedAtMs !== null && report.reportedAtMs > lease.endedAtMs + lateBlockMs) return 'lease_ended';
  if (!hasPrefix(report.key, lease.prefix)) return 'wrong_prefix';
  return undefined;
}
