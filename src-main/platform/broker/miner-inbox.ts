/** From a publish to the feature that owns its message type: parse, validate, hand over. */
import { isUtf8 } from 'node:buffer';
import { minerMessageSchemas, type MinerMessages } from '../../contract/mqtt/miner-messages.ts';
import type { MinerMessageType } from '../../contract/mqtt/topics.ts';

/** A validated message of a miner. */
export interface MinerMessage<Type extends MinerMessageType> {
  readonly workerId: string;
  readonly payload: MinerMessages[Type];
}

/**
 * The feature that owns a message type. `accept` may return a promise; the sender's PUBACK waits for it.
 * `refuse` hears of a message of this type that was not valid.
 */
export interface MinerMessageHandler<Type extends MinerMessageType> {
  accept(message: MinerMessage<Type>): Promise<void> | void;
  refuse?(workerId: string, reason: string): void;
}

/** Why a message was not handed over. */
export interface Refusal {
  readonly kind: 'malformed_message' | 'worker_id_mismatch';
  readonly reason: string;
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function describe(issues: readonly Issue[]): string {
  return issues
    .slice(0, 5)
    .map(({ path, message }) => (path.length > 0 ? `${path.map(String).join('.')}: ${message}` : message))
    .join('; ');
}

function parseJson(payload: Buffer): { value: unknown } | { reason: string } {
  if (!isUtf8(payload)) return { reason: 'the payload is not UTF-8' };
  try {
    return { value: JSON.parse(payload.toString('utf8')) as unknown };
  } catch {
    return { reason: 'the payload is not JSON' };
  }
}

/** Miners in other languages send null for what they do not know. */
function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !Object.values(value).includes(null)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));
}

export class MinerInbox {
  readonly #heardTime: (workerId: string, timestampSec: number) => void;
  readonly #handlers = new Map<MinerMessageType, MinerMessageHandler<MinerMessageType>>();

  /** @param heardTime told of the time that a valid message carries */
  constructor(heardTime: (workerId: string, timestampSec: number) => void) {
    this.#heardTime = heardTime;
  }

  /** Makes `handler` the owner of a message type. */
  handle<Type extends MinerMessageType>(type: Type, handler: MinerMessageHandler<Type>): void {
    this.#handlers.set(type, handler);
  }

  /**
   * Delivers one payload. Returns a refusal at once when it is not a valid message, else what the handler
   * returned: a promise when the acknowledgement has to wait.
   */
  deliver(workerId: string, type: MinerMessageType, payload: Buffer): Refusal | Promise<void> | void {
    const handler = this.#handlers.get(type);
    if (!handler) return undefined;
    const json = parseJson(payload);
    if ('reason' in json)
      return this.#refuse(handler, workerId, { kind: 'malformed_message', reason: json.reason });
    const parsed = minerMessageSchemas[type].safeParse(withoutNulls(json.value));
    if (!parsed.success) {
      return this.#refuse(handler, workerId, {
        kind: 'malformed_message',
        reason: describe(parsed.error.issues),
      });
    }
    const claimed = parsed.data.worker_id;
    if (claimed !== undefined && claimed !== workerId) {
      return this.#refuse(handler, workerId, {
        kind: 'worker_id_mismatch',
        reason: `the payload's worker_id contradicts the topic's ${workerId}`,
      });
    }
    const { timestamp } = json.value as { readonly timestamp?: unknown };
    if (typeof timestamp === 'number' && timestamp > 0) this.#heardTime(workerId, timestamp);
    return handler.accept({ workerId, payload: parsed.data });
  }

  #refuse(handler: MinerMessageHandler<MinerMessageType>, workerId: string, refusal: Refusal): Refusal {
    handler.refuse?.(workerId, refusal.reason);
    return refusal;
  }
}
