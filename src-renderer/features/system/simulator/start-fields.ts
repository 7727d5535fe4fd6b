/** What a simulation can be started with, as it is typed, and what is wrong with it. */
import { simulatorLimits } from '../../../../src-main/contract/domain/simulator.ts';
import { ethAddressPattern } from '../../../../src-main/contract/mqtt/miner-messages.ts';
import type { startSimulatorRoute } from '../../../../src-main/contract/rest/simulator.routes.ts';
import type { z } from 'zod';

export interface StartFields {
  workers: string;
  blockInterval: string;
  heartbeat: string;
  owner: string;
  gpuCount: string;
  seed: string;
}

export type StartBody = z.input<NonNullable<(typeof startSimulatorRoute)['body']>>;

interface Rule {
  readonly min: number;
  readonly max: number;
  readonly isWhole: boolean;
  readonly isOptional?: boolean;
}

const { workers, blockIntervalSec, heartbeatSec, gpuCount, seed } = simulatorLimits;

export const fieldRules: Readonly<Record<Exclude<keyof StartFields, 'owner'>, Rule>> = {
  workers: { ...workers, isWhole: true },
  blockInterval: { ...blockIntervalSec, isWhole: false },
  heartbeat: { ...heartbeatSec, isWhole: false },
  gpuCount: { ...gpuCount, isWhole: true, isOptional: true },
  seed: { ...seed, isWhole: true },
};

export const ownFields: StartFields = {
  workers: '25',
  blockInterval: String(blockIntervalSec.default),
  heartbeat: String(heartbeatSec.default),
  owner: '',
  gpuCount: '',
  seed: String(seed.default),
};

/** Names of the fields that can't be sent as they are. */
export function wrongFields(fields: StartFields): ReadonlySet<keyof StartFields> {
  const wrong = new Set<keyof StartFields>();
  for (const [name, rule] of Object.entries(fieldRules) as [keyof typeof fieldRules, Rule][]) {
    const typed = fields[name].trim();
    const number = Number(typed);
    const isFine =
      typed === ''
        ? rule.isOptional === true
        : number >= rule.min && number <= rule.max && (!rule.isWhole || Number.isInteger(number));
    if (!isFine) wrong.add(name);
  }
  const owner = fields.owner.trim();
  if (owner !== '' && !ethAddressPattern.test(owner)) wrong.add('owner');
  return wrong;
}

export function toStartBody(fields: StartFields, scenario: string): StartBody {
  const owner = fields.owner.trim();
  const gpus = fields.gpuCount.trim();
  return {
    scenario,
    workers: Number(fields.workers),
    block_interval: Number(fields.blockInterval),
    heartbeat_interval: Number(fields.heartbeat),
    seed: Number(fields.seed),
    ...(owner === '' ? {} : { owner }),
    ...(gpus === '' ? {} : { gpu_count: Number(gpus) }),
  };
}
