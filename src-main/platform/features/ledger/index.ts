export { checkLedger } from './ledger-check.ts';
export { LedgerBatch } from './ledger-batch.repository.ts';
export { linkEntry, type BookedPosting, type ChainTip } from './ledger-entry.ts';
export { LedgerListRepository } from './ledger-list.repository.ts';
export { mountLedger } from './ledger.routes.ts';
export { Ledger } from './ledger.service.ts';
export { bookEntry, maxBalanceMicro, readBalance } from './ledger.repository.ts';
export {
  depositPostings,
  holdPostings,
  settlementPostings,
  transferPostings,
  withdrawalPostings,
  type Bucket,
  type LedgerEntry,
  type Posting,
  type PostingKind,
} from './posting.ts';
