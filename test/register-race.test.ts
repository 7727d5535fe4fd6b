import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../src-main/platform/config/load-config.ts';
import { connectFleet } from '../src-main/platform/features/fleet/index.ts';
import { ComponentStack } from '../src-main/platform/kernel/component.ts';
import { createParts } from '../src-main/platform/wiring/parts.ts';
import { renterAddress } from './support/renting.ts';
import { TestMiner } from './support/test-miner.ts';
import { temporaryFolder } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

/** The parts between a miner and its lease, with a hand on the order of what is stored. */
async function setUp() {
  const args = ['--mqtt-host', '127.0.0.1', '--mqtt-port', '0', '--data-dir', temporaryFolder()];
  const parts = createParts(loadConfig({ args, environment: {} }), {
    restart: () => Promise.resolve(),
    reconfigure: () => Promise.resolve(),
  });
  connectFleet(parts.broker, parts.fleet, parts.loggers.module('fleet'));
  const { storage, accounts, fleet, sessions, leases, leaseWatch, broker } = parts;
  const stack = new ComponentStack([storage, accounts, fleet, sessions, leases, leaseWatch, broker]);
  await stack.start();
  onTestFinished(() => stack.stop());
  for (const [accountId, balanceMicro] of Object.entries({ renter: 100_000_000, poor: 0 })) {
    const registration = { accountId, role: 'consumer', ethAddress: '', balanceMicro } as const;
    await accounts.register({ ...registration, isTrusted: true, actor: 'operator' });
  }
  const miner = await TestMiner.connect({ workerId: 'rig-1', mqttUrl: `mqtt://127.0.0.1:${broker.port}` });
  await miner.introduce();
  await waitFor(() => miner.tasks.length > 0, 'the ack');
  miner.tasks.splice(0);

  /** Nothing is stored until the returned function is called. */
  function holdStorage(): () => void {
    const gate = Promise.withResolvers<void>();
    void storage.write(() => gate.promise);
    return () => gate.resolve();
  }
  const waiting = (count: number) =>
    waitFor(() => storage.commitStats.depth === count, `${count} writes wait`);
  const rent = (consumerId: string) =>
    leases.rent({
      consumerId,
      consumerAddress: renterAddress,
      durationSec: 600,
      workerId: 'rig-1',
      actor: consumerId,
    });
  const commands = () => miner.tasks.map((task) => (task as { command: string }).command);
  return { leases, miner, holdStorage, waiting, rent, commands };
}

test('a register that is stored together with a lease is answered when the lease has ended, not in its middle', async () => {
  const { leases, miner, holdStorage, waiting, rent, commands } = await setUp();
  const release = holdStorage();
  await waiting(0);
  const registering = miner.register();
  await waiting(1);
  const renting = rent('renter');
  await waiting(2);
  release();
  await registering;
  const { leaseId } = await renting;
  await waitFor(() => commands().includes('assign_task'), 'the task');
  // It has to be answered for, and everything before this arrived.
  await miner.heartbeat();
  expect(commands()).not.toContain('register_ack');
  await leases.stopLease(leaseId, 'renter');
  await waitFor(() => commands().includes('register_ack'), 'the ack');
  expect(commands().slice(-2)).toEqual(['release', 'register_ack']);
  expect(new Set(commands().slice(0, -2))).toEqual(new Set(['assign_task']));
});

test('a register while a lease is written that does not begin is answered all the same', async () => {
  const { miner, holdStorage, waiting, rent, commands } = await setUp();
  const release = holdStorage();
  await waiting(0);
  const rents = [rent('poor'), rent('poor')].map((renting) => renting.catch((error: unknown) => error));
  await waiting(2);
  const registering = miner.register();
  await waiting(3);
  release();
  await registering;
  for (const refusal of await Promise.all(rents)) expect(refusal).toMatchObject({ code: 'payment_required' });
  await waitFor(() => commands().length > 0, 'the ack');
  expect(commands()).toEqual(['register_ack']);
});
