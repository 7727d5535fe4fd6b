/** The overview. */
export const overview = {
  tile: {
    hashrate: 'Hashrate',
    online: 'Workers online',
    blocks: 'Blocks, last hour',
    leases: 'Active leases',
    revenue: 'Revenue today',
  },
  thanYesterday: 'against the same time yesterday',
  ofTotal: 'of {total}',
  gpus: '{active} of {total} GPUs mine',
  expected: '{n} expected',
  chart: 'Hashrate of the fleet',
  range: 'Time shown',
  hours: '{n} h',
  network: 'Difficulty {difficulty} · {blocks} blocks in all',
  believed: '· blocks are believed, not proven (--verify off)',
  attention: {
    title: 'Needs attention',
    none: 'All is well.',
    error: 'no errors | 1 worker reports an error | {n} workers report an error',
    gpu_lost:
      'no GPU lost | 1 worker mines with fewer GPUs than it has | {n} workers mine with fewer GPUs than they have',
    over_claims: 'nobody | 1 worker claims more than it proves | {n} workers claim more than they prove',
    offline: 'none offline | 1 worker is offline | {n} workers are offline',
    stale: 'none late | 1 worker is late with its heartbeat | {n} workers are late with their heartbeat',
  },
  blocks: {
    title: 'Recent blocks',
    none: 'No block yet',
    noneText: 'With few hashes a block takes its time. The tile above says how many are to be expected.',
  },
  activity: {
    title: 'Activity',
    none: 'Nothing happened yet',
    block: '{worker} found a block',
    started: '{worker} was rented for {duration}',
    completed: 'Lease of {worker} completed, {blocks} blocks',
    cancelled: 'Lease of {worker} was cancelled, {blocks} blocks',
  },
} as const;
