import type { BenchContext } from '../context.ts';
import { platformNodeFlags } from '../process/platform-process.ts';
import { RpcProcess } from '../process/rpc-process.ts';
import { rounded } from '../scenario.ts';
import type { Scenario, ScenarioResult } from '../scenario.ts';
import type { BareArgon2Api } from '../yardsticks/bare-argon2.ts';

const minPerSec = 1000;
const memory = 100;
/** One letter, so that mining beforehand is quick; checking costs the same for any marker. */
const marker = 'X';
const hashesInFlight = 16;

/** Real proofs, computed again and on disk before their PUBACK, against bare hashing. */
export const proofsScenario: Scenario = {
  name: 'proofs',
  description: `blocks with m=${memory} proofs verified and persisted per second, 200 miners`,
  hasYardstick: true,
  run,
};

async function run(context: BenchContext): Promise<ScenarioResult> {
  const measured = context.options.yardsticksOnly ? undefined : await measurePlatform(context);
  const module = new URL('../yardsticks/bare-argon2.ts', import.meta.url);
  const hasher = new RpcProcess<BareArgon2Api>(context.scope, module, platformNodeFlags());
  const bare = await hasher.call('hash', {
    memory,
    parallel: hashesInFlight,
    durationMs: context.duration(3000),
  });
  const value = measured?.perSec ?? Number.NaN;
  return {
    value: rounded(value, 0),
    unit: 'proven/s',
    target: `>= ${minPerSec}, all proven`,
    yardstick: rounded(bare, 0),
    ratio: rounded(value / bare),
    pass: measured !== undefined && value >= minPerSec && measured.proven === measured.proofs,
    details: { ...measured, perSec: undefined },
  };
}

async function measurePlatform(context: BenchContext) {
  const flags = ['--block-marker', marker, '--difficulty', String(memory), '--xuni-window', 'off'];
  const platform = await context.startPlatform(undefined, flags);
  const { load, serverPid } = await context.connectToPlatform(platform, context.miners(200));
  const proofs = await load.call('mineProofs', {
    proofsPerMiner: context.options.quick ? 20 : 200,
    marker,
    memory,
  });
  const { result, serverCpu } = await context.withCpu(serverPid, () =>
    load.call('sendProofs', { warmUpShare: 0.2, timeoutMs: 60_000 }),
  );
  const status = (await platform.json('/api/status')) as { total_blocks: number };
  await context.finishPlatform(platform);
  await load.stop();
  return {
    perSec: result.perSec,
    proofs,
    proven: status.total_blocks,
    acknowledged: result.acknowledged,
    lost_connections: result.lostConnections,
    server_cpu: serverCpu,
    generator: result.generator,
  };
}
