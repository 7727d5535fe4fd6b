import { connectAsync } from 'mqtt';
import { onTestFinished } from 'vitest';
import type { FleetWorker } from '../../src-main/contract/domain/worker.ts';
import {
  findScenario,
  Simulation,
  type MiningRules,
  type Scenario,
} from '../../src-main/platform/features/simulator/index.ts';
import { systemClock, type Clock } from '../../src-main/platform/kernel/clock.ts';
import { admin } from './accounts.ts';
import type { TestPlatform } from './test-platform.ts';
import { waitFor } from './wait-for.ts';

/** Flags of a platform whose blocks a CPU mines in milliseconds. */
export const cheapBlocks = ['--block-marker', 'X1', '--difficulty', '8'];

/** Rules of a platform with `cheapBlocks`. */
export const cheapRules = { marker: 'X1', difficultyKib: 8, verify: 'pow' } as const;

/** A scenario in which nothing happens by itself. */
export const quietScenario: Scenario = { name: 'quiet', summary: 'nothing happens' };

export interface SimulationChanges {
  readonly workers?: number;
  readonly seed?: number;
  readonly idPrefix?: string;
  readonly owner?: string;
  readonly gpuCount?: number;
  readonly heartbeatSec?: number;
  readonly blockIntervalSec?: number;
  readonly scenario?: Scenario | string;
  readonly rules?: MiningRules;
  readonly chainUrl?: string;
  readonly clock?: Clock;
}

/** Makes simulated miners in this process; they end with the test. Blocks are an hour apart unless asked for. */
export function prepare(
  { mqttPort }: Pick<TestPlatform, 'mqttPort'>,
  { scenario = quietScenario, clock = systemClock, ...changes }: SimulationChanges = {},
): Simulation {
  const played = typeof scenario === 'string' ? findScenario(scenario) : scenario;
  if (!played) throw new Error('there is no such scenario');
  const simulation = new Simulation(
    {
      host: '127.0.0.1',
      port: mqttPort,
      workers: 1,
      seed: 1,
      idPrefix: 'sim-worker',
      owner: undefined,
      gpuCount: undefined,
      heartbeatSec: 1,
      blockIntervalSec: 3600,
      rules: { marker: 'XEN11', difficultyKib: 1727, verify: 'pow' },
      ...changes,
      scenario: played,
    },
    clock,
  );
  onTestFinished(() => simulation.stop());
  return simulation;
}

/** Starts simulated miners in this process; they end with the test. */
export async function simulate(
  platform: Pick<TestPlatform, 'mqttPort'>,
  changes: SimulationChanges = {},
): Promise<Simulation> {
  const simulation = prepare(platform, changes);
  await simulation.start();
  return simulation;
}

/** One message as it passed the broker. */
export interface Heard {
  readonly workerId: string;
  readonly type: string;
  readonly message: Record<string, unknown>;
  readonly retain: boolean;
}

/** Hears everything that passes the broker, as the operator's tools do. */
export class Wire {
  readonly heard: Heard[] = [];

  static async tap(platform: TestPlatform): Promise<Wire> {
    const wire = new Wire();
    const client = await connectAsync(platform.mqttUrl, {
      clientId: 'tap',
      username: 'operator',
      password: admin(platform).key ?? '',
      protocolVersion: 4,
    });
    onTestFinished(() => void client.end(true));
    client.on('message', (topic, payload, { retain }) => {
      const [, workerId = '', type = ''] = topic.split('/');
      const message = JSON.parse(payload.toString()) as Record<string, unknown>;
      wire.heard.push({ workerId, type, message, retain });
    });
    await client.subscribeAsync('xenminer/#', { qos: 1 });
    return wire;
  }

  /** Messages of one type, in order. */
  of(type: string, workerId?: string): Record<string, unknown>[] {
    return this.heard
      .filter((entry) => entry.type === type && (workerId === undefined || entry.workerId === workerId))
      .map(({ message }) => message);
  }

  /** States of a worker in order; the will and its like are shown as `(offline)`. */
  states(workerId = 'sim-worker-001'): string[] {
    return this.of('status', workerId).map(({ state, status }) =>
      typeof state === 'string' ? state : `(${String(status)})`,
    );
  }

  /** Waits until a worker's last states are these. */
  async saw(states: readonly string[], workerId?: string): Promise<void> {
    await waitFor(
      () => this.states(workerId).slice(-states.length).join() === states.join(),
      states.join(', '),
    ).catch((error: unknown) => {
      throw new Error(`saw ${this.states(workerId).join(', ')}`, { cause: error });
    });
  }
}

/** Every worker of the platform. */
export const fleetOf = async (platform: TestPlatform, query = '') =>
  (await platform.get<{ items: FleetWorker[] }>(`/api/monitoring/fleet?limit=100${query}`)).items;

/** Waits until a worker is in a state, as the platform sees it. */
export const reaches = (platform: TestPlatform, workerId: string, state: string) =>
  waitFor(async () => {
    const worker = (await fleetOf(platform)).find(({ worker_id }) => worker_id === workerId);
    return worker?.state === state && worker;
  }, `${workerId} to be ${state}`);
