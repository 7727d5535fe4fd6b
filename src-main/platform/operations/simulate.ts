/** A simulated fleet beside a platform that runs elsewhere. */
import { defaultBlockMarker } from '../../contract/domain/block-probability.ts';
import { networkRoute } from '../../contract/rest/overview.routes.ts';
import {
  choose,
  Simulation,
  type MiningRules,
  type SimulationOptions,
  type SimulationReport,
} from '../features/simulator/index.ts';
import { messageOf, StartupError } from '../kernel/app-error.ts';
import { systemClock } from '../kernel/clock.ts';

export interface SimulationRequest extends Omit<
  SimulationOptions,
  'rules' | 'mining' | 'chainUrl' | 'password'
> {
  /** Port of the platform's API on the broker's host: it is asked what it demands, and gets the blocks, too. */
  readonly apiPort: number | undefined;
  /** What the platform demands, where it is not asked; where it is, what is mined instead. */
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
 * @param warn hears of what does not work and does not end it, and when blocks are worth something else than before
 * @param signal ends the start; the simulation is then stopped
 * @throws StartupError when the broker can't be reached
 */
export async function startSimulation(
  request: SimulationRequest,
  warn: (sentence: string) => void,
  signal: AbortSignal,
): Promise<RunningSimulation> {
  const { apiPort, host, marker, difficultyKib } = request;
  const chainUrl = apiPort === undefined ? undefined : `http://${inUrl(host)}:${apiPort}`;
  const mining = { marker, difficultyKib };
  const ask = chainUrl === undefined ? undefined : () => readRules(chainUrl, signal);
  const asked = await ask?.().catch((error: unknown) => {
    warn(`The API at ${chainUrl} does not say what blocks have to show: ${messageOf(error)}.`);
    return undefined;
  });
  signal.throwIfAborted();
  const rules = asked ?? choose(assumedRules, mining);
  const simulation = new Simulation({ ...request, chainUrl, rules, mining }, systemClock);
  await startUnless(signal, simulation);
  const stopAsking = systemClock.every(askEveryMs, () => {
    ask?.()
      .then(async (current) => {
        const before = simulation.report().outlook.mode;
        await simulation.follow(current);
        const { mode, notice } = simulation.report().outlook;
        if (mode !== before) warn(notice);
      })
      // A platform that is away for a moment is no news: its broker is away, too.
      .catch(() => undefined);
  });
  return {
    report: () => simulation.report(),
    stop() {
      stopAsking();
      return simulation.stop(goodbyePatienceMs);
    },
  };
}

/** @throws what the signal was aborted with; no miner runs then */
async function startUnless(signal: AbortSignal, simulation: Simulation): Promise<void> {
  const stop = () => void simulation.stop(goodbyePatienceMs);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await simulation.start();
  } catch (error) {
    throw new StartupError(`${messageOf(error)} ${whatToDo(messageOf(error))}`);
  } finally {
    signal.removeEventListener('abort', stop);
  }
  if (!signal.aborted) return;
  await simulation.stop(goodbyePatienceMs);
  signal.throwIfAborted();
}

/** MQTT 3.1.1, 3.2.2.3, in the words of the client. */
function whatToDo(failure: string): string {
  if (!failure.includes('Not authorized'))
    return 'Start the platform first, or name its broker with --broker and --port.';
  return 'It lets no miner in without credentials (--access strict): the platform itself can simulate there (--simulate).';
}

async function readRules(apiUrl: string, signal: AbortSignal): Promise<MiningRules> {
  const response = await fetch(new URL(networkRoute.path, apiUrl), {
    signal: AbortSignal.any([signal, AbortSignal.timeout(askTimeoutMs)]),
  });
  if (!response.ok) throw new Error(`it answers with ${response.status}`);
  const network = networkRoute.response.safeParse(await response.json());
  if (!network.success) throw new Error('it is no control center, or an older one');
  const { block_marker: marker, proof_difficulty: difficultyKib, verify } = network.data;
  return { marker, difficultyKib, verify };
}

/** An IPv6 address stands in brackets there. */
function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
