/** The simulated fleet inside the platform: one at a time, in a thread of its own. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import {
  simulatedWorkerPrefix,
  simulatorLimits,
  type SimulationView,
} from '../../../contract/domain/simulator.ts';
import type { SimulatorStart, SimulatorView } from '../../../contract/rest/simulator.routes.ts';
import { AppError, messageOf } from '../../kernel/app-error.ts';
import { toUnixSeconds, type Clock } from '../../kernel/clock.ts';
import type { Component } from '../../kernel/component.ts';
import type { Logger } from '../../kernel/logger.ts';
import { workerFile } from '../../kernel/worker-file.ts';
import { hashKey, isSameHash } from '../auth/index.ts';
import type { MiningRules } from './mining-rules.ts';
import { defaultScenario, findScenario, scenarios } from './scenarios/index.ts';
import type { FromThread, ThreadOptions, ToThread } from './simulator-thread.ts';
import type { SimulationReport } from './simulation.ts';

export interface SimulatorOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Simulated workers that start with the platform. */
  readonly workersAtStart: number;
  /** So many the broker and the fleet take. */
  readonly maxWorkers: number;
  /** What a block has to show now. */
  readonly rules: () => MiningRules;
  /** The platform's own broker. */
  readonly broker: () => { readonly host: string; readonly port: number };
  /** The API that takes blocks; undefined: there is no chain, or it takes them from nobody without credentials. */
  readonly chainUrl: () => string | undefined;
  /** A simulation was stopped: nobody has to look for its workers, whether they could say goodbye or not. */
  readonly stopped: (isMeant: (workerId: string) => boolean) => void;
}

/** The difficulty rises with the chain. */
const lookAtRulesEveryMs = 5000;

/** A thread that has not ended in this time after its goodbyes is ended. */
const maxStopMs = 6000;

/** Somebody ended the simulation while it started. */
class StoppedEarly extends AppError {
  constructor() {
    super('conflict', 'The simulation was stopped before it had started.');
  }
}

/** A simulation that runs, or starts. */
interface Running {
  readonly thread: Worker;
  /** Settles at the end of the thread. */
  readonly ended: Promise<unknown>;
  readonly request: SimulatorStart;
  readonly startedAtMs: number;
  /** Of all its workers. */
  readonly passwordHash: string;
  rules: MiningRules;
  report: SimulationReport | undefined;
}

export class Simulator implements Component {
  readonly name = 'simulator';
  readonly #options: SimulatorOptions;
  #running: Running | undefined;
  #lastError = '';
  #stopLooking: () => void = () => undefined;

  constructor(options: SimulatorOptions) {
    this.#options = options;
  }

  /** Starts what `--simulate` asks for; the platform does not wait for it. */
  start(): void {
    const { clock, workersAtStart, logger } = this.#options;
    this.#stopLooking = clock.every(lookAtRulesEveryMs, () => this.#passRules());
    if (workersAtStart === 0) return;
    this.begin({ ...defaultStart, workers: workersAtStart }).catch((error: unknown) => {
      if (error instanceof StoppedEarly) logger.info(error.message);
      else logger.error(`--simulate ${workersAtStart}: ${messageOf(error)}`);
    });
  }

  async stop(): Promise<void> {
    this.#stopLooking();
    await this.end();
  }

  /**
   * Starts a simulation; settles when its first worker has connected.
   *
   * @throws AppError `conflict` when one runs already, or no worker can connect; `bad_request` when it can't be
   */
  async begin(request: SimulatorStart): Promise<SimulatorView> {
    this.#refuse(request);
    const password = randomBytes(32).toString('base64url');
    const rules = this.#options.rules();
    const { host, port } = this.#options.broker();
    const workerData: ThreadOptions = {
      host,
      port,
      password,
      rules,
      chainUrl: this.#options.chainUrl(),
      workers: request.workers,
      seed: request.seed,
      idPrefix: simulatedWorkerPrefix,
      owner: request.owner ?? undefined,
      gpuCount: request.gpu_count ?? undefined,
      heartbeatSec: request.heartbeat_interval,
      blockIntervalSec: request.block_interval,
      scenarioName: request.scenario,
    };
    const thread = new Worker(workerFile('simulator.worker', import.meta.url), { workerData });
    const running: Running = {
      thread,
      ended: new Promise((resolve) => thread.once('exit', resolve)),
      request,
      startedAtMs: this.#options.clock.nowMs(),
      passwordHash: hashKey(password),
      rules,
      report: undefined,
    };
    this.#running = running;
    this.#lastError = '';
    const failure = await this.#watch(running);
    if (failure) {
      await running.ended;
      throw failure;
    }
    return this.view();
  }

  /** Ends the simulation that runs, if one does: its workers say goodbye. */
  async end(): Promise<SimulatorView> {
    const running = this.#running;
    if (running) {
      const { thread, ended } = running;
      thread.postMessage({ type: 'stop' } satisfies ToThread);
      const patience = new AbortController();
      await Promise.race([
        ended,
        delay(maxStopMs, undefined, { signal: patience.signal }).catch(() => undefined),
      ]);
      patience.abort();
      await thread.terminate();
      if (this.#running === running) this.#running = undefined;
      this.#options.stopped(isSimulated);
    }
    return this.view();
  }

  view(): SimulatorView {
    const running = this.#running;
    return {
      running: running !== undefined,
      simulation: running?.report ? toView(running, running.report) : null,
      last_error: this.#lastError,
      max_workers: this.#options.maxWorkers,
      scenarios: scenarios.map(({ name, summary }) => ({ name, summary })),
    };
  }

  /** Whether a worker is one of the simulation that runs. */
  has(workerId: string): boolean {
    return this.#running !== undefined && isSimulated(workerId);
  }

  /** Whether this is the password of the workers of the simulation that runs; compares in constant time. */
  matches(workerId: string, password: string): boolean {
    const hash = this.#running?.passwordHash;
    return hash !== undefined && this.has(workerId) && isSameHash(hashKey(password), hash);
  }

  #refuse({ scenario, workers }: SimulatorStart): void {
    const { maxWorkers } = this.#options;
    if (this.#running)
      throw new AppError('conflict', 'A simulation runs already: stop it before you start another one.');
    if (!findScenario(scenario)) {
      const known = scenarios.map(({ name }) => name).join(', ');
      throw new AppError('bad_request', `There is no scenario of this name; there are ${known}.`);
    }
    if (workers > maxWorkers)
      throw new AppError(
        'bad_request',
        `The platform takes ${maxWorkers} workers: see --max-workers and --mqtt-max-connections.`,
      );
  }

  /** Listens to a thread; settles when it has started: with undefined, or with why it has not. */
  #watch(running: Running): Promise<AppError | undefined> {
    const { thread, request } = running;
    const { logger } = this.#options;
    return new Promise((resolve) => {
      const fail = (reason: string) => {
        if (this.#running === running) this.#lastError = reason;
        resolve(new AppError('conflict', reason));
      };
      thread.on('message', (message: FromThread) => {
        if (message.type === 'failed') return fail(message.reason);
        const { mode, notice } = message.report.outlook;
        const isNews = running.report?.outlook.mode !== mode;
        running.report = message.report;
        if (message.type === 'started')
          logger.info({ workers: request.workers, scenario: request.scenario }, 'simulated workers connect');
        // The difficulty may rise until this CPU mines no blocks any more.
        if (isNews) logger[mode === 'unproven' ? 'warn' : 'info'](notice);
        resolve(undefined);
      });
      thread.on('error', (error) => {
        logger.error({ err: error }, `the simulation failed: ${messageOf(error)}`);
        fail(`The simulation failed: ${messageOf(error)}`);
      });
      thread.on('exit', () => {
        if (this.#running === running) this.#running = undefined;
        resolve(new StoppedEarly());
      });
    });
  }

  #passRules(): void {
    const running = this.#running;
    if (!running) return;
    const rules = this.#options.rules();
    const { marker, difficultyKib, verify } = running.rules;
    if (rules.marker === marker && rules.difficultyKib === difficultyKib && rules.verify === verify) return;
    running.rules = rules;
    running.thread.postMessage({ type: 'rules', rules } satisfies ToThread);
  }
}

function isSimulated(workerId: string): boolean {
  return workerId.startsWith(`${simulatedWorkerPrefix}-`);
}

const defaultStart: Omit<SimulatorStart, 'workers'> = {
  scenario: defaultScenario.name,
  block_interval: simulatorLimits.blockIntervalSec.default,
  heartbeat_interval: simulatorLimits.heartbeatSec.default,
  seed: simulatorLimits.seed.default,
};

function toView({ request, startedAtMs }: Running, report: SimulationReport): SimulationView {
  return {
    started_at: toUnixSeconds(startedAtMs),
    scenario: request.scenario,
    workers: report.workers,
    seed: request.seed,
    block_interval: request.block_interval,
    heartbeat_interval: request.heartbeat_interval,
    owner: request.owner ?? '',
    gpu_count: request.gpu_count ?? null,
    online: report.connected,
    states: report.states,
    hashrate: Math.round(report.hashrate * 100) / 100,
    heartbeats_per_sec: Math.round(report.heartbeatsPerSec * 10) / 10,
    messages_per_sec: Math.round(report.messagesPerSec * 10) / 10,
    blocks: { proven: report.provenBlocks, unproven: report.unprovenBlocks, lost: report.lostBlocks },
    leases: {
      active: (report.states.LEASED ?? 0) + (report.states.MINING ?? 0),
      completed: report.leasesCompleted,
    },
    reconnects: report.reconnects,
    connect_failures: report.connectFailures,
    last_failure: report.lastFailure,
    proofs: report.outlook.mode,
    notice: report.outlook.notice,
  };
}
