import type { EarlierDatabaseFile } from './earlier-database.ts';

/**
 * Fills a database of the earlier platform with many rows: `leases` paid leases with three transactions each, self-mined
 * and leased blocks, and balances that follow from them.
 */
export function fillEarlierDatabase(
  { handle }: EarlierDatabaseFile,
  { workers, leases, blocks }: { readonly workers: number; readonly leases: number; readonly blocks: number },
): void {
  const numbers = (count: number) =>
    `with recursive n(i) as (select 0 union all select i + 1 from n where i < ${count - 1})`;
  handle.exec(`
    begin;
    ${numbers(workers)} insert into workers (worker_id, eth_address, gpu_count, last_heartbeat, registered_at, total_online_sec)
      select printf('rig-%05d', i), printf('0x%040x', i % 100 + 1), 2, 1700000000.5, 1600000000.25, i * 10.5 from n;
    insert into accounts (account_id, role, eth_address, balance, created_at, updated_at)
      select worker_id, 'provider', eth_address, 0, registered_at, 0 from workers;
    insert into accounts (account_id, role, balance, created_at, updated_at)
      values ('platform-treasury', 'consumer', 0, 1600000000, 0);
    ${numbers(200)} insert into accounts (account_id, role, balance, api_key, created_at, updated_at)
      select 'renter-' || i, 'consumer', 100000, printf('%032x', i), 1600000000, 0 from n;
    ${numbers(leases)} insert into leases (lease_id, worker_id, consumer_id, consumer_address, prefix, duration_sec,
        price_per_sec, state, created_at, ended_at, blocks_found, total_hashrate_samples, hashrate_count)
      select printf('lease-%08d', i), printf('rig-%05d', i % ${workers}), 'renter-' || (i % 200),
        '0xaabbccddee1234567890abcdef1234567890abcd', printf('%016x', i), 600, 0.01 + (i % 7) / 900.0, 'completed',
        1600000000 + i * 100.5, 1600000600 + i * 100.5, i % 3, 3e6, 60 from n;
    insert into settlements (lease_id, consumer_id, worker_id, duration_sec, blocks_found, total_cost, provider_payout,
        platform_fee, settled_at)
      select lease_id, consumer_id, worker_id, 600.0, blocks_found, 600.0 * price_per_sec, 600.0 * price_per_sec * 0.95,
        600.0 * price_per_sec * 0.05, ended_at from leases;
    insert into transactions (account_id, type, amount, reference_id, created_at)
      select account_id, type, amount, lease_id, settled_at from (
        select id, 1 as part, consumer_id as account_id, 'lease_charge' as type, total_cost as amount, lease_id, settled_at
          from settlements
        union all select id, 2, worker_id, 'provider_payout', provider_payout, lease_id, settled_at from settlements
        union all select id, 3, 'platform-treasury', 'platform_fee', platform_fee, lease_id, settled_at from settlements)
      order by id, part;
    update accounts set balance = balance + coalesce((select sum(iif(type = 'lease_charge', -amount, amount))
      from (select account_id as id, type, amount from transactions) where id = account_id), 0)
      where ${leases} < 5000 or account_id = 'platform-treasury';
    ${numbers(blocks)} insert into blocks (lease_id, worker_id, block_hash, key, account, attempts, chain_verified, created_at)
      select iif(i % 4 = 0 and ${leases} > 0, printf('lease-%08d', i % max(1, ${leases})), ''),
        printf('rig-%05d', i % ${workers}), printf('hash%060x', i),
        printf('%016x%048x', i * 7919 % 1000003, i), '', i % 1000, 1, 1600000000 + i * 90.25 from n;
    update workers set self_blocks_found = (
      select count(*) from blocks where blocks.worker_id = workers.worker_id and lease_id = '') where ${blocks} < 20000;
    commit`);
}
