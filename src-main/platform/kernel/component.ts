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
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(components: readonly Component[]) {
    this.#components = components;
  }

  /** @throws Error when it runs already; it then goes on running */
  async start(): Promise<void> {
    if (this.#starting) throw new Error('is started already');
    this.#starting = this.#startAll();
    await this.#starting;
  }

  /**
   * Stops everything even when one component fails, and throws the first failure afterwards. A start under way
   * is waited for; a second call shares the first one's end.
   */
  async stop(): Promise<void> {
    await this.#starting?.catch(() => undefined);
    this.#stopping ??= this.#stopAll();
    await this.#stopping;
  }

  async #startAll(): Promise<void> {
    try {
      for (const component of this.#components) {
        await component.start();
        this.#started.push(component);
      }
    } catch (error) {
      await this.#stopAll().catch(() => undefined);
      throw error;
    }
  }

  async #stopAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const component of this.#started.splice(0).reverse()) {
      try {
        await component.stop();
      } catch (error) {
        failures.push(error);
      }
    }
    this.#starting = undefined;
    this.#stopping = undefined;
    if (failures.length > 0) throw failures[0];
  }
}
