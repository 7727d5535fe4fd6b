import type { Command } from '../../src-main/contract/domain/command.ts';
import { admin, ok, type Who } from './accounts.ts';
import { TestMiner, type TestMinerOptions } from './test-miner.ts';
import type { TestPlatform } from './test-platform.ts';
import { waitFor } from './wait-for.ts';

/** Where commands to a worker are posted. */
export const controlPath = (workerId: string) => `/api/workers/${encodeURIComponent(workerId)}/control`;

/** A miner that is connected, registered and AVAILABLE. */
export async function startMiner(
  platform: TestPlatform,
  workerId: string,
  options: Partial<TestMinerOptions> = {},
): Promise<TestMiner> {
  const miner = await TestMiner.connect({ workerId, mqttUrl: platform.mqttUrl, ...options });
  await miner.introduce();
  return miner;
}

/** Sends a command that has to be accepted; returns its id. */
export const sendControl = async (
  platform: TestPlatform,
  workerId: string,
  body: object,
  who: Who = admin(platform),
) => (await ok<{ command_id: string }>(platform, 'POST', controlPath(workerId), { body, who })).command_id;

export const readCommand = (platform: TestPlatform, commandId: string) =>
  ok<Command>(platform, 'GET', `/api/control/commands/${commandId}`, { who: admin(platform) });

/** Waits until a command is in a state. */
export const becomes = (platform: TestPlatform, commandId: string, state: string) =>
  waitFor(async () => {
    const command = await readCommand(platform, commandId);
    return command.state === state && command;
  }, `${commandId} to be ${state}`);

export const listCommands = (platform: TestPlatform, query: string, who: Who = admin(platform)) =>
  ok<{ items: Command[]; total: number; limit: number; offset: number }>(
    platform,
    'GET',
    `/api/control/commands?${query}`,
    { who },
  );
