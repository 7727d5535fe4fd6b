import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { onTestFinished } from 'vitest';

export interface TestMinerOptions {
  readonly workerId: string;
  readonly mqttUrl: string;
  readonly ethAddress?: string;
  /** `xenminer_{worker_id}` unless given, as the C++ miner does. */
  readonly clientId?: string;
  /** False: no Last Will, as the simulators do. */
  readonly will?: boolean;
  readonly client?: Partial<IClientOptions>;
}

/** Two GPUs, as a miner lists them. */
export const testGpus = [
  { index: 0, name: 'NVIDIA GeForce RTX 4090', memory_gb: 24, bus_id: 1 },
  { index: 1, name: 'NVIDIA GeForce RTX 4090', memory_gb: 24, bus_id: 2 },
];

/** A key of 64 hex digits that no other call returns. */
export function newKey(prefix = ''): string {
  const random = crypto.getRandomValues(new Uint8Array(32));
  return (prefix + Buffer.from(random).toString('hex')).slice(0, 64);
}

const nowSec = () => Math.floor(Date.now() / 1000);

/**
 * Speaks like the C++ miner: client id `xenminer_{worker_id}`, clean session, retained QoS 1 will, subscribes to
 * task and control, registers with QoS 1 and says AVAILABLE without waiting for the ack.
 */
export class TestMiner {
  readonly workerId: string;
  readonly tasks: unknown[] = [];
  readonly controls: unknown[] = [];
  readonly client: MqttClient;
  readonly #options: TestMinerOptions;

  private constructor(options: TestMinerOptions, client: MqttClient) {
    this.#options = options;
    this.workerId = options.workerId;
    this.client = client;
    client.on('message', (topic, payload) => {
      const message = JSON.parse(payload.toString()) as unknown;
      (topic.endsWith('/task') ? this.tasks : this.controls).push(message);
    });
  }

  /** Connects and subscribes; the connection ends with the test. */
  static async connect(options: TestMinerOptions): Promise<TestMiner> {
    const { workerId, mqttUrl } = options;
    const client = await connectAsync(mqttUrl, {
      clientId: options.clientId ?? `xenminer_${workerId}`,
      clean: true,
      keepalive: 60,
      reconnectPeriod: 0,
      protocolVersion: 4,
      ...(options.will === false
        ? {}
        : {
            will: {
              topic: `xenminer/${workerId}/status`,
              payload: Buffer.from(
                JSON.stringify({ worker_id: workerId, status: 'offline', timestamp: nowSec() }),
              ),
              qos: 1 as const,
              retain: true,
            },
          }),
      ...options.client,
    });
    client.on('error', () => undefined);
    onTestFinished(() => void client.end(true));
    const miner = new TestMiner(options, client);
    await client.subscribeAsync([`xenminer/${workerId}/task`, `xenminer/${workerId}/control`], { qos: 1 });
    return miner;
  }

  /** Publishes and resolves at the PUBACK. */
  async publish(
    type: string,
    payload: unknown,
    options: { qos?: 0 | 1 | 2; retain?: boolean } = {},
  ): Promise<void> {
    const body = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
    await this.client.publishAsync(`xenminer/${this.workerId}/${type}`, body, { qos: 1, ...options });
  }

  async register(fields: Record<string, unknown> = {}): Promise<void> {
    await this.publish('register', {
      worker_id: this.workerId,
      eth_address: this.#options.ethAddress ?? '',
      gpu_count: testGpus.length,
      total_memory_gb: 48,
      gpus: testGpus,
      version: '2.0.0',
      timestamp: nowSec(),
      ...fields,
    });
  }

  async status(state: string, fields: Record<string, unknown> = {}): Promise<void> {
    await this.publish('status', { worker_id: this.workerId, state, timestamp: nowSec(), ...fields });
  }

  async heartbeat(fields: Record<string, unknown> = {}, qos: 0 | 1 = 1): Promise<void> {
    await this.publish(
      'heartbeat',
      {
        worker_id: this.workerId,
        hashrate: 1000,
        active_gpus: 2,
        accepted_blocks: 0,
        difficulty: 1727,
        uptime_sec: 60,
        timestamp: nowSec(),
        ...fields,
      },
      { qos },
    );
  }

  async block(fields: Record<string, unknown> = {}): Promise<void> {
    await this.publish('block', {
      worker_id: this.workerId,
      lease_id: '',
      hash: `0000${newKey().slice(4)}`,
      key: newKey(),
      account: this.#options.ethAddress ?? '',
      attempts: 123_456,
      hashrate: '1000.00',
      timestamp: nowSec(),
      ...fields,
    });
  }

  /** The start of a C++ miner: register, then at once AVAILABLE. */
  async introduce(): Promise<void> {
    await Promise.all([this.register(), this.status('AVAILABLE')]);
  }

  /** Pulls the plug: the connection breaks without DISCONNECT, so the will is published. */
  async pullPlug(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.client.once('close', resolve);
      this.client.stream.destroy();
    });
  }

  /** The end of a C++ miner that is stopped: its goodbye, the object of its will, DISCONNECT. */
  async sayGoodbye(): Promise<void> {
    await this.status('offline');
    await this.publish(
      'status',
      { worker_id: this.workerId, status: 'offline', timestamp: nowSec() },
      { retain: true },
    );
    await this.disconnect();
  }

  /** A clean end: no will. */
  async disconnect(): Promise<void> {
    await this.client.endAsync();
  }
}
