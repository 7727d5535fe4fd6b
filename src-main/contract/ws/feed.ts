/** The live feed `/ws/dashboard` (websocket.md): a union of `{type, data, ts}`. */
import type { Block } from '../domain/block.ts';
import type { CommandAction, CommandState } from '../domain/command.ts';
import type { LeaseState } from '../domain/lease.ts';
import type { FeedWorker } from '../domain/worker.ts';

/** The newest of a worker's heartbeats. */
export interface HeartbeatData {
  worker_id: string;
  hashrate: number;
  active_gpus: number;
}

export interface BlockData {
  worker_id: string;
  hash: string;
  lease_id: string;
}

export interface HealthData {
  worker_id: string;
  last_heartbeat: number;
  offline_sec: number;
}

/** A command that was sent, or whose state changed. */
export interface CommandData {
  command_id: string;
  batch_id: string;
  worker_id: string;
  action: CommandAction;
  state: CommandState;
}

/** A lease that began or ended; nothing of its money, because the feed is public. */
export interface LeaseData {
  lease_id: string;
  worker_id: string;
  consumer_id: string;
  state: LeaseState;
  duration_sec: number;
  created_at: number;
  /** When its time is over, if nobody ends it before. */
  expires_at: number;
  /** Null while it is active. */
  ended_at: number | null;
  /** Null while it is active: with its end it is settled. */
  settled_at: number | null;
  end_reason: string;
  blocks_found: number;
}

/**
 * An incident began, changed or is over. What it is about is read with `GET /api/admin/alerts/incidents/{incident_id}`,
 * because the feed is public.
 */
export interface AlertData {
  incident_id: number;
  event: 'raised' | 'changed' | 'resolved';
  /** Incidents that nobody has acknowledged, outside of maintenance. */
  open: number;
  /** Whether the dashboard is to say so, and not only to show it. */
  is_told: boolean;
}

/** What each client gets. */
export type FeedEvent =
  | { type: 'snapshot'; data: { workers: FeedWorker[]; recent_blocks: Block[] } }
  | { type: 'heartbeat'; data: HeartbeatData }
  | { type: 'block'; data: BlockData }
  | { type: 'health'; data: HealthData[] }
  /** Batched mode (`?batch=1`) instead of `heartbeat`: at most one entry a worker in a frame. */
  | { type: 'heartbeats'; data: HeartbeatData[] }
  /** Batched mode only: workers that registered, changed state or found a block that counts since the last frame. */
  | { type: 'workers'; data: FeedWorker[] }
  /** Batched mode only: commands that were sent or changed state since the last frame. */
  | { type: 'commands'; data: CommandData[] }
  /** Batched mode only: a lease began, or ended and is settled. */
  | { type: 'lease'; data: LeaseData }
  /** Batched mode only: an incident began, changed or is over. */
  | { type: 'alert'; data: AlertData };

/** A frame as it is sent: JSON text with the server's time in Unix seconds. */
export type FeedFrame = FeedEvent & { ts: number };
