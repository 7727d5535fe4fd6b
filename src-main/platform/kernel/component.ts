/** Things that start and stop; `stop()` undoes every timer, listener and socket of `start()`. */
export interface Component {
  readonly name: string;
  start(): Promise<void> | void;
  stop(): Promise<void> | void;
}

/**
 * Starts components in order and stops them in reverse order. When one fails to start, the ones before it are
 * stopped again and the failure is thrown: nothing stays half started.
 */
export class ComponentStack {
  readonly #components: readonly Component[];
  #started: Component[] = [];

  constructor(components: readonly Component[]) {
    this.#components = components;
  }

  async start(): Promise<void> {
    try {
      for (const component of this.#components) {
        await component.start();
        this.#started.push(component);
      }
    } catch (error) {
      await this.stop().catch(() => undefined);
      throw error;
    }
  }

  /** Stops everything even when one component fails, and throws the first failure afterwards. */
  async stop(): Promise<void> {
    const failures: unknown[] = [];
    for (const component of this.#started.splice(0).reverse()) {
      try {
        await component.stop();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
