/**
 * What a restore must not turn back, because it happened outside of the database: miners that registered since go on
 * without registering again, leases that ended since are over, keys and sessions that were ended since stay ended.
 */
import { operatorAccountId } from '../../../contract/domain/account.ts';
import type { LeaseEndReason } from '../../../contract/domain/lease.ts';
import { messageOf } from '../../kernel/app-error.ts';
import type { Logger } from '../../kernel/logger.ts';
import { openSnapshotOfFile } from '../../storage/snapshot.ts';
import { Storage, type StorageAccess } from '../../storage/storage.ts';
import { EndedSessionRepository, KeyRepository, operatorKeyLabel } from '../auth/index.ts';
import { CredentialRepository } from '../credentials/index.ts';
import { FleetRepository } from '../fleet/index.ts';
import { LeaseRepository } from '../leases/index.ts';
import { SessionRepository } from '../sessions/index.ts';
import { StateRepository } from '../worker-states/index.ts';

export interface CarryOver {
  /** The database until now; nobody has it open. */
  readonly presentPath: string;
  /** The one that takes its place. */
  readonly restoredPath: string;
  readonly nowMs: number;
  readonly logger: Logger;
}

/**
 * Takes it over from the present database. What can't be read there is no reason to keep the restore from being done.
 *
 * @returns what was taken over, in words
 */
export async function carryOver({ presentPath, restoredPath, nowMs, logger }: CarryOver): Promise<string> {
  const restored = new Storage({ path: restoredPath, logger, keepsOlder: false });
  try {
    const present = openSnapshotOfFile(presentPath);
    try {
      await restored.start();
      return await carryAll({ read: present.db, write: refuseWrite }, restored, nowMs);
    } finally {
      present.close();
    }
  } catch (error) {
    return `nothing could be taken over from the database before: ${messageOf(error)}`;
  } finally {
    await restored.stop();
  }
}

function refuseWrite(): Promise<never> {
  return Promise.reject(new Error('the database before is only read'));
}

async function carryAll(present: StorageAccess, restored: StorageAccess, nowMs: number): Promise<string> {
  const states = new StateRepository(restored);
  // What workers did since the backup is not known there.
  await states.endObserving(await states.lastSignMs());
  const workers = await new FleetRepository(present).loadWorkers();
  await new FleetRepository(restored).takeOver(workers);
  const credentials = await new CredentialRepository(present).all();
  for (const row of credentials) await new CredentialRepository(restored).save(row);
  const ended = await carryLeases(present, restored, nowMs);
  const revoked = await carryKeys(present, restored);
  const sessions = await new EndedSessionRepository(present).all();
  await new EndedSessionRepository(restored).addAll(sessions, nowMs);
  return (
    `taken over from before: ${workers.length} registrations, ${ended} ends of leases, ` +
    `${revoked} ends of keys, ${credentials.length} credentials of workers`
  );
}

/** Settles leases as they ended, by what was observed of their workers. Returns how many. */
async function carryLeases(present: StorageAccess, restored: StorageAccess, nowMs: number): Promise<number> {
  const before = new LeaseRepository(present);
  const leases = new LeaseRepository(restored);
  const active = await leases.loadActive();
  const sinceMs = active.reduce((earliest, row) => Math.min(earliest, row.created_at_ms), nowMs);
  await new SessionRepository(restored).takeOver(await new SessionRepository(present).since(sinceMs));
  let count = 0;
  for (const { lease_id: leaseId, mining_since_ms: miningSinceMs } of active) {
    const row = await before.find(leaseId);
    if (!row) continue;
    const hashrates = { hashrateSum: row.hashrate_sum, hashrateSamples: row.hashrate_samples };
    if (row.state === 'active' || row.ended_at_ms === null) {
      if (miningSinceMs === null && row.mining_since_ms !== null)
        await leases.saveMiningSince(leaseId, row.mining_since_ms);
      await leases.saveHashrates([{ leaseId, ...hashrates }]);
      continue;
    }
    const settlement = await before.settlementOf(leaseId);
    await leases.end({
      leaseId,
      endedAtMs: row.ended_at_ms,
      state: row.state,
      reason: row.end_reason as LeaseEndReason,
      unpaidSinceMs: settlement?.unpaid_since_ms ?? undefined,
      actor: 'system',
      atMs: nowMs,
      ...hashrates,
    });
    count += 1;
  }
  return count;
}

/** The operator's key lies in a file beside the database and stays what it is. */
async function carryKeys(present: StorageAccess, restored: StorageAccess): Promise<number> {
  const before = new KeyRepository(present);
  const keys = new KeyRepository(restored);
  const isOperators = ({
    label,
    revoked_at_ms: revokedAtMs,
  }: {
    label: string;
    revoked_at_ms: number | null;
  }) => label === operatorKeyLabel && revokedAtMs === null;
  const operatorKey = (await before.ofAccount(operatorAccountId)).find(isOperators);
  const restoredKey = (await keys.ofAccount(operatorAccountId)).find(isOperators);
  if (operatorKey && operatorKey.key_id !== restoredKey?.key_id)
    await keys.add(operatorKey, Number.POSITIVE_INFINITY, operatorKeyLabel);
  return keys.revokeAll(await before.revocations());
}
