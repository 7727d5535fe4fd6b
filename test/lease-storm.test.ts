import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { computeBill } from '../src-main/platform/features/leases/settlement.ts';
import { admin, call, deposit, ok, register, type Who } from './support/accounts.ts';
import { ManualClock } from './support/manual-clock.ts';
import { brokenInvariants } from './support/money-invariant.ts';
import { ObedientMiner } from './support/obedient-miner.ts';
import { readRows } from './support/platform-figures.ts';
import { startTestPlatform, temporaryFolder, type TestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

/** `XENBLOCKS_TEST_SEED=123` repeats a run. */
const seed = Number(process.env['XENBLOCKS_TEST_SEED'] ?? randomInt(2 ** 31));

const workers = ['rig-1', 'rig-2', 'rig-3', 'rig-4'];
const consumers = ['alice', 'bob', 'carol'];
const address = '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed';

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('rent' as const),
      consumer: fc.constantFrom(...consumers),
      worker: fc.constantFrom('', ...workers),
      durationSec: fc.integer({ min: 1, max: 900 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('stop' as const), pick: fc.nat() }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 200 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('price' as const),
      worker: fc.constantFrom(...workers),
      price: fc.integer({ min: 0, max: 3_000_000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('say' as const),
      worker: fc.nat({ max: workers.length - 1 }),
      state: fc.constantFrom('IDLE', 'AVAILABLE', 'ERROR', 'offline'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('deafen' as const),
      worker: fc.nat({ max: workers.length - 1 }),
      isDeaf: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('restart' as const),
      downSec: fc.integer({ min: 0, max: 400 }),
    }),
  },
);

/** A farm whose platform may be restarted under it. */
class Farm {
  readonly clock = new ManualClock();
  readonly #dataDir = temporaryFolder();
  readonly #who: Record<string, Who> = {};
  platform!: TestPlatform;
  miners: ObedientMiner[] = [];
  readonly counts = { rented: 0, refused: 0, stopped: 0, restarts: 0 };

  async start(): Promise<void> {
    const args = ['--sign-in-max-per-min', '1000', '--verify', 'off'];
    this.platform = await startTestPlatform({ clock: this.clock, dataDir: this.#dataDir, args });
    const { mqttUrl } = this.platform;
    this.miners = await Promise.all(workers.map((workerId) => ObedientMiner.connect({ workerId, mqttUrl })));
  }

  async openAccounts(): Promise<void> {
    for (const consumer of consumers) {
      this.#who[consumer] = await register(this.platform, consumer);
      await deposit(this.platform, consumer, 40);
    }
    for (const worker of workers) await this.#setPrice(worker, 600_000);
  }

  async take(step: StepValue): Promise<void> {
    switch (step.kind) {
      case 'rent':
        return this.#rent(step.consumer, step.worker, step.durationSec);
      case 'stop':
        return this.#stop(step.pick);
      case 'wait':
        return this.#wait(step.seconds);
      case 'price':
        return this.#setPrice(step.worker, step.price);
      case 'say':
        return this.miners[step.worker]!.miner.status(step.state);
      case 'deafen':
        this.miners[step.worker]!.isDeaf = step.isDeaf;
        return;
      case 'restart':
        return this.#restart(step.downSec);
    }
  }

  /** Time passes, in which those that are not deaf are heard. */
  async #wait(seconds: number): Promise<void> {
    this.clock.advance(seconds * 1000);
    for (const { miner, isDeaf } of this.miners) if (!isDeaf) await miner.heartbeat();
  }

  async #restart(downSec: number): Promise<void> {
    this.counts.restarts += 1;
    await this.platform.stop();
    this.clock.jump(downSec * 1000);
    await this.start();
  }

  async #rent(consumer: string, worker: string, durationSec: number): Promise<void> {
    const { status } = await call(this.platform, 'POST', '/api/rent', {
      who: this.#who[consumer]!,
      body: { worker_id: worker, duration_sec: durationSec, consumer_address: address },
    });
    expect([200, 400, 402, 404]).toContain(status);
    if (status === 200) this.counts.rented += 1;
    else this.counts.refused += 1;
  }

  async #stop(pick: number): Promise<void> {
    const ids = readRows<{ lease_id: string }>(
      this.platform,
      `select lease_id from leases where state = 'active' order by lease_id`,
    );
    const leaseId = ids[pick % Math.max(1, ids.length)]?.lease_id ?? 'lease-none';
    const { status } = await call(this.platform, 'POST', '/api/stop', {
      who: admin(this.platform),
      body: { lease_id: leaseId },
    });
    expect([200, 404]).toContain(status);
    if (status === 200) this.counts.stopped += 1;
  }

  async #setPrice(worker: string, priceMicro: number): Promise<void> {
    await ok(this.platform, 'PUT', `/api/workers/${worker}/pricing`, {
      who: admin(this.platform),
      body: { price_per_min: priceMicro / 1e6, min_duration_sec: 1, max_duration_sec: 3600 },
    });
  }
}

type StepValue = ReturnType<typeof step.generate>['value'];

test(`the ledger holds after each of 500 random steps (seed ${seed})`, async () => {
  const farm = new Farm();
  await farm.start();
  await farm.openAccounts();
  for (const [index, value] of fc.sample(step, { seed, numRuns: 500 }).entries()) {
    await farm.take(value);
    expect(brokenInvariants(farm.platform.databasePath), `step ${index}: ${JSON.stringify(value)}`).toEqual(
      [],
    );
  }
  // Every lease comes to its end.
  farm.clock.advance(4_000_000);
  await waitFor(async () => {
    const { active_leases } = await farm.platform.get<{ active_leases: number }>('/api/status');
    return active_leases === 0;
  }, 'the end of all leases');
  expect(brokenInvariants(farm.platform.databasePath)).toEqual([]);
  const [totals] = readRows<{ leases: number; settlements: number; reasons: number }>(
    farm.platform,
    `select (select count(*) from leases) as leases, (select count(*) from settlements) as settlements,
       (select count(distinct end_reason) from leases) as reasons`,
  );
  expect(totals?.leases).toBe(farm.counts.rented);
  expect(totals?.settlements).toBe(farm.counts.rented);
  // It was a storm, not a calm.
  expect(farm.counts.rented).toBeGreaterThan(30);
  expect(farm.counts.refused).toBeGreaterThan(10);
  expect(farm.counts.stopped).toBeGreaterThan(5);
  expect(farm.counts.restarts).toBeGreaterThan(3);
  expect(totals?.reasons).toBeGreaterThan(2);
});

test('charge = payout + fee, and hold = charge + refund, for every price, duration and absence', () => {
  const moment = fc.integer({ min: 0, max: 4_000_000_000 });
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 10_000_000_000 }),
      fc.integer({ min: 1, max: 31_536_000 }),
      moment,
      fc.array(fc.tuple(moment, fc.option(moment)), { maxLength: 8 }),
      fc.option(moment, { nil: undefined }),
      (pricePerMinMicro, durationSec, elapsedMs, away, unpaidSinceMs) => {
        const heldMicro = Number((BigInt(pricePerMinMicro) * BigInt(durationSec)) / 60n);
        const outages = away
          .map(([beganAtMs, endedAtMs]) => ({ beganAtMs, endedAtMs, cause: 'offline' as const }))
          .sort((left, right) => left.beganAtMs - right.beganAtMs);
        const bill = computeBill({
          createdAtMs: 0,
          endedAtMs: elapsedMs,
          durationSec,
          pricePerMinMicro,
          heldMicro,
          outages,
          unpaidSinceMs,
        });
        const amounts = [bill.costMicro, bill.payoutMicro, bill.feeMicro, bill.refundMicro];
        expect(amounts.every((amount) => Number.isSafeInteger(amount) && amount >= 0)).toBe(true);
        expect(bill.payoutMicro + bill.feeMicro).toBe(bill.costMicro);
        expect(bill.costMicro + bill.refundMicro).toBe(heldMicro);
        expect(bill.billedMs + bill.downtimeMs).toBe(bill.elapsedMs);
        expect(bill.elapsedMs).toBeLessThanOrEqual(durationSec * 1000);
        // Nobody pays more than the time that was worked, to the micro-credit.
        expect(BigInt(bill.costMicro) * 60_000n <= BigInt(pricePerMinMicro) * BigInt(bill.billedMs)).toBe(
          true,
        );
        // 5 % to the unit.
        expect(bill.feeMicro).toBe(Number((BigInt(bill.costMicro) * 5n) / 100n));
      },
    ),
    { numRuns: 2000, seed },
  );
});
