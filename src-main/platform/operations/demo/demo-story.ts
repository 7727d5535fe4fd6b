/**
 * The whole marketplace once, on a platform of its own: miners join, somebody rents one, blocks come, the lease is
 * stopped and settled, and every figure is checked. All of it through the interfaces that everybody uses.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { getAddress } from 'viem/utils';
import { treasuryAccountId } from '../../../contract/domain/account.ts';
import type { Block } from '../../../contract/domain/block.ts';
import type { LeaseDetails } from '../../../contract/domain/lease.ts';
import type { Listing } from '../../../contract/domain/market.ts';
import { balanceRoute, depositRoute, registerRoute } from '../../../contract/rest/accounts.routes.ts';
import { leaseRoute, rentRoute, stopRoute } from '../../../contract/rest/leases.routes.ts';
import { ledgerCheckRoute } from '../../../contract/rest/ledger.routes.ts';
import {
  marketplaceRoute,
  priceSuggestionRoute,
  reputationRoute,
  setPricingRoute,
} from '../../../contract/rest/market.routes.ts';
import { proofMemoryLimitKib } from '../../../contract/domain/proof.ts';
import { explainProof } from '../../features/proof/index.ts';
import { StartupError } from '../../kernel/app-error.ts';
import { DemoClient } from './demo-client.ts';
import { checkDemo, type DemoBlock, type DemoCheck, type DemoFacts, type DemoMoney } from './demo-facts.ts';
import { DemoFeed } from './demo-feed.ts';
import { demoProofs, DemoStage, type DemoPorts } from './demo-stage.ts';

/** Who tells the story to people. */
export interface DemoTeller {
  /** A chapter begins. */
  chapter(title: string): void;
  /** Something was done. */
  done(text: string): void;
  /** Figures, a row each, of texts that stand in columns. */
  table(rows: readonly (readonly string[])[]): void;
  checked(checks: readonly DemoCheck[]): void;
  /** What the platform and the miners complained of; only when something went wrong. */
  complained(lines: readonly string[]): void;
}

export type { DemoCheck };

const renterId = 'alice';
const depositCredits = 100;
const leaseSec = 600;

/** The lease is stopped when it has so many blocks, but not before it is so old. */
const wantedBlocks = 4;
const minLeaseMs = 12_000;

/** A chapter that takes longer has failed. */
export interface DemoPatience {
  readonly chapterMs: number;
  /** For the one in which blocks are waited for. */
  readonly miningMs: number;
}
const usualPatience: DemoPatience = { chapterMs: 20_000, miningMs: 45_000 };

const lookEveryMs = 100;

/**
 * Plays the story and checks it. Nothing is left of it when it settles, however it ends.
 *
 * @throws StartupError when a port is taken, a call is refused, or a chapter takes too long
 * @throws whatever the signal was aborted with
 */
export async function playDemo(
  ports: DemoPorts,
  teller: DemoTeller,
  signal: AbortSignal,
  patience = usualPatience,
): Promise<readonly DemoCheck[]> {
  const stage = new DemoStage();
  let isRight = false;
  try {
    const facts = await new DemoStory(ports, stage, teller, signal, patience).play();
    teller.chapter('Everything is checked');
    const checks = checkDemo(facts);
    teller.checked(checks);
    isRight = checks.every((check) => check.isRight);
    return checks;
  } finally {
    if (!isRight && !signal.aborted) teller.complained(stage.complaints);
    await stage.close();
  }
}

interface Rented extends Pick<LeaseDetails, 'lease_id' | 'worker_id' | 'prefix'> {
  /** By the demo's own watch. */
  readonly beganAtMs: number;
}

class DemoStory {
  readonly #ports: DemoPorts;
  readonly #stage: DemoStage;
  readonly #teller: DemoTeller;
  readonly #signal: AbortSignal;
  readonly #patience: DemoPatience;
  readonly #client: DemoClient;
  readonly #renterAddress = newAddress();
  readonly #ownerAddress = newAddress();
  #adminKey = '';
  #renterKey = '';

  constructor(
    ports: DemoPorts,
    stage: DemoStage,
    teller: DemoTeller,
    signal: AbortSignal,
    patience: DemoPatience,
  ) {
    this.#patience = patience;
    this.#ports = ports;
    this.#stage = stage;
    this.#teller = teller;
    this.#signal = signal;
    this.#client = new DemoClient(`http://127.0.0.1:${ports.apiPort}`);
  }

  async play(): Promise<DemoFacts> {
    await this.#chapter('The platform starts', () => this.#startPlatform());
    const listings = await this.#chapter('Two miners join', (signal) => this.#waitForMiners(signal));
    await this.#chapter('A renter arrives', (signal) => this.#openAccount(signal));
    const workerId = listings[0]?.worker_id ?? '';
    const begin = await this.#chapter('The renter takes the cheaper miner', async (signal) => ({
      before: await this.#money(signal),
      reputation: await this.#reputation(workerId, signal),
      lease: await this.#rent(workerId, signal),
    }));
    const { lease } = begin;
    await this.#chapter(
      'Blocks arrive, live',
      (signal) => this.#watch(lease, signal),
      this.#patience.miningMs,
    );
    const end = await this.#chapter('The renter stops the lease', (signal) => this.#stopLease(lease, signal));
    return this.#chapter("Everybody's money", async (signal) => {
      const after = await this.#money(signal);
      this.#showMoney(begin.before, after);
      return {
        ...end,
        after,
        before: begin.before,
        renterAddress: this.#renterAddress,
        reputation: { before: begin.reputation, after: await this.#reputation(workerId, signal) },
        ledger: await this.#client.call(ledgerCheckRoute, { key: this.#adminKey, signal }),
      };
    });
  }

  async #chapter<Result>(
    title: string,
    work: (signal: AbortSignal) => Promise<Result>,
    limitMs = this.#patience.chapterMs,
  ): Promise<Result> {
    this.#signal.throwIfAborted();
    this.#teller.chapter(title);
    const limit = AbortSignal.timeout(limitMs);
    try {
      return await work(AbortSignal.any([this.#signal, limit]));
    } catch (error) {
      this.#signal.throwIfAborted();
      if (!limit.aborted) throw error;
      throw new StartupError(`"${title}" takes longer than ${limitMs / 1000} s: something is wrong.`);
    }
  }

  async #startPlatform(): Promise<void> {
    const { generatedAdminKey, mqttPort, apiPort } = await this.#stage.startPlatform(this.#ports);
    this.#adminKey = generatedAdminKey ?? '';
    this.#teller.done(`MQTT broker   127.0.0.1:${mqttPort}`);
    this.#teller.done(`API           http://127.0.0.1:${apiPort}/api/docs`);
    this.#teller.done(`Data          ${this.#stage.folder}, removed at the end`);
  }

  /** Sets the prices that are suggested for their cards. Returns them, the cheapest first. */
  async #waitForMiners(signal: AbortSignal): Promise<Listing[]> {
    await this.#stage.startMiners(this.#ports, this.#ownerAddress, signal);
    const arrived = await this.#until(signal, async () => {
      const items = await this.#listings(signal);
      return items.length === 2 && items.every(({ hashrate }) => hashrate > 0) && items;
    });
    for (const { worker_id: workerId } of arrived) {
      const params = { worker_id: workerId };
      const { suggested_price_per_min: price } = await this.#client.call(priceSuggestionRoute, {
        params,
        signal,
      });
      await this.#client.call(setPricingRoute, {
        params,
        signal,
        key: this.#adminKey,
        body: { price_per_min: price, min_duration_sec: 60, max_duration_sec: 3600 },
      });
    }
    const listings = await this.#listings(signal);
    this.#teller.table(
      listings.map(({ worker_id: id, gpu_count: count, gpus, hashrate, price_per_min: price }) => [
        id,
        `${count} × ${gpus[0]?.name.replace(/^NVIDIA (GeForce )?/, '') ?? ''}`,
        `${Math.round(hashrate).toLocaleString('en')} H/s`,
        `${price.toFixed(2)} credits a minute`,
      ]),
    );
    this.#teller.done(this.#stage.proofNotice);
    return listings;
  }

  async #openAccount(signal: AbortSignal): Promise<void> {
    const { api_key: key } = await this.#client.call(registerRoute, {
      signal,
      body: { account_id: renterId, role: 'consumer', eth_address: this.#renterAddress },
    });
    this.#renterKey = key;
    this.#teller.done(`${renterId} opens an account, mines for ${this.#renterAddress}`);
    const { balance } = await this.#client.call(depositRoute, {
      signal,
      key: this.#adminKey,
      params: { account_id: renterId },
      body: { amount: depositCredits, note: 'demo' },
    });
    this.#teller.done(`the operator credits ${balance} credits to ${renterId}`);
  }

  async #rent(workerId: string, signal: AbortSignal): Promise<Rented> {
    const lease = await this.#client.call(rentRoute, {
      signal,
      key: this.#renterKey,
      body: { worker_id: workerId, duration_sec: leaseSec, consumer_address: this.#renterAddress },
    });
    const beganAtMs = performance.now();
    this.#teller.done(`${lease.worker_id} for ${leaseSec / 60} minutes: ${lease.held} credits are set aside`);
    this.#teller.done(`its keys have to begin with ${lease.prefix}`);
    await this.#until(signal, async () => (await this.#lease(lease.lease_id, signal)).mining_since !== null);
    this.#teller.done('the miner has the task and mines for it');
    return { ...lease, beganAtMs };
  }

  /** Tells of each block of the lease when the feed does, until there are enough. */
  async #watch(lease: Rented, signal: AbortSignal): Promise<void> {
    const feed = await DemoFeed.open(`ws://127.0.0.1:${this.#ports.apiPort}/ws/dashboard`, signal);
    try {
      let found = 0;
      while (found < wantedBlocks || performance.now() - lease.beganAtMs < minLeaseMs) {
        const event = await feed.nextBlock(signal);
        if (event.lease_id !== lease.lease_id) continue;
        found += 1;
        const seconds = (performance.now() - lease.beganAtMs) / 1000;
        this.#tellBlock(seconds, await this.#blockOf(lease, event.hash, signal));
      }
    } finally {
      feed.close();
    }
  }

  async #blockOf(lease: Rented, hash: string, signal: AbortSignal): Promise<Block> {
    const { blocks } = await this.#lease(lease.lease_id, signal);
    const block = blocks.find((candidate) => candidate.hash === hash);
    if (!block) throw new StartupError('The feed tells of a block that the lease does not have.');
    return block;
  }

  #tellBlock(seconds: number, { verified, key, hash }: Block): void {
    this.#teller.done(
      `${seconds.toFixed(1).padStart(5)} s  ${verified}  key ${key.slice(0, 24)}…  tag …${tagAround(hash)}…`,
    );
  }

  async #stopLease(lease: Rented, signal: AbortSignal) {
    await this.#client.call(stopRoute, {
      signal,
      key: this.#renterKey,
      body: { lease_id: lease.lease_id },
    });
    const watchedSec = (performance.now() - lease.beganAtMs) / 1000;
    // When the miner is free again, no block of the lease is on its way any more.
    await this.#until(signal, async () =>
      (await this.#listings(signal)).some(
        ({ worker_id: workerId, available }) => workerId === lease.worker_id && available,
      ),
    );
    const details = await this.#lease(lease.lease_id, signal);
    this.#teller.done(
      `settled after ${details.elapsed_sec.toFixed(1)} s; the statement explains each figure:`,
    );
    this.#teller.table(
      details.statement.explanation.map((line) => {
        const [name = '', ...rest] = line.split(' = ');
        return [name, `= ${rest.join(' = ')}`];
      }),
    );
    const blocks = await Promise.all(details.blocks.map((block) => this.#proveAgain(lease, block)));
    return { lease: details, blocks, watchedSec };
  }

  /** Computes the proof of a block without the platform, as anybody can. */
  async #proveAgain({ prefix }: Rented, block: Block): Promise<DemoBlock> {
    const { key, hash, timestamp } = block;
    const { marker, difficultyKib: minMemoryKib } = demoProofs;
    const { proven } = await explainProof(
      { key, hash, prefix, account: this.#renterAddress, isLeased: true, arrivedAtMs: timestamp * 1000 },
      { marker, minMemoryKib, maxMemoryKib: proofMemoryLimitKib, hasXuniWindow: true },
    );
    return { block, provenAgain: proven };
  }

  #showMoney(before: DemoMoney, after: DemoMoney): void {
    const row = (name: string, who: keyof DemoMoney) => [
      name,
      before[who].balance.toFixed(6),
      '→',
      after[who].balance.toFixed(6),
      'credits',
    ];
    this.#teller.table([
      row(`${renterId} (renter)`, 'renter'),
      row('owner of the miners', 'owner'),
      row('treasury of the platform', 'treasury'),
    ]);
  }

  /** What can be rented, the cheapest first. */
  async #listings(signal: AbortSignal): Promise<Listing[]> {
    const page = await this.#client.call(marketplaceRoute, { signal, query: { sort_by: 'price' } });
    return page.items;
  }

  #lease(leaseId: string, signal: AbortSignal): Promise<LeaseDetails> {
    return this.#client.call(leaseRoute, { params: { lease_id: leaseId }, key: this.#renterKey, signal });
  }

  #reputation(workerId: string, signal: AbortSignal) {
    return this.#client.call(reputationRoute, { params: { worker_id: workerId }, signal });
  }

  async #money(signal: AbortSignal): Promise<DemoMoney> {
    const accountOf = (accountId: string) =>
      this.#client.call(balanceRoute, { params: { account_id: accountId }, key: this.#adminKey, signal });
    return {
      renter: await accountOf(renterId),
      owner: await accountOf(this.#ownerAddress.toLowerCase()),
      treasury: await accountOf(treasuryAccountId),
    };
  }

  /** Looks until there is something. */
  async #until<Result>(
    signal: AbortSignal,
    look: () => Promise<Result>,
  ): Promise<Exclude<Result, false | undefined>> {
    for (;;) {
      const result = await look();
      if (result !== false && result !== undefined) return result as Exclude<Result, false | undefined>;
      await delay(lookEveryMs, undefined, { signal });
    }
  }
}

function newAddress(): string {
  return getAddress(`0x${randomBytes(20).toString('hex')}`);
}

/** The marker in the tag, with a few letters on both sides. */
function tagAround(hash: string): string {
  const place = hash.lastIndexOf(demoProofs.marker);
  return hash.slice(Math.max(hash.lastIndexOf('$') + 1, place - 6), place + 8);
}
