import type { MinerConfig } from '../../src-main/contract/domain/miner-config.ts';
import { TestMiner, type TestMinerOptions } from './test-miner.ts';

/**
 * `obeys`: its next heartbeat shows what it was told; `ignores`: it takes what it is told and does nothing;
 * `deaf`: it never acknowledges.
 */
export type Obedience = 'obeys' | 'ignores' | 'deaf';

/** A miner that is told what to mine, and says what it mines. */
export class ConfigurableMiner {
  readonly miner: TestMiner;
  obedience: Obedience;
  /** What it mines. */
  config: MinerConfig;

  private constructor(miner: TestMiner, obedience: Obedience, config: MinerConfig) {
    this.miner = miner;
    this.obedience = obedience;
    this.config = config;
    miner.client.on('message', (topic, payload) => {
      if (topic.endsWith('/control') && this.obedience === 'obeys')
        this.#follow(JSON.parse(payload.toString()) as { config: MinerConfig });
    });
    const { client } = miner;
    const handle = client.handleMessage.bind(client);
    client.handleMessage = (packet, done) => {
      if (this.obedience !== 'deaf' || !packet.topic.endsWith('/control')) handle(packet, done);
    };
  }

  /** Connects, registers and says what it mines. */
  static async connect(
    options: TestMinerOptions & { obedience?: Obedience; config?: MinerConfig },
  ): Promise<ConfigurableMiner> {
    const { obedience = 'obeys', config = { difficulty: 1000 }, ...connection } = options;
    const miner = await TestMiner.connect(connection);
    await miner.introduce();
    const configurable = new ConfigurableMiner(miner, obedience, config);
    await configurable.tell();
    return configurable;
  }

  /** What it was told, message by message. */
  get orders(): MinerConfig[] {
    return this.miner.controls.map((message) => (message as { config: MinerConfig }).config);
  }

  /** A heartbeat with what it mines. */
  async tell(): Promise<void> {
    const { difficulty = 0, address = '', prefix = '', block_pattern = '' } = this.config;
    await this.miner.heartbeat({ difficulty, address, prefix, block_pattern });
  }

  #follow({ config }: { config: MinerConfig }): void {
    this.config = { ...this.config, ...config };
    this.tell().catch(() => undefined);
  }
}
