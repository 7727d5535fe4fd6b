import { EarlierDatabaseFile } from '../../support/earlier-database.ts';
import { fillEarlierDatabase } from '../../support/earlier-database-bulk.ts';
import type { BenchContext } from '../context.ts';
import { migrateDatabase } from '../process/migrate.ts';
import { RpcProcess } from '../process/rpc-process.ts';
import { rounded } from '../scenario.ts';
import type { Scenario, ScenarioResult } from '../scenario.ts';
import type { BareSqliteApi } from '../yardsticks/bare-sqlite.ts';

const maxSec = 60;

/** Taking over a database of the earlier platform, against plain inserts of as many rows. */
export const importScenario: Scenario = {
  name: 'import',
  description: 'seconds to take over 1,000,000 blocks and 100,000 transactions of the earlier platform',
  hasYardstick: true,
  run,
};

async function run({ options, scope }: BenchContext): Promise<ScenarioResult> {
  const size = options.quick
    ? { workers: 200, leases: 2000, blocks: 50_000 }
    : { workers: 2000, leases: 33_334, blocks: 1_000_000 };
  const dataDir = scope.temporaryDirectory();
  let migrated: Awaited<ReturnType<typeof migrateDatabase>> | undefined;
  if (!options.yardsticksOnly) {
    const file = new EarlierDatabaseFile(11, { dataDir });
    fillEarlierDatabase(file, size);
    file.close();
    migrated = await migrateDatabase(options.cli, dataDir);
  }
  const bare = new RpcProcess<BareSqliteApi>(scope, new URL('../yardsticks/bare-sqlite.ts', import.meta.url));
  // A lease, its settlement, and three transactions; a worker and its account.
  const { seconds } = await bare.call('fill', {
    directory: scope.temporaryDirectory(),
    blocks: size.blocks,
    others: size.leases * 5 + size.workers * 2,
  });
  await bare.stop();
  const value = migrated?.wholeSec ?? Number.NaN;
  return {
    value: rounded(value, 1),
    unit: 's',
    target: `<= ${maxSec}`,
    yardstick: rounded(seconds, 2),
    ratio: rounded(value / seconds),
    pass: migrated !== undefined && value <= maxSec,
    details: {
      blocks: size.blocks,
      transactions: size.leases * 3,
      megabytes: migrated && rounded(migrated.report.source_bytes / 1e6, 1),
    },
  };
}
