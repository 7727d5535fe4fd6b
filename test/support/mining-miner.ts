import { mineProof } from './mine.ts';
import { TestMiner, type TestMinerOptions } from './test-miner.ts';
import { waitFor } from './wait-for.ts';

interface AssignTask {
  readonly command: 'assign_task';
  readonly lease_id: string;
  readonly consumer_id: string;
  readonly consumer_address: string;
  readonly prefix: string;
  readonly duration_sec: number;
}

/** What to mine for. */
export interface MiningGoal {
  /** Part of the tag that makes a hash a block. */
  readonly marker: string;
  /** Memory cost in KiB. */
  readonly memory: number;
}

/**
 * A miner that plays the C++ miner's part of a lease: LEASED and MINING after assign_task, real proofs with the
 * lease's prefix for the renter's address, COMPLETED and AVAILABLE after release.
 */
export class MiningMiner {
  readonly miner: TestMiner;
  readonly #goal: MiningGoal;
  readonly #ownAddress: string;
  task: AssignTask | undefined;

  private constructor(miner: TestMiner, ownAddress: string, goal: MiningGoal) {
    this.miner = miner;
    this.#ownAddress = ownAddress;
    this.#goal = goal;
    miner.client.on('message', (topic, payload) => {
      if (topic.endsWith('/task')) void this.#obey(JSON.parse(payload.toString()) as { command: string });
    });
  }

  static async connect(
    options: TestMinerOptions & { readonly ethAddress: string },
    goal: MiningGoal,
  ): Promise<MiningMiner> {
    const miner = await TestMiner.connect(options);
    return new MiningMiner(miner, options.ethAddress, goal);
  }

  /** Waits until it was told to mine for a lease and said so. */
  async leased(leaseId: string): Promise<AssignTask> {
    return waitFor(() => this.task?.lease_id === leaseId && this.task, `the task of ${leaseId}`);
  }

  /** Mines one real block, for the lease if there is one, and reports it. Returns its key and hash. */
  async mineBlock(changes: Record<string, unknown> = {}): Promise<{ key: string; hash: string }> {
    const account = this.task?.consumer_address ?? this.#ownAddress;
    const proof = await mineProof({ account, prefix: this.task?.prefix ?? '', ...this.#goal });
    await this.miner.block({
      lease_id: this.task?.lease_id ?? '',
      account,
      key: proof.key,
      hash: proof.hash,
      ...changes,
    });
    return proof;
  }

  async #obey(message: { command: string }): Promise<void> {
    if (message.command === 'assign_task') {
      const task = message as AssignTask;
      await this.miner.status('LEASED', { lease_id: task.lease_id });
      await this.miner.status('MINING', { lease_id: task.lease_id });
      this.task = task;
    } else if (message.command === 'release' && this.task) {
      const { lease_id } = this.task;
      this.task = undefined;
      await this.miner.status('COMPLETED', { lease_id });
      await this.miner.status('AVAILABLE');
    }
  }
}
