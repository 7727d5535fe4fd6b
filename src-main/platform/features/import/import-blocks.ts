/** Blocks of the earlier platform: it computed no proofs, but what it counted goes on to count. */
import type { BlockReason, BlockVerdict } from '../../../contract/domain/block.ts';
import type { ImportedWorkers } from './imported-workers.ts';
import type { ImportContext } from './import-context.ts';
import { count, show, SourceRow, type SourceValues } from './source-row.ts';

interface Verdict {
  readonly verified: BlockVerdict;
  readonly reason: BlockReason;
  readonly counted: 0 | 1;
}

/** Counting goes on from the last one. */
const maxBlockId = 2 ** 48;

/** No chain of the earlier platform had so many blocks, and no clock of it said less. */
const firstPossibleSec = 1_000_000_000;

/** @param rows `EarlierDatabase.blocks` */
export function loadBlocks(
  context: ImportContext,
  workers: ImportedWorkers,
  rows: Iterable<SourceValues>,
): void {
  const { findings, nowMs, pace, tally, leaveOver } = context;
  for (const given of rows) {
    const where = `block ${show(given['id'])}`;
    pace.row(where);
    const values = isShuffled(given) ? inOrder(given) : given;
    if (values !== given) findings.add('columns_shuffled', where, '');
    const row = new SourceRow(values, where, findings, nowMs);
    if (row.rowid < 1 || row.rowid > maxBlockId)
      leaveOver('blocks', row, 'row_unusable', 'its number is none');
    else if (takeBlock(context, workers, row)) tally('blocks').imported += 1;
    else leaveOver('blocks', row, 'block_repeated', show(values['key']));
  }
}

function takeBlock(context: ImportContext, workers: ImportedWorkers, row: SourceRow): boolean {
  const { target, findings } = context;
  const atMs = row.timeMs('created_at', 0);
  const worker = workers.require(row.text('worker_id'), atMs);
  const isConfirmed = row.flag('chain_verified', 0) === 1;
  if (isConfirmed) worker.confirmedBlocks += 1;
  const verdict = assess(row);
  const chainBlockId = row.values['chain_block_id'];
  const insert = ({ verified, reason, counted }: Verdict) =>
    target.insert('blocks', {
      block_id: row.rowid,
      worker_id: worker.workerId,
      lease_id: row.text('lease_id'),
      hash: row.text('block_hash'),
      key: row.text('key'),
      account: row.text('account'),
      attempts: row.whole('attempts', count),
      hashrate: row.text('hashrate'),
      prefix_valid: row.flag('prefix_valid', 1),
      chain_verified: isConfirmed ? 1 : 0,
      chain_block_id: Number.isSafeInteger(chainBlockId) ? (chainBlockId as number) : null,
      verified,
      reason,
      reported_at_ms: atMs,
      type: '',
      counted,
    });
  if (insert(verdict)) {
    if (verdict.counted === 1 && row.text('lease_id') === '') worker.countedSelfBlocks += 1;
    if (verdict.counted === 0) reportUncounted(context, row, verdict.reason);
    return true;
  }
  if (verdict.counted === 0) return false;
  if (!insert({ verified: 'rejected', reason: 'duplicate_key', counted: 0 })) return false;
  findings.add('block_doubled', row.where, show(row.values['key']));
  return true;
}

/** What the earlier platform counted: self-mined blocks, and those of leases with the prefix that its chain had. */
function assess(row: SourceRow): Verdict {
  const unproven = (counted: 0 | 1): Verdict => ({ verified: 'unproven', reason: 'imported', counted });
  if (row.text('lease_id') === '') return unproven(1);
  if (row.flag('has_lease', 0) === 0) return { verified: 'rejected', reason: 'unknown_lease', counted: 0 };
  if (row.flag('prefix_valid', 1) === 0) return { verified: 'rejected', reason: 'wrong_prefix', counted: 0 };
  // Schema version 1 knew no chain.
  return unproven(row.flag('chain_verified', 1));
}

function reportUncounted({ findings }: ImportContext, row: SourceRow, reason: BlockReason): void {
  const codes = { unknown_lease: 'block_unknown_lease', wrong_prefix: 'block_wrong_prefix' } as const;
  const code = reason === 'unknown_lease' || reason === 'wrong_prefix' ? codes[reason] : 'block_unconfirmed';
  findings.add(code, row.where, reason === 'unknown_lease' ? show(row.values['lease_id']) : '');
}

/**
 * One upgrade of the earlier platform (to schema version 6) copied columns in another order: the time of a block then
 * stands where its confirmation belongs, that where the number of its chain's block belongs, and that as the time.
 */
function isShuffled({ chain_verified: verified, created_at: createdAt }: SourceValues): boolean {
  return (
    typeof verified === 'number' &&
    verified > firstPossibleSec &&
    typeof createdAt === 'number' &&
    createdAt < firstPossibleSec
  );
}

function inOrder(values: SourceValues): SourceValues {
  return {
    ...values,
    created_at: values['chain_verified'],
    chain_verified: values['chain_block_id'],
    chain_block_id: values['created_at'],
  };
}
