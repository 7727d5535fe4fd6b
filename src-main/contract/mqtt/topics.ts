/** The topic table of mqtt.md. Nothing else builds or splits topic strings. */

/** Message types that a miner publishes. */
export const minerMessageTypes = ['register', 'heartbeat', 'status', 'block'] as const;
export type MinerMessageType = (typeof minerMessageTypes)[number];

/** Message types that the platform publishes and a miner subscribes to. */
export const platformMessageTypes = ['task', 'control'] as const;
export type PlatformMessageType = (typeof platformMessageTypes)[number];

/** Longest worker id that is accepted, in UTF-16 units. */
export const workerIdMaxLength = 256;

const minerTypes: ReadonlySet<string> = new Set(minerMessageTypes);
const platformTypes: ReadonlySet<string> = new Set(platformMessageTypes);

/** The user of the broker that may do everything; its password is the operator's key. */
export const operatorUser = 'operator';

// eslint-disable-next-line no-control-regex -- control characters are what this refuses
const notInWorkerId = /[+#\u0000-\u001f\u007f\ufffd]/;

/** Whether a miner can have this id: a level of a topic that is no wildcard. */
export function isWorkerId(text: string): boolean {
  return text !== '' && text.length <= workerIdMaxLength && !text.includes('/') && !notInWorkerId.test(text);
}

/** A topic below `xenminer/`, split. */
export type WorkerTopic =
  | { readonly workerId: string; readonly direction: 'miner'; readonly type: MinerMessageType }
  | { readonly workerId: string; readonly direction: 'platform'; readonly type: PlatformMessageType };

/**
 * Splits `xenminer/{worker_id}/{message_type}`; undefined for every other topic, for an unknown message type
 * and for a worker id that is empty, too long, or holds a wildcard, a control character or
 * the mark that stands for bytes that were not UTF-8.
 */
export function parseWorkerTopic(topic: string): WorkerTopic | undefined {
  if (!topic.startsWith('xenminer/')) return undefined;
  const end = topic.indexOf('/', 9);
  if (end <= 9 || end - 9 > workerIdMaxLength) return undefined;
  const workerId = topic.slice(9, end);
  if (notInWorkerId.test(workerId)) return undefined;
  const type = topic.slice(end + 1);
  if (minerTypes.has(type)) return { workerId, direction: 'miner', type: type as MinerMessageType };
  if (platformTypes.has(type)) return { workerId, direction: 'platform', type: type as PlatformMessageType };
  return undefined;
}

/** The topic on which the platform speaks to one worker. */
export function platformTopic(workerId: string, type: PlatformMessageType): string {
  return `xenminer/${workerId}/${type}`;
}

/** The topic on which one worker speaks. */
export function minerTopic(workerId: string, type: MinerMessageType): string {
  return `xenminer/${workerId}/${type}`;
}
