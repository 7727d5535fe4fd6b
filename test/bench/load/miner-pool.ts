import { performance } from 'node:perf_hooks';
import { waitUntil } from './clock.ts';
import { Miner } from './miner.ts';
import type { MinerObserver } from './miner.ts';

/** How to bring a pool of miners up. */
export interface ConnectParams {
  port: number;
  miners: number;
  /** Connections that may be between TCP connect and CONNACK, so that the listen backlog never overflows. */
  parallel?: number;
  /** Wait for `register_ack` on the task topic too. */
  expectRegisterAck?: boolean;
  timeoutMs?: number;
}

/** How long it took until all miners were connected, subscribed and registered. */
export interface ConnectResult {
  miners: number;
  seconds: number;
}

const pingCheckMs = 10_000;
const pingAfterMs = 30_000;

/** All miners of a generator process and what happened to them. */
export class MinerPool implements MinerObserver {
  /** The miners, all ready after `connect`. */
  readonly miners: Miner[] = [];
  /** Connections lost or refused. */
  failures = 0;
  /** Called for each PUBACK of a load message; set by the load that is running. */
  onAcknowledged: (miner: Miner, messageId: number) => void = () => undefined;
  /** Called for each message to a miner; set by the load that is running. */
  onTold: (miner: Miner, message: Record<string, unknown>) => void = () => undefined;
  private firstFailure: string | undefined;
  private connectedCount = 0;
  private readyCount = 0;
  private lastReadyMs = 0;
  private openNext: () => void = () => undefined;
  private pings: NodeJS.Timeout | undefined;

  /** Connects, subscribes and registers all miners. */
  async connect(params: ConnectParams): Promise<ConnectResult> {
    for (let index = this.miners.length; index < params.miners; index += 1) {
      this.miners.push(new Miner(index, this, params.expectRegisterAck ?? true));
    }
    const parallel = params.parallel ?? 200;
    let opened = this.connectedCount;
    this.openNext = () => {
      while (opened < params.miners && opened - this.connectedCount < parallel) {
        this.miners[opened]?.connect(params.port);
        opened += 1;
      }
    };
    const started = performance.now();
    this.openNext();
    const timeoutMs = params.timeoutMs ?? 60_000;
    // Polling is coarse (10 ms): the moment of the last one is taken in `ready`.
    await waitUntil(() => this.readyCount === params.miners || this.failures > 0, timeoutMs);
    if (this.readyCount !== params.miners) throw new Error(this.explain(params.miners));
    this.pings ??= setInterval(() => this.pingIdle(), pingCheckMs);
    return { miners: params.miners, seconds: (this.lastReadyMs - started) / 1000 };
  }

  /** Disconnects all miners cleanly. */
  close(): void {
    clearInterval(this.pings);
    for (const miner of this.miners) miner.close();
  }

  /** Called by the miners. */
  connected(): void {
    this.connectedCount += 1;
    this.openNext();
  }

  /** Called by the miners. */
  ready(): void {
    this.readyCount += 1;
    this.lastReadyMs = performance.now();
  }

  /** Called by the miners. */
  acknowledged(miner: Miner, messageId: number): void {
    this.onAcknowledged(miner, messageId);
  }

  /** Called by the miners. */
  failed(miner: Miner, reason: string): void {
    this.failures += 1;
    this.firstFailure ??= `${miner.identity.workerId}: ${reason}`;
  }

  /** Called by the miners. */
  told(miner: Miner, message: Record<string, unknown>): void {
    this.onTold(miner, message);
  }

  private explain(wanted: number): string {
    const counts = `${this.connectedCount} connected and ${this.readyCount} ready of ${wanted} miners`;
    return this.firstFailure === undefined ? `timeout: ${counts}` : `${this.firstFailure} (${counts})`;
  }

  private pingIdle(): void {
    const idleSince = Date.now() - pingAfterMs;
    for (const miner of this.miners) if (miner.lastSentMs > 0 && miner.lastSentMs < idleSince) miner.ping();
  }
}
