export { bookEntry, LedgerRefusal, readBalance } from './ledger.repository.ts';
export {
  depositPostings,
  holdPostings,
  settlementPostings,
  transferPostings,
  treasuryAccountId,
  withdrawalPostings,
  type LedgerEntry,
  type Posting,
} from './posting.ts';
