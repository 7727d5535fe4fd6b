export { checkLedger } from './ledger-check.ts';
export { LedgerBatch } from './ledger-batch.repository.ts';
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
  type LedgerEntry,
  type Posting,
} from './posting.ts';
