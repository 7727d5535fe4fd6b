/** A fleet of simulated miners in one process, on one timer, over real MQTT. */
import { setTimeout as delay } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { WorkerState } from '../../../contract/domain/worker.ts';
import { StartupError } from '../../kernel/app-error.ts';
import type { Clock } from '../../kernel/clock.ts';
import { Random } from '../../kernel/random.ts';
import { version } from '../../version.ts';
import { ChainClient } from './chain-client.ts';
import { newFigures, RateMeter, type FleetFigures } from './figures.ts';
import { incidents, type Incident } from './incidents.ts';
import { SimulatedMiner, type MinerSurroundings } from './miner.ts';
import {
  choose,
  outlookBeside,
  type MiningChoice,
  type MiningRules,
  type ProofOutlook,
} from './mining-rules.ts';
import { ProofSupply } from './proof-supply.ts';
import { planFleet, type FleetPlanOptions } from './rig.ts';
import { Schedule } from './schedule.ts';
import type { Scenario } from './scenarios/index.ts';

export interface SimulationOptions extends FleetPlanOptions {
  readonly host: string;
  readonly port: number;
  /** Of every worker, where miners need credentials. */
  readonly password?: string | undefined;
  /** The API to which blocks are submitted as well; undefined: they are only reported. */
  readonly chainUrl?: string | undefined;
  readonly heartbeatSec: number;
  /** Mean time between two blocks of one worker. */
  readonly blockIntervalSec: number;
  readonly scenario: Scenario;
  /** What the platform demands of a block. */
  readonly rules: MiningRules;
  /** What the miners mine instead, whether it counts or not. */
  readonly mining?: MiningChoice | undefined;
}

/** The state of a simulation at one moment. */
export interface SimulationReport extends Readonly<FleetFigures> {
  readonly workers: number;
  readonly connected: number;
  /** Miners in each state. */
  readonly states: Readonly<Partial<Record<WorkerState, number>>>;
  /** H/s of all miners that are connected and mine. */
  readonly hashrate: number;
  readonly heartbeatsPerSec: number;
  readonly messagesPerSec: number;
  readonly outlook: ProofOutlook;
}

/** Connections that are made at the same time: a broker takes them one after the other anyway. */
const parallelConnects = 100;

/** Cores that mining may use on average: with all else, 5,000 miners stay below half a core. */
const miningCores = 0.25;

const sampleEveryMs = 1000;

/** Less than what the platform has for its own stop. */
const defaultPatienceMs = 4000;

/** Streams of a seed behind those of the plan: the scenario's, and one for each miner's moods. */
const scenarioStream = 1_000_000;
const firstMoodStream = 2_000_000;

export class Simulation {
  readonly #options: SimulationOptions;
  readonly #clock: Clock;
  readonly #schedule: Schedule;
  readonly #figures = newFigures();
  readonly #heartbeats = new RateMeter();
  readonly #messages = new RateMeter();
  readonly #proofs: ProofSupply;
  readonly #chain: ChainClient | undefined;
  readonly #miners: SimulatedMiner[];
  #rules: MiningRules;
  #outlook: ProofOutlook = { mode: 'unproven', notice: '' };
  #stopSampling: () => void = () => undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: SimulationOptions, clock: Clock) {
    const { heartbeatSec, blockIntervalSec, scenario, workers, host, port, password, seed } = options;
    this.#options = options;
    this.#clock = clock;
    this.#schedule = new Schedule(clock);
    this.#rules = options.rules;
    const pace = scenario.pace ?? 1;
    const blockMs = (blockIntervalSec * 1000) / pace;
    this.#proofs = new ProofSupply({ budgetCores: miningCores, workers, blockIntervalMs: blockMs });
    this.#chain = options.chainUrl === undefined ? undefined : new ChainClient(options.chainUrl);
    const shared: MinerSurroundings = {
      schedule: this.#schedule,
      figures: this.#figures,
      proofs: this.#proofs,
      chain: this.#chain,
      rules: () => this.#minedRules,
      demands: () => this.#rules,
      heartbeatMs: (heartbeatSec * 1000) / pace,
      blockMs,
      version: `${version}-sim`,
      connection: { host, port, password, gate: pLimit(parallelConnects) },
    };
    this.#miners = planFleet(options).map(
      (plan, index) => new SimulatedMiner(plan, new Random(seed, firstMoodStream + index), shared),
    );
  }

  /**
   * Starts all miners. Settles when the first one has connected; the others follow. After a stop none starts.
   *
   * @throws StartupError when the first one can't connect; nothing runs then
   */
  async start(): Promise<void> {
    this.#outlook = await this.#lookOut();
    // A stop may have come in between, here and below.
    if (this.#isStopped()) return;
    this.#schedule.start();
    const [first, ...others] = this.#miners;
    const failure = await first?.start();
    if (failure !== undefined) {
      await this.stop();
      const { host, port } = this.#options;
      throw new StartupError(`No miner can connect to the MQTT broker at ${host}:${port}: ${failure}.`);
    }
    if (this.#isStopped()) return;
    for (const miner of others) void miner.start();
    this.#direct();
    this.#stopSampling = this.#clock.every(sampleEveryMs, () => this.#sample());
  }

  /**
   * All miners say goodbye; then nothing runs any more.
   *
   * @param patienceMs a goodbye that the broker has not taken after this time is left
   */
  stop(patienceMs = defaultPatienceMs): Promise<void> {
    this.#stopped ??= this.#stop(patienceMs);
    return this.#stopped;
  }

  /** The rules changed: a difficulty that rises with the chain, say. */
  async follow(rules: MiningRules): Promise<void> {
    this.#rules = rules;
    this.#outlook = await this.#lookOut();
  }

  report(): SimulationReport {
    const states: Partial<Record<WorkerState, number>> = {};
    let connected = 0;
    let hashrate = 0;
    for (const miner of this.#miners) {
      const state = miner.isConnected ? miner.state : 'offline';
      states[state] = (states[state] ?? 0) + 1;
      if (miner.isConnected) connected += 1;
      hashrate += miner.hashrate;
    }
    return {
      ...this.#figures,
      workers: this.#miners.length,
      connected,
      states,
      hashrate,
      heartbeatsPerSec: this.#heartbeats.perSec,
      messagesPerSec: this.#messages.perSec,
      outlook: this.#outlook,
    };
  }

  #isStopped(): boolean {
    return this.#stopped !== undefined;
  }

  get #minedRules(): MiningRules {
    return choose(this.#rules, this.#options.mining);
  }

  async #lookOut(): Promise<ProofOutlook> {
    const mined = this.#minedRules;
    return outlookBeside(this.#rules, mined, await this.#proofs.outlook(mined));
  }

  async #stop(patienceMs: number): Promise<void> {
    this.#stopSampling();
    this.#schedule.stop();
    this.#chain?.stop();
    const goodbyes = Promise.all(this.#miners.map((miner) => miner.stop()));
    const patience = new AbortController();
    await Promise.race([
      goodbyes,
      delay(patienceMs, undefined, { signal: patience.signal }).catch(() => undefined),
    ]);
    patience.abort();
    for (const miner of this.#miners) miner.abandon();
    await this.#proofs.stop();
  }

  #sample(): void {
    const nowMs = this.#clock.nowMs();
    this.#heartbeats.sample(nowMs, this.#figures.heartbeats);
    this.#messages.sample(nowMs, this.#figures.messages);
  }

  #direct(): void {
    const { scenario, seed } = this.#options;
    const random = new Random(seed, scenarioStream);
    for (const [name, everySec] of Object.entries(scenario.incidentEverySec ?? {})) {
      for (const miner of this.#miners) this.#strikeNowAndThen(miner, name as Incident, everySec, random);
    }
    scenario.direct?.({
      random,
      strikeAll: (incident, lastingSec) => {
        for (const miner of this.#miners) miner.suffer(incident, lastingSec * 1000);
      },
      after: (delaySec, run) => void this.#schedule.after(delaySec * 1000, run),
    });
  }

  #strikeNowAndThen(miner: SimulatedMiner, incident: Incident, everySec: number, random: Random): void {
    this.#schedule.after(random.exponential(everySec) * 1000, () => {
      const { minSec, maxSec } = incidents[incident];
      miner.suffer(incident, random.between(minSec, maxSec) * 1000);
      this.#strikeNowAndThen(miner, incident, everySec, random);
    });
  }
}
