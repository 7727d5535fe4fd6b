export { bookEntry, LedgerRefusal, maxBalanceMicro, readBalance } from './ledger.repository.ts';
export {
  depositPostings,
  holdPostings,
  settlementPostings,
  transferPostings,
  withdrawalPostings,
  type LedgerEntry,
  type Posting,
} from './posting.ts';
