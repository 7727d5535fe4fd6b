import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Finds blocks and leases by what people look for, newest first. */
export const explorers: Migration = {
  async up(db) {
    const index = (name: string) => db.schema.createIndex(name).on('blocks');
    await index('blocks_at').column('reported_at_ms').execute();
    await index('blocks_uncounted_at')
      .column('reported_at_ms')
      .where(sql<boolean>`counted = 0`)
      .execute();
    await index('blocks_super_at')
      .column('reported_at_ms')
      .where(sql<boolean>`type = 'super'`)
      .execute();
    await index('blocks_worker_at').columns(['worker_id', 'reported_at_ms']).execute();
    await index('blocks_account_at')
      .columns([sql`lower(account)`, sql.ref('reported_at_ms')])
      .execute();
    await index('blocks_chain')
      .column('chain_block_id')
      .where(sql<boolean>`chain_block_id is not null`)
      .execute();
    // The first characters of the tag: all of it would double the size of the index for one match in a million.
    await index('blocks_tag')
      .columns([sql`substr(hash, max(1, length(hash) - 85), 8)`])
      .execute();
    await db.schema
      .createIndex('leases_worker_at')
      .on('leases')
      .columns(['worker_id', 'created_at_ms'])
      .execute();
  },
};
