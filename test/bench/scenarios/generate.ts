import type { BenchContext } from '../context.ts';
import { generateHistory, type Generated } from '../process/generate.ts';
import { RpcProcess } from '../process/rpc-process.ts';
import { rounded } from '../scenario.ts';
import type { Scenario, ScenarioResult } from '../scenario.ts';
import type { BareSqliteApi } from '../yardsticks/bare-sqlite.ts';

const maxSec = 10;

/** Rows of the default history, for when only the yardstick is measured. */
const usualRows = { blocks: 50_000, others: 350_000 };

/** The history that `generate` makes by default, against plain inserts of as many rows. */
export const generateScenario: Scenario = {
  name: 'generate',
  description: 'seconds for 1,000 workers, 50,000 blocks and 5,000 leases, start of the program included',
  hasYardstick: true,
  run,
};

async function run(context: BenchContext): Promise<ScenarioResult> {
  const { options, scope } = context;
  const generated = options.yardsticksOnly
    ? undefined
    : await generateHistory(
        options.cli,
        scope.temporaryDirectory(),
        options.quick ? ['--workers', '100', '--blocks', '5000', '--leases', '500'] : [],
      );
  const bare = new RpcProcess<BareSqliteApi>(scope, new URL('../yardsticks/bare-sqlite.ts', import.meta.url));
  const { seconds } = await bare.call('fill', {
    directory: scope.temporaryDirectory(),
    ...(generated ? rowsOf(generated) : usualRows),
  });
  await bare.stop();
  const value = generated?.wholeSec ?? Number.NaN;
  return {
    value: rounded(value, 2),
    unit: 's',
    target: `<= ${maxSec}`,
    yardstick: rounded(seconds, 2),
    ratio: rounded(value / seconds),
    pass: generated !== undefined && value <= maxSec,
    details: { ...generated?.rows, megabytes: generated && rounded(generated.size_bytes / 1e6, 1) },
  };
}

function rowsOf({ rows }: Generated): { blocks: number; others: number } {
  const all = Object.values(rows).reduce((sum, count) => sum + count, 0);
  const blocks = rows['blocks'] ?? 0;
  return { blocks, others: all - blocks };
}
