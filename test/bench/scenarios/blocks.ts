import type { BenchContext } from '../context.ts';
import { sleep } from '../load/clock.ts';
import { believing, platformNodeFlags } from '../process/platform-process.ts';
import type { PlatformProcess } from '../process/platform-process.ts';
import { RpcProcess } from '../process/rpc-process.ts';
import { rounded } from '../scenario.ts';
import type { Scenario, ScenarioResult } from '../scenario.ts';
import type { BareSqliteApi, InsertResult } from '../yardsticks/bare-sqlite.ts';

const minPerSec = 5000;
const settleMs = 2000;

/** Acknowledged block reports per second, none of them lost, against bare inserts. */
export const blocksScenario: Scenario = {
  name: 'blocks-1000',
  description: 'believed blocks acknowledged per second, 1000 miners with one in flight each',
  hasYardstick: true,
  run,
};

async function run(context: BenchContext): Promise<ScenarioResult> {
  const measured = context.options.yardsticksOnly ? undefined : await measurePlatform(context);
  const bare = await measureSqlite(context);
  const value = measured?.perSec ?? Number.NaN;
  return {
    value: rounded(value, 0),
    unit: 'acks/s',
    target: `>= ${minPerSec}, 0 lost`,
    yardstick: rounded(bare.oneRow, 0),
    ratio: rounded(value / bare.oneRow),
    pass:
      measured !== undefined && value >= minPerSec && measured.lost === 0 && measured.unacknowledged === 0,
    details: {
      ...measured,
      perSec: undefined,
      sqlite_one_row: rounded(bare.oneRow, 0),
      sqlite_fifty_rows: rounded(bare.fiftyRows, 0),
      sqlite_one_row_sync_full: rounded(bare.oneRowFull, 0),
    },
  };
}

async function measurePlatform(context: BenchContext) {
  const miners = context.miners(1000);
  const platform = await context.startPlatform(undefined, believing);
  const { load, serverPid } = await context.connectToPlatform(platform, miners);
  const { result, serverCpu } = await context.withCpu(serverPid, () =>
    load.call('saturate', {
      message: 'block',
      inFlight: 1,
      warmUpMs: context.duration(2000),
      durationMs: context.duration(8000),
    }),
  );
  const counted = await countLost(platform, result.acknowledgedInAll);
  await context.finishPlatform(platform);
  await load.stop();
  return {
    perSec: result.perSec,
    miners,
    acknowledged: result.acknowledgedInAll,
    unacknowledged: result.unacknowledged,
    lost_connections: result.lostConnections,
    ...counted,
    server_cpu: serverCpu,
    generator: result.generator,
  };
}

/** Compares what the platform counts with what it acknowledged, at once and after a moment. */
async function countLost(platform: PlatformProcess, acknowledged: number) {
  const count = async (): Promise<number> => {
    const status = (await platform.json('/api/status')) as { total_blocks: number };
    return acknowledged - status.total_blocks;
  };
  const lostAtOnce = await count();
  if (lostAtOnce === 0) return { lost: 0, lost_at_once: 0 };
  await sleep(settleMs);
  return { lost: await count(), lost_at_once: lostAtOnce };
}

async function measureSqlite(context: BenchContext): Promise<InsertResult> {
  const module = new URL('../yardsticks/bare-sqlite.ts', import.meta.url);
  const storage = new RpcProcess<BareSqliteApi>(context.scope, module, platformNodeFlags());
  const directory = context.scope.temporaryDirectory();
  return storage.call('insert', { directory, durationMs: context.duration(2000) });
}
