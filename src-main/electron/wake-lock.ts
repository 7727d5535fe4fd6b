/** Keeps the machine from going to sleep while somebody rents from it; its screen may go dark. */
import { powerSaveBlocker } from 'electron';

export class WakeLock {
  #id: number | undefined;

  /** Nothing happens when it is so already. */
  hold(isNeeded: boolean): void {
    if (isNeeded) this.#id ??= powerSaveBlocker.start('prevent-app-suspension');
    else if (this.#id !== undefined) {
      powerSaveBlocker.stop(this.#id);
      this.#id = undefined;
    }
  }
}
