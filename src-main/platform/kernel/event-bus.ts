/** The typed bus on which features announce facts. Events report; they never drive control flow. */
import { messageOf } from './app-error.ts';
import type { Logger } from './logger.ts';

type Listener<Data> = (data: Data) => void;

/** The side of the bus that a feature needs to announce its own facts. */
export interface Announcer<Events extends object> {
  emit<Name extends keyof Events>(name: Name, data: Events[Name]): void;
}

/** The side of the bus that a feature needs to hear of facts. */
export interface Subscribable<Events extends object> {
  /** Subscribes; call the returned function to unsubscribe. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void;
}

/**
 * A bus for the events of `Events`. Listeners run synchronously in the order of their subscription; one that
 * throws is logged and does not keep the others from hearing.
 */
export class EventBus<Events extends object> implements Announcer<Events>, Subscribable<Events> {
  readonly #logger: Logger;
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Subscribes; call the returned function to unsubscribe. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Announces a fact to everyone who listens. */
  emit<Name extends keyof Events>(name: Name, data: Events[Name]): void {
    const listeners = this.#listeners.get(name) as Set<Listener<Events[Name]>> | undefined;
    if (!listeners) return;
    for (const listener of listeners) {
      try {
        listener(data);
      } catch (error) {
        this.#logger.error({ event: String(name), err: error }, `a listener failed: ${messageOf(error)}`);
      }
    }
  }
}
