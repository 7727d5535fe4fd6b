/** Blocks as a platform records them that believes what its miners report (`--verify off`): nobody mined them. */
import type { Random } from '../../kernel/random.ts';
import type { BlockRow, LeaseRow } from '../../storage/schema.ts';
import { assessBlock } from '../blocks/index.ts';
import { formatProof, toBase64 } from '../proof/index.ts';
import { defaultBlockMarker } from '../../../contract/domain/block-probability.ts';
import { classifyTag, isXuniTime } from '../../../contract/domain/proof.ts';
import type { PlannedBlock } from './block-plan.ts';
import type { Setting } from './test-data-size.ts';

const rules = { marker: defaultBlockMarker, hasXuniWindow: true };

const tagBytes = 64;
const keyDigits = 64;

/** Of the blocks that are found around the full hour, this part is xuni blocks. */
const xuniShare = 0.35;

/** Hashes for one block, on average. */
const meanAttempts = 13_100_000;

/** The network's difficulty in KiB rises slowly. */
export function difficultyAt({ startMs, endMs }: Pick<Setting, 'startMs' | 'endMs'>, timeMs: number): number {
  const progress = (timeMs - startMs) / (endMs - startMs);
  return 86_000 + 400 * Math.floor(progress * 20);
}

/** A tag of the right form with a marker at some place. */
function drawTag(random: Random, foundAtMs: number): string {
  const isXuni = isXuniTime(foundAtMs) && random.chance(xuniShare);
  const marker = isXuni ? `XUNI${random.integer(0, 9)}` : rules.marker;
  const tag = toBase64(random.bytes(tagBytes));
  // The last letter stands for two bits only.
  const place = random.integer(0, tag.length - marker.length - 1);
  return tag.slice(0, place) + marker + tag.slice(place + marker.length);
}

/** @param lease as it is at the end; undefined for a self-mined block */
export function toBlockRow(
  random: Random,
  setting: Setting,
  { calendar: { rig }, foundAtMs }: PlannedBlock,
  lease: LeaseRow | undefined,
): Omit<BlockRow, 'block_id'> {
  const account = lease?.consumer_address ?? rig.wallet.address;
  const prefix = lease?.prefix ?? '';
  const tag = drawTag(random, foundAtMs);
  const salt = Buffer.from(account.slice(2), 'hex');
  const kind = classifyTag(tag, foundAtMs, rules);
  const report = {
    workerId: rig.workerId,
    leaseId: lease?.lease_id ?? '',
    hash: formatProof(difficultyAt(setting, foundAtMs), salt, tag),
    key: prefix + random.hex(keyDigits - prefix.length),
    account,
    attempts: Math.ceil(random.exponential(meanAttempts)),
    hashrate: rig.curve.at(foundAtMs).toFixed(2),
    reportedAtMs: foundAtMs,
    proof: {
      verdict: 'unproven',
      reason: 'not_checked',
      type: kind === 'no_marker' || kind === 'outside_xuni_window' ? '' : kind,
    },
  } as const;
  const assessment = assessBlock(report, lease && toLeaseForBlock(lease), 'off');
  return {
    worker_id: report.workerId,
    lease_id: report.leaseId,
    hash: report.hash,
    key: report.key,
    account,
    attempts: report.attempts,
    hashrate: report.hashrate,
    prefix_valid: assessment.prefixValid ? 1 : 0,
    chain_verified: 0,
    chain_block_id: null,
    verified: assessment.verified,
    reason: assessment.reason,
    reported_at_ms: foundAtMs,
    type: assessment.type,
    counted: assessment.counted ? 1 : 0,
  };
}

function toLeaseForBlock(lease: LeaseRow) {
  return {
    workerId: lease.worker_id,
    consumerAddress: lease.consumer_address,
    prefix: lease.prefix,
    state: lease.state,
    createdAtMs: lease.created_at_ms,
    endedAtMs: lease.ended_at_ms,
  };
}
