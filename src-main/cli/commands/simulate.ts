import { once } from 'node:events';
import { ethAddressPattern } from '../../contract/mqtt/miner-messages.ts';
import { isWorkerId } from '../../contract/mqtt/topics.ts';
import { simulatedWorkerPrefix, simulatorLimits } from '../../contract/domain/simulator.ts';
import type { SimulationReport } from '../../platform/features/simulator/index.ts';
// Not through the index: with it comes an MQTT client, which nothing else in the program needs.
import {
  defaultScenario,
  findScenario,
  scenarios,
  type Scenario,
} from '../../platform/features/simulator/scenarios/index.ts';
import type { SimulationRequest } from '../../platform/operations/simulate.ts';
import { version } from '../../platform/version.ts';
import { showStatusLine } from '../status-line.ts';
import {
  defineCommand,
  exitCodes,
  print,
  UsageError,
  type CommandFlag,
  type CommandInput,
} from './command.ts';

const limits = simulatorLimits;
const portBounds = { min: 1, max: 65_535 };
const day = 86_400;

const flags = {
  workers: { value: 'count', description: `Simulated workers (default: ${limits.workers.default})` },
  broker: { value: 'host', description: 'Host of the MQTT broker (default: localhost)' },
  'mqtt-host': { value: 'host', description: 'The same' },
  port: { value: 'port', description: 'Port of the MQTT broker (default: 1883)' },
  'mqtt-port': { value: 'port', description: 'The same' },
  'api-port': {
    value: 'port',
    description:
      "Port of the platform's API on that host: it is asked which proofs it demands, and blocks are submitted to its /verify",
  },
  'block-interval': {
    value: 'seconds',
    description: `Mean time between two blocks of a worker (default: ${limits.blockIntervalSec.default})`,
  },
  'heartbeat-interval': {
    value: 'seconds',
    description: `Time between two heartbeats of a worker (default: ${limits.heartbeatSec.default})`,
  },
  owner: { value: 'address', description: 'All workers belong to this address (default: several owners)' },
  'gpu-count': { value: 'count', description: 'All rigs have so many GPUs (default: 1, 2, 4 or 8)' },
  scenario: {
    value: 'name',
    description: `What happens to the fleet, see above (default: ${defaultScenario.name})`,
  },
  seed: {
    value: 'number',
    description: `The same seed gives the same rigs (default: ${limits.seed.default})`,
  },
  prefix: { value: 'text', description: `Ids of workers begin with it (default: ${simulatedWorkerPrefix})` },
  'block-marker': {
    value: 'text',
    description: 'Marker that is mined (default: what the platform with --api-port demands, or XEN11)',
  },
  difficulty: {
    value: 'KiB',
    description: 'Memory cost that is mined (default: what the platform with --api-port demands, or 1727)',
  },
  duration: { value: 'seconds', description: 'End by itself after this time (default: never)' },
} as const satisfies Readonly<Record<string, CommandFlag>>;
type Flag = keyof typeof flags;

/** Two names for one thing: either, but not both. */
function either(input: CommandInput<Flag>, first: Flag, second: Flag): Flag {
  if (input.flag(first) !== undefined && input.flag(second) !== undefined)
    throw new UsageError(`--${second}: says the same as --${first}; give one of them`);
  return input.flag(second) === undefined ? first : second;
}

function matching(input: CommandInput<Flag>, name: Flag, isRight: (text: string) => boolean, wants: string) {
  const value = input.flag(name);
  if (value === undefined || isRight(value)) return value;
  throw new UsageError(`--${name}: must be ${wants}, not "${value}"`);
}

function readScenario(input: CommandInput<Flag>): Scenario {
  const name = input.flag('scenario') ?? defaultScenario.name;
  const scenario = findScenario(name);
  if (scenario) return scenario;
  const names = scenarios.map((known) => known.name).join(', ');
  throw new UsageError(`--scenario: must be one of ${names}, not "${name}"`);
}

function readRequest(input: CommandInput<Flag>): SimulationRequest {
  const hostFlag = either(input, 'broker', 'mqtt-host');
  const portFlag = either(input, 'port', 'mqtt-port');
  const isAddress = (text: string) => ethAddressPattern.test(text);
  const isMarker = (text: string) => /^[A-Za-z0-9+/]{1,64}$/.test(text);
  const isPrefix = (text: string) => isWorkerId(text) && text.length <= 64;
  return {
    host: input.flag(hostFlag) ?? 'localhost',
    port: input.wholeNumber(portFlag, portBounds) ?? 1883,
    apiPort: input.wholeNumber('api-port', portBounds),
    workers: input.wholeNumber('workers', limits.workers) ?? limits.workers.default,
    blockIntervalSec:
      input.number('block-interval', limits.blockIntervalSec) ?? limits.blockIntervalSec.default,
    heartbeatSec: input.number('heartbeat-interval', limits.heartbeatSec) ?? limits.heartbeatSec.default,
    owner: matching(input, 'owner', isAddress, '0x and 40 hex digits'),
    gpuCount: input.wholeNumber('gpu-count', limits.gpuCount),
    seed: input.wholeNumber('seed', limits.seed) ?? limits.seed.default,
    idPrefix:
      matching(input, 'prefix', isPrefix, 'text without / + #, of at most 64 characters') ??
      simulatedWorkerPrefix,
    scenario: readScenario(input),
    marker: matching(input, 'block-marker', isMarker, 'up to 64 of A-Z a-z 0-9 + /'),
    difficultyKib: input.wholeNumber('difficulty', { min: 8, max: 1_048_576 }),
  };
}

const units = ['H/s', 'kH/s', 'MH/s', 'GH/s'] as const;

function toRate(hashrate: number): string {
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, hashrate)) / 3)));
  return `${(hashrate / 1000 ** power).toFixed(power === 0 ? 0 : 2)} ${units[power]}`;
}

function toStatus(report: SimulationReport): string {
  const { connected, workers, hashrate, heartbeatsPerSec, messagesPerSec, states } = report;
  const { provenBlocks, unprovenBlocks, lostBlocks, leasesCompleted } = report;
  const leased = (states.LEASED ?? 0) + (states.MINING ?? 0);
  return [
    `${connected}/${workers} online`,
    toRate(hashrate),
    `${Math.round(heartbeatsPerSec)} heartbeats/s`,
    `${Math.round(messagesPerSec)} messages/s`,
    `blocks ${provenBlocks} proven ${unprovenBlocks} unproven ${lostBlocks} lost`,
    `leases ${leased} active ${leasesCompleted} done`,
  ].join(' | ');
}

/** What was neither given nor asked for; empty: nothing. */
function guessOf({ apiPort, marker, difficultyKib }: SimulationRequest): string {
  if (apiPort !== undefined || (marker !== undefined && difficultyKib !== undefined)) return '';
  if (marker !== undefined)
    return 'The difficulty is the usual one: --api-port lets it ask the platform for the one in force.';
  if (difficultyKib !== undefined)
    return 'The marker is the usual one: --api-port lets it ask the platform for the one in force.';
  return 'These are the usual rules: --api-port lets it ask the platform for those in force.';
}

function banner(request: SimulationRequest, notice: string): string {
  const guess = guessOf(request);
  const { host, port, workers, idPrefix, scenario, seed, heartbeatSec, blockIntervalSec } = request;
  return [
    `XenBlocks fleet simulator ${version}`,
    `  Broker     mqtt://${host}:${port}`,
    `  Workers    ${workers}, ${idPrefix}-001 and on; a heartbeat every ${heartbeatSec} s, a block every ${blockIntervalSec} s on average`,
    `  Scenario   ${scenario.name}: ${scenario.summary}`,
    `  Seed       ${seed}: the same one gives the same rigs`,
    `  Proofs     ${notice}`,
    ...(guess === '' ? [] : [`             ${guess}`]),
    'Ctrl-C ends it: all workers say goodbye.',
  ].join('\n');
}

/** Settles when it is time to end. */
async function waitForEnd(signal: AbortSignal, durationSec: number | undefined): Promise<void> {
  const ends = durationSec === undefined ? [signal] : [signal, AbortSignal.timeout(durationSec * 1000)];
  const end = AbortSignal.any(ends);
  if (!end.aborted) await once(end, 'abort');
}

export const simulateCommand = defineCommand({
  name: 'simulate',
  summary: 'Run a fleet of simulated miners against a broker',
  description:
    'Each worker connects over MQTT like a real miner and follows leases and commands. Where the marker and the\n' +
    'difficulty allow, its blocks carry real proofs; otherwise it says what to change.\n' +
    'It has no end of its own: Ctrl-C is its normal end, after which all workers are offline and the exit code is 0;\n' +
    'a second Ctrl-C does not wait for their goodbyes.\n\nScenarios\n' +
    scenarios.map(({ name, summary }) => `  ${name.padEnd(12)}${summary}`).join('\n'),
  settings: [],
  flags,
  failure: 'could not reach the broker',
  async run(input) {
    const request = readRequest(input);
    const durationSec = input.number('duration', { min: 1, max: 7 * day });
    const { startSimulation } = await import('../../platform/operations/simulate.ts');
    let warn: (sentence: string) => void = (sentence) => process.stderr.write(`${sentence}\n`);
    const running = await startSimulation(request, (sentence) => warn(sentence), input.signal);
    print(banner(request, running.report().outlook.notice));
    const status = showStatusLine(() => toStatus(running.report()));
    warn = (sentence) => status.say(sentence);
    await waitForEnd(input.signal, durationSec);
    status.say(`Stopping: ${running.report().connected} workers say goodbye.`);
    await running.stop();
    status.stop();
    return exitCodes.done;
  },
});
