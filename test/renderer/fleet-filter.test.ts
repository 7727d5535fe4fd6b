import { describe, expect, test } from 'vitest';
import type { FeedWorker } from '../../src-main/contract/domain/worker.ts';
import {
  countFacets,
  fleetTest,
  noFilters,
  totalsOf,
  type FleetFilters,
} from '../../src-renderer/features/fleet/fleet-filter.ts';
import { hashratePerGpu, uptimeShare } from '../../src-renderer/features/fleet/fleet-worker.ts';
import { verdictOf } from '../../src-renderer/features/honesty/verdict.ts';

const nowSec = 1_800_000_000;
const ownerA = '0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266';
const honest = { claimed_hashes: 0, expected_blocks: 0, proven_blocks: 0, z_score: null, flag: '' as const };

function worker(worker_id: string, gpus: readonly string[], fields: Partial<FeedWorker> = {}): FeedWorker {
  return {
    worker_id,
    eth_address: ownerA,
    state: 'AVAILABLE',
    online: true,
    last_heartbeat: nowSec - 5,
    hashrate: 1000,
    gpu_count: gpus.length,
    active_gpus: gpus.length,
    gpus: gpus.map((name, index) => ({ index, name, memory_gb: 24, bus_id: index })),
    version: '2.0',
    honesty: honest,
    ...fields,
  } as FeedWorker;
}

const rtx = 'NVIDIA GeForce RTX 4090';
const fleet = [
  worker('rig-1', [rtx, rtx]),
  worker('rig-2', [rtx, 'NVIDIA L40S'], { state: 'MINING', version: '' }),
  worker('rig-3', ['NVIDIA L40S'], { online: false, eth_address: '' }),
  worker('rig-4', [], { state: 'ERROR', honesty: { ...honest, flag: 'over_claims' } }),
];
const shown = (filters: Partial<FleetFilters>) =>
  fleet.filter(fleetTest({ ...noFilters, ...filters }, nowSec)).map(({ worker_id }) => worker_id);

describe('the fleet is filtered', () => {
  test('by a part of the id, the address or a GPU, in any case', () => {
    expect(shown({ q: 'RIG-2' })).toEqual(['rig-2']);
    expect(shown({ q: 'l40s' })).toEqual(['rig-2', 'rig-3']);
    expect(shown({ q: ownerA.slice(2, 12).toUpperCase() })).toEqual(['rig-1', 'rig-2', 'rig-4']);
    expect(shown({ q: 'nothing' })).toEqual([]);
  });

  test('by one or several values of a facet, by all facets at once', () => {
    expect(shown({})).toHaveLength(4);
    expect(shown({ state: ['available', 'error'] })).toEqual(['rig-1', 'rig-4']);
    expect(shown({ gpu: ['RTX 4090'] })).toEqual(['rig-1', 'rig-2']);
    expect(shown({ gpu: ['RTX 4090'], state: ['leased'] })).toEqual(['rig-2']);
    expect(shown({ online: false })).toEqual(['rig-3']);
    expect(shown({ online: true })).toEqual(['rig-1', 'rig-2', 'rig-4']);
    expect(shown({ flagged: true })).toEqual(['rig-4']);
    expect(shown({ owner: [ownerA.toLowerCase()] })).toHaveLength(3);
    expect(shown({ owner: ['none'] })).toEqual(['rig-3']);
    expect(shown({ version: ['none'] })).toEqual(['rig-2']);
  });

  test('and each option says how many there would be with it, whatever else of its facet is chosen', () => {
    const counts = countFacets(fleet, { ...noFilters, gpu: ['RTX 4090'], state: ['available'] }, nowSec);
    expect(Object.fromEntries(counts.state)).toEqual({ available: 1, leased: 1 });
    expect(Object.fromEntries(counts.gpu)).toEqual({ 'RTX 4090': 1 });
    expect(Object.fromEntries(counts.version)).toEqual({ '2.0': 1 });
    const all = countFacets(fleet, noFilters, nowSec);
    expect(Object.fromEntries(all.gpu)).toEqual({ 'RTX 4090': 2, L40S: 2 });
    expect(Object.fromEntries(all.online)).toEqual({ '1': 3, '0': 1 });
    expect(Object.fromEntries(all.flagged)).toEqual({ '1': 1 });
  });
});

test('totals count what is shown; hashrate and working GPUs of those online', () => {
  expect(totalsOf(fleet, nowSec)).toEqual({ workers: 4, online: 3, hashrate: 3000, gpus: 5, activeGpus: 4 });
});

describe('a worker', () => {
  test('is compared by one of its GPUs, when all are of one model and at work', () => {
    expect(hashratePerGpu(fleet[0]!)).toEqual({ model: 'RTX 4090', hashrate: 500 });
    expect(hashratePerGpu(fleet[1]!)).toBeUndefined();
    expect(hashratePerGpu(worker('idle', [rtx], { active_gpus: 0 }))).toBeUndefined();
  });

  test('has an uptime with the time since the platform told its total; none while it is new', () => {
    const hours = { registered_at: nowSec - 1000, last_online_at: nowSec - 105, total_online_sec: 400 };
    expect(uptimeShare(worker('old', [], hours), nowSec)).toBeCloseTo(0.5);
    expect(uptimeShare(worker('away', [], { ...hours, online: false }), nowSec)).toBeCloseTo(0.4);
    expect(uptimeShare(worker('new', [], { ...hours, registered_at: nowSec - 30 }), nowSec)).toBeUndefined();
  });

  test('is judged only when enough blocks were to be expected', () => {
    expect(verdictOf(honest)).toBe('notMeasured');
    expect(verdictOf({ ...honest, z_score: -4, expected_blocks: 5 })).toBe('tooFew');
    expect(verdictOf({ ...honest, z_score: -1, expected_blocks: 50 })).toBe('fits');
    expect(verdictOf({ ...honest, z_score: -4, expected_blocks: 50, flag: 'over_claims' })).toBe(
      'overClaims',
    );
  });
});
