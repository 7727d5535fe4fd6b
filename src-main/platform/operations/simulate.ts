/** A simulated fleet beside a platform that runs elsewhere. */
import { defaultBlockMarker } from '../../contract/domain/block-probability.ts';
import { networkRoute } from '../../contract/rest/overview.routes.ts';
import {
  Simulation,
  type MiningRules,
  type SimulationOptions,
  type SimulationReport,
} from '../features/simulator/index.ts';
import { messageOf, StartupError } from '../kernel/app-error.ts';
import { systemClock } from '../kernel/clock.ts';

export interface SimulationRequest extends Omit<SimulationOptions, 'rules' | 'chainUrl' | 'password'> {
  /** Port of the platform's API on the broker's host: it is asked what it demands, and gets the blocks, too. */
  readonly apiPort: number | undefined;
  /** What is given here the platform is not asked for. */
  readonly marker: string | undefined;
  readonly difficultyKib: number | undefined;
}

export interface RunningSimulation {
  report(): SimulationReport;
  /** All miners say goodbye. */
  stop(): Promise<void>;
}

/** The difficulty may rise with each block of the chain. */
const askEveryMs = 30_000;
const askTimeoutMs = 5000;

/** A large fleet on a busy machine needs some seconds for its goodbyes; who can't wait interrupts again. */
const goodbyePatienceMs = 20_000;

/** The network at its beginning, where nobody says otherwise. */
const assumedRules: MiningRules = { marker: defaultBlockMarker, difficultyKib: 1727, verify: 'pow' };

/**
 * Starts a simulation and returns when its first miner has connected.
 *
 * @param warn hears of what does not work and does not end it
 * @param signal ends the start; the simulation is then stopped
 * @throws StartupError when the broker can't be reached
 */
export async function startSimulation(
  request: SimulationRequest,
  warn: (sentence: string) => void,
  signal: AbortSignal,
): Promise<RunningSimulation> {
  const { apiPort, host } = request;
  const chainUrl = apiPort === undefined ? undefined : `http://${inUrl(host)}:${apiPort}`;
  const ask = () => readRules(chainUrl, request);
  const rules = await ask().catch((error: unknown) => {
    warn(`The API at ${chainUrl} does not say what blocks have to show: ${messageOf(error)}.`);
    return undefined;
  });
  const options = { ...request, chainUrl, rules: rules ?? withFlags(assumedRules, request) };
  const simulation = new Simulation(options, systemClock);
  const stop = () => simulation.stop(goodbyePatienceMs);
  const stopEarly = () => void stop();
  signal.addEventListener('abort', stopEarly, { once: true });
  await simulation.start().catch((error: unknown) => {
    throw new StartupError(`${messageOf(error)} ${whatToDo(messageOf(error))}`);
  });
  signal.removeEventListener('abort', stopEarly);
  const stopAsking = systemClock.every(askEveryMs, () => {
    ask()
      .then((current) => simulation.follow(current))
      // A platform that is away for a moment is no news: its broker is away, too.
      .catch(() => undefined);
  });
  return {
    report: () => simulation.report(),
    stop() {
      stopAsking();
      return stop();
    },
  };
}

/** MQTT 3.1.1, 3.2.2.3, in the words of the client. */
function whatToDo(failure: string): string {
  if (!failure.includes('Not authorized'))
    return 'Start the platform first, or name its broker with --broker and --port.';
  return 'It lets no miner in without credentials (--access strict): the platform itself can simulate there (--simulate).';
}

async function readRules(apiUrl: string | undefined, request: SimulationRequest): Promise<MiningRules> {
  if (apiUrl === undefined) return withFlags(assumedRules, request);
  const response = await fetch(new URL(networkRoute.path, apiUrl), {
    signal: AbortSignal.timeout(askTimeoutMs),
  });
  if (!response.ok) throw new Error(`it answers with ${response.status}`);
  const network = networkRoute.response.safeParse(await response.json());
  if (!network.success) throw new Error('it is no control center, or an older one');
  const { block_marker: marker, proof_difficulty: difficultyKib, verify } = network.data;
  return withFlags({ marker, difficultyKib, verify }, request);
}

function withFlags(
  rules: MiningRules,
  { marker, difficultyKib }: Pick<SimulationRequest, 'marker' | 'difficultyKib'>,
): MiningRules {
  return {
    ...rules,
    marker: marker ?? rules.marker,
    difficultyKib: difficultyKib ?? rules.difficultyKib,
  };
}

/** An IPv6 address stands in brackets there. */
function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
