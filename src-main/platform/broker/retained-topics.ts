interface RetainedPacket {
  readonly topic: string;
  readonly payload: { readonly length: number };
}

/** Counts the topics with a retained message, which aedes keeps without a limit. */
export class RetainedTopics {
  readonly #max: number;
  readonly #topics = new Set<string>();

  constructor(max: number) {
    this.#max = max;
  }

  /** False when the message would be the first one of one topic too many. */
  hasRoomFor({ topic, payload }: RetainedPacket): boolean {
    return payload.length === 0 || this.#topics.has(topic) || this.#topics.size < this.#max;
  }

  /** A message is retained now. An empty one clears its topic (MQTT 3.1.1, 3.3.1.3). */
  keep({ topic, payload }: RetainedPacket): void {
    if (payload.length === 0) this.#topics.delete(topic);
    else this.#topics.add(topic);
  }
}
