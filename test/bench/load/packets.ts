import { createHash } from 'node:crypto';
import { generate } from 'mqtt-packet';
import type { Packet } from 'mqtt-packet';

const cards = [
  { name: 'NVIDIA GeForce RTX 4090', memory_gb: 24 },
  { name: 'NVIDIA GeForce RTX 3080', memory_gb: 10 },
  { name: 'NVIDIA GeForce RTX 4070 Ti', memory_gb: 12 },
  { name: 'NVIDIA RTX A5000', memory_gb: 24 },
];
const minersPerAddress = 10;
const hexDigits = Buffer.from('0123456789abcdef', 'latin1');
const timePlaceholder = 1_111_111_111;
const ratePlaceholder = 999_999_999;
const keyPlaceholder = 'e'.repeat(64);
const hashPlaceholder = '0000' + 'd'.repeat(60);

/** Smallest and largest hashrate that fit into the nine digits of a heartbeat template. */
export const hashrateRange = { min: 100_000_000, max: 999_999_999 };

/** Message ids of the packets a miner sends once after connecting; load uses ids above them. */
export const setupMessageId = { task: 1, control: 2, register: 3, status: 4 } as const;

/** First message id for load packets. */
export const firstLoadMessageId = 10;

/** Identity of a bench miner, derived from its number. */
export interface MinerIdentity {
  workerId: string;
  ethAddress: string;
  gpuCount: number;
}

/** Miner number to identity: ten miners share one owner, each has one to eight cards. */
export function toIdentity(index: number): MinerIdentity {
  const owner = Math.floor(index / minersPerAddress);
  return {
    workerId: `bench-${String(index + 1).padStart(5, '0')}`,
    ethAddress: '0x' + createHash('sha256').update(`bench-owner-${owner}`).digest('hex').slice(0, 40),
    gpuCount: 1 + (index % 8),
  };
}

/** CONNECT as the C++ miner sends it: clean session, 60 s keep-alive, retained QoS 1 will. */
export function connectPacket({ workerId }: MinerIdentity): Buffer {
  return generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clientId: `xenminer_${workerId}`,
    clean: true,
    keepalive: 60,
    will: {
      topic: `xenminer/${workerId}/status`,
      payload: JSON.stringify({ worker_id: workerId, status: 'offline', timestamp: unixSec() }),
      qos: 1,
      retain: true,
    },
  });
}

/** The two SUBSCRIBE packets, sent in one write. */
export function subscribePackets({ workerId }: MinerIdentity): Buffer {
  const subscribe = (name: 'task' | 'control'): Packet => ({
    cmd: 'subscribe',
    messageId: setupMessageId[name],
    subscriptions: [{ topic: `xenminer/${workerId}/${name}`, qos: 1 }],
  });
  return Buffer.concat([generate(subscribe('task')), generate(subscribe('control'))]);
}

/** `register`, and at once the status AVAILABLE, as the C++ miner does without waiting for the ack. */
export function registerPackets(miner: MinerIdentity): Buffer {
  const { workerId, gpuCount } = miner;
  const gpus = Array.from({ length: gpuCount }, (_unused, index) => ({
    index,
    ...cards[(gpuCount + index) % cards.length],
    bus_id: `0000:${(index + 1).toString(16).padStart(2, '0')}:00.0`,
  }));
  const register = {
    worker_id: workerId,
    eth_address: miner.ethAddress,
    gpu_count: gpuCount,
    total_memory_gb: gpus.reduce((sum, gpu) => sum + (gpu.memory_gb ?? 0), 0),
    gpus,
    version: '1.4.2',
    timestamp: unixSec(),
  };
  const status = { worker_id: workerId, state: 'AVAILABLE', timestamp: unixSec() };
  return Buffer.concat([
    publishPacket(`xenminer/${workerId}/register`, register, setupMessageId.register),
    publishPacket(`xenminer/${workerId}/status`, status, setupMessageId.status),
  ]);
}

/** The status with which a miner says that it mines for a lease. */
export function miningPacket({ workerId }: MinerIdentity, leaseId: string, messageId: number): Buffer {
  const status = { worker_id: workerId, state: 'MINING', lease_id: leaseId, timestamp: unixSec() };
  return publishPacket(`xenminer/${workerId}/status`, status, messageId);
}

/** Encoded PUBLISH whose message id, time and numbers are overwritten in place for each sending. */
export class HeartbeatTemplate {
  /** The encoded packet; safe to write again once the previous sending was acknowledged. */
  readonly buffer: Buffer;
  private readonly messageIdAt: number;
  private readonly rateAt: number;
  private readonly timeAt: number;

  /** Encodes the template once. */
  constructor(miner: MinerIdentity) {
    const topic = `xenminer/${miner.workerId}/heartbeat`;
    const heartbeat = {
      worker_id: miner.workerId,
      hashrate: ratePlaceholder,
      active_gpus: miner.gpuCount,
      accepted_blocks: 12,
      difficulty: 81_900,
      uptime_sec: 86_413,
      timestamp: timePlaceholder,
    };
    this.buffer = publishPacket(topic, heartbeat, 1);
    this.messageIdAt = messageIdOffset(this.buffer, topic);
    this.rateAt = this.buffer.indexOf(String(ratePlaceholder));
    this.timeAt = this.buffer.indexOf(String(timePlaceholder));
  }

  /** Fills in one heartbeat. */
  fill(messageId: number, hashrate: number): Buffer {
    this.buffer.writeUInt16BE(messageId, this.messageIdAt);
    writeDigits(this.buffer, this.rateAt, 9, hashrate);
    writeDigits(this.buffer, this.timeAt, 10, unixSec());
    return this.buffer;
  }
}

/** Encoded self-mined block report; each sending gets a fresh random key and hash. */
export class BlockTemplate {
  /** The encoded packet; safe to write again once the previous sending was acknowledged. */
  readonly buffer: Buffer;
  private readonly messageIdAt: number;
  private readonly keyAt: number;
  private readonly hashAt: number;
  private readonly timeAt: number;

  /** Encodes the template once. */
  constructor(miner: MinerIdentity) {
    const topic = `xenminer/${miner.workerId}/block`;
    const block = {
      worker_id: miner.workerId,
      lease_id: '',
      hash: hashPlaceholder,
      key: keyPlaceholder,
      account: miner.ethAddress,
      attempts: 731_204,
      hashrate: '21483.57',
      timestamp: timePlaceholder,
    };
    this.buffer = publishPacket(topic, block, 1);
    this.messageIdAt = messageIdOffset(this.buffer, topic);
    this.keyAt = this.buffer.indexOf(keyPlaceholder);
    this.hashAt = this.buffer.indexOf(hashPlaceholder) + 4;
    this.timeAt = this.buffer.indexOf(String(timePlaceholder));
  }

  /** Fills in one block. */
  fill(messageId: number): Buffer {
    this.buffer.writeUInt16BE(messageId, this.messageIdAt);
    writeRandomHex(this.buffer, this.keyAt, 64);
    writeRandomHex(this.buffer, this.hashAt, 60);
    writeDigits(this.buffer, this.timeAt, 10, unixSec());
    return this.buffer;
  }
}

/** An encoded block report. */
export function blockPacket(
  { workerId, ethAddress }: MinerIdentity,
  { key, hash }: { readonly key: string; readonly hash: string },
  messageId: number,
): Buffer {
  const block = {
    worker_id: workerId,
    lease_id: '',
    hash,
    key,
    account: ethAddress,
    attempts: 731_204,
    hashrate: '21483.57',
    timestamp: unixSec(),
  };
  return publishPacket(`xenminer/${workerId}/block`, block, messageId);
}

function publishPacket(topic: string, payload: object, messageId: number): Buffer {
  return generate({
    cmd: 'publish',
    topic,
    payload: JSON.stringify(payload),
    qos: 1,
    dup: false,
    retain: false,
    messageId,
  });
}

/** The message id follows the topic in a QoS 1 PUBLISH [MQTT-3.3.2]. */
function messageIdOffset(packet: Buffer, topic: string): number {
  return packet.indexOf(topic, 0, 'latin1') + topic.length;
}

function writeDigits(buffer: Buffer, offset: number, width: number, value: number): void {
  let rest = value;
  for (let at = offset + width - 1; at >= offset; at -= 1) {
    const quotient = Math.floor(rest / 10);
    buffer[at] = 48 + rest - quotient * 10;
    rest = quotient;
  }
}

/** Eight digits per call of the generator: keys only have to be unique, not secret. */
function writeRandomHex(buffer: Buffer, offset: number, length: number): void {
  let bits = 0;
  for (let index = 0; index < length; index += 1) {
    if ((index & 7) === 0) bits = (Math.random() * 0x1_0000_0000) >>> 0;
    buffer[offset + index] = hexDigits[bits & 15] ?? 48;
    bits >>>= 4;
  }
}

function unixSec(): number {
  return Math.floor(Date.now() / 1000);
}
