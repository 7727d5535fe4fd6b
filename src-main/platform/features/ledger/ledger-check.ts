/**
 * Proves that the ledger is right: every sum, every balance, every lease, and that no row was edited afterwards.
 * It reads one snapshot in small portions and gives the event loop a turn after each.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LedgerCheckReport } from '../../../contract/domain/ledger.ts';
import { toCredits } from '../../../contract/domain/money.ts';
import { chainStart } from '../../kernel/hash-chain.ts';
import type { Snapshot } from '../../storage/snapshot.ts';
import { auditHash } from '../audit/index.ts';
import { EntryCheck } from './check-entries.ts';
import { LeaseCheck } from './check-leases.ts';
import { Findings } from './findings.ts';
import { LedgerCheckRepository } from './ledger-check.repository.ts';

/**
 * Checks everything in a snapshot; the caller closes it.
 *
 * @throws Error when the signal is aborted: the check ends soon, without a report
 */
export async function checkLedger({ db }: Snapshot, signal?: AbortSignal): Promise<LedgerCheckReport> {
  const turn = () => nextTurn(undefined, { signal });
  const repository = new LedgerCheckRepository(db);
  const findings = new Findings();
  const entryCheck = new EntryCheck(findings);
  const leaseCheck = new LeaseCheck(findings);
  for await (const { entries, strays } of repository.entries()) {
    for (const entry of entries) entryCheck.checkEntry(entry);
    for (const stray of strays) entryCheck.checkStray(stray);
    await turn();
  }
  for await (const leases of repository.leases()) {
    for (const lease of leases) leaseCheck.checkLease(lease);
    await turn();
  }
  for await (const settlements of repository.settlements()) {
    for (const { lease_id: leaseId, state } of settlements) leaseCheck.checkSettled(leaseId, state);
    await turn();
  }
  for await (const accounts of repository.accounts()) {
    for (const account of accounts) {
      entryCheck.checkAccount(account);
      leaseCheck.checkAccount(account);
    }
    await turn();
  }
  entryCheck.finish();
  const auditEntries = await checkAuditLog(repository, findings, turn);
  return {
    ok: findings.total === 0,
    checked: {
      transactions: entryCheck.transactions,
      postings: entryCheck.postings,
      accounts: entryCheck.accounts,
      leases: leaseCheck.leases,
      settlements: leaseCheck.settlements,
      audit_entries: auditEntries,
    },
    totals: {
      balances: toCredits(Number(entryCheck.balancesMicro)),
      held: toCredits(Number(entryCheck.heldMicro)),
      deposits: toCredits(Number(entryCheck.paidInMicro)),
      withdrawals: toCredits(Number(entryCheck.takenOutMicro)),
    },
    findings: findings.list,
    findings_total: findings.total,
  };
}

async function checkAuditLog(
  repository: LedgerCheckRepository,
  findings: Findings,
  turn: () => Promise<void>,
): Promise<number> {
  let previous = { id: 0, hash: chainStart };
  let count = 0;
  for await (const rows of repository.auditLog()) {
    for (const row of rows) {
      const where = `audit entry ${row.audit_id}`;
      count += 1;
      if (row.audit_id !== previous.id + 1)
        findings.add('audit_missing', `audit entry ${previous.id + 1}`, `is not there; ${where} follows`);
      if (row.previous_hash !== previous.hash)
        findings.add('audit_chain_broken', where, 'does not hold the hash of the entry before it');
      if (row.hash !== auditHash(row.previous_hash, row))
        findings.add('audit_changed', where, 'its hash does not fit what it says');
      previous = { id: row.audit_id, hash: row.hash };
    }
    await turn();
  }
  return count;
}
