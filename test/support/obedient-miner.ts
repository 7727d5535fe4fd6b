import { TestMiner, type TestMinerOptions } from './test-miner.ts';

/** A miner that plays its part of a lease at once, or not at all while it is told to be deaf. */
export class ObedientMiner {
  readonly miner: TestMiner;
  isDeaf = false;

  private constructor(miner: TestMiner) {
    this.miner = miner;
    miner.client.on('message', (topic, payload) => {
      if (topic.endsWith('/task'))
        void this.#obey(JSON.parse(payload.toString()) as { command: string; lease_id: string });
    });
  }

  /** Connects, registers and is available. */
  static async connect(options: TestMinerOptions): Promise<ObedientMiner> {
    const miner = await TestMiner.connect(options);
    const obedient = new ObedientMiner(miner);
    await miner.introduce();
    return obedient;
  }

  async #obey({ command, lease_id }: { command: string; lease_id: string }): Promise<void> {
    if (this.isDeaf || !this.miner.client.connected) return;
    const say = (state: string, fields = {}) => this.miner.status(state, fields).catch(() => undefined);
    if (command === 'assign_task') await Promise.all([say('LEASED'), say('MINING', { lease_id })]);
    else if (command === 'release') await Promise.all([say('COMPLETED', { lease_id }), say('AVAILABLE')]);
  }
}
