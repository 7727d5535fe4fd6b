/** The fleet simulator inside the platform; for the operator. */
import { z } from 'zod';
import { simulationSchema, simulatorLimits } from '../domain/simulator.ts';
import { ethAddressPattern } from '../mqtt/miner-messages.ts';
import { defineRoute } from './define-route.ts';

interface Bounds {
  readonly min: number;
  readonly max: number;
}

const decimal = ({ min, max }: Bounds) => {
  const message = `must be a number from ${min} to ${max}`;
  return z.number({ error: message }).min(min, message).max(max, message);
};

const whole = ({ min, max }: Bounds) => {
  const message = `must be a whole number from ${min} to ${max}`;
  return z.number({ error: message }).int(message).min(min, message).max(max, message);
};

const { workers, blockIntervalSec, heartbeatSec, gpuCount, seed } = simulatorLimits;

const response = z
  .object({
    running: z.boolean(),
    simulation: simulationSchema.nullable().meta({ description: 'null while none runs' }),
    last_error: z.string().meta({ description: 'Why the last one could not start, or ended by itself' }),
    max_workers: z.number().meta({ description: 'So many the platform takes' }),
    scenarios: z
      .array(z.object({ name: z.string(), summary: z.string() }))
      .meta({ description: 'What can be played; steady unless asked for' }),
  })
  .meta({ id: 'Simulator' });
export type SimulatorView = z.infer<typeof response>;

export const simulatorRoute = defineRoute({
  method: 'get',
  path: '/api/admin/simulator',
  tag: 'Simulator',
  summary: 'The simulated fleet inside the platform, and its rates',
  access: 'admin',
  response,
});

const startBody = z.object({
  workers: whole(workers).default(workers.default),
  scenario: z
    .string({ error: 'must be the name of a scenario' })
    .max(64, 'must have at most 64 characters')
    .default('steady'),
  block_interval: decimal(blockIntervalSec)
    .default(blockIntervalSec.default)
    .meta({ description: 'Mean seconds between two blocks of a worker' }),
  heartbeat_interval: decimal(heartbeatSec)
    .default(heartbeatSec.default)
    .meta({ description: 'Seconds between two heartbeats of a worker' }),
  owner: z
    .string({ error: 'must be 0x and 40 hex digits' })
    .regex(ethAddressPattern, 'must be 0x and 40 hex digits')
    .nullish()
    .meta({ description: 'Address of all workers; absent: several owners' }),
  gpu_count: whole(gpuCount).nullish().meta({ description: 'GPUs of all rigs; absent: 1, 2, 4 or 8' }),
  seed: whole(seed).default(seed.default).meta({ description: 'The same seed gives the same rigs' }),
});
export type SimulatorStart = z.output<typeof startBody>;

export const startSimulatorRoute = defineRoute({
  method: 'post',
  path: '/api/admin/simulator/start',
  tag: 'Simulator',
  summary:
    'Starts simulated miners; they connect over MQTT and are workers like others. Answers when the first is there',
  access: 'admin',
  action: 'simulator.start',
  body: startBody,
  response,
  errors: ['bad_request', 'conflict'],
});

export const stopSimulatorRoute = defineRoute({
  method: 'post',
  path: '/api/admin/simulator/stop',
  tag: 'Simulator',
  summary: 'Ends the simulated miners; all of them say goodbye first. Nothing happens when none run',
  access: 'admin',
  action: 'simulator.stop',
  response,
});
