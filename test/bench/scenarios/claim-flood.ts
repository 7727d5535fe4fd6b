import type { BenchContext } from '../context.ts';
import type { ClaimFloodResult } from '../load/claim-flood.ts';
import { median, rounded } from '../scenario.ts';
import type { Scenario, ScenarioResult } from '../scenario.ts';

const maxDelayMs = 3;
const claimsPerSec = 1000;
const heartbeatsPerSec = 100;
/** The difficulty at which the network began. */
const memory = 1727;

/** What a flood of forged proofs costs a miner that has nothing to do with it. */
export const claimFloodScenario: Scenario = {
  name: 'claim-flood',
  description: `heartbeat to PUBACK, median, with ${claimsPerSec} forged m=${memory} proofs/s of another miner, less that without`,
  hasYardstick: false,
  run,
};

async function run(context: BenchContext): Promise<ScenarioResult> {
  // Without the limit of the broker, which would hold the flood back before any proof is looked at.
  const flags = ['--difficulty', String(memory), '--mqtt-max-messages-per-sec', '1000000'];
  const platform = await context.startPlatform(undefined, flags);
  const { load } = await context.connectToPlatform(platform, 2);
  const measure = (perSec: number): Promise<ClaimFloodResult> =>
    load.call('floodWithClaims', {
      heartbeatsPerSec,
      claimsPerSec: perSec,
      memory,
      durationMs: context.duration(4000),
    });
  await measure(0);
  const calm: ClaimFloodResult[] = [];
  const flooded: ClaimFloodResult[] = [];
  for (let round = 0; round < 3; round += 1) {
    calm.push(await measure(0));
    flooded.push(await measure(claimsPerSec));
  }
  const status = (await platform.json('/api/status')) as { total_blocks: number };
  await context.finishPlatform(platform);
  await load.stop();
  const p50 = (results: ClaimFloodResult[]): number => median(results.map(({ latencyMs }) => latencyMs.p50));
  const p99 = (results: ClaimFloodResult[]): number => median(results.map(({ latencyMs }) => latencyMs.p99));
  const value = p50(flooded) - p50(calm);
  const unacknowledged = flooded.reduce((sum, result) => sum + result.unacknowledged, 0);
  return {
    value: rounded(value),
    unit: 'ms (p50)',
    target: `<= ${maxDelayMs}, none accepted`,
    pass: value <= maxDelayMs && status.total_blocks === 0 && unacknowledged === 0,
    details: {
      calm_p50: p50(calm),
      flooded_p50: p50(flooded),
      calm_p99: p99(calm),
      flooded_p99: p99(flooded),
      claims: flooded.reduce((sum, { claims }) => sum + claims, 0),
      accepted: status.total_blocks,
      unacknowledged,
      lost_connections: flooded.at(-1)?.lostConnections,
    },
  };
}
