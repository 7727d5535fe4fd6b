/** The icon beside the clock: the state at a glance, and the way back to the window. */
import { join } from 'node:path';
import { Menu, nativeImage, Tray, type NativeImage } from 'electron';
import { findProgramRoot } from '../platform/http/resources.ts';
import type { Logger } from '../platform/kernel/logger.ts';
import { trayTemplate, type TrayActions, type TrayLight, type TrayView } from './tray-menu.ts';
import type { Words } from './words.ts';

/** The image of a light; the system takes the larger one beside it on a dense screen. */
function imageOf(light: TrayLight): NativeImage {
  return nativeImage.createFromPath(join(findProgramRoot(), 'resources', 'desktop', `tray-${light}.png`));
}

export class TrayIcon {
  readonly #actions: TrayActions;
  readonly #tray: Tray | undefined;
  #shown = '';

  /** A desktop without a place for tray icons has none; the program is opened again by starting it. */
  constructor(actions: TrayActions, logger: Logger) {
    this.#actions = actions;
    try {
      this.#tray = new Tray(imageOf('offline'));
      this.#tray.on('click', () => actions.open());
    } catch (error) {
      logger.warn({ err: error }, 'there is no tray here');
    }
  }

  /** Shows a state; nothing happens when it is shown already. */
  show(view: TrayView, words: Words['tray']): void {
    const text = JSON.stringify([view, words.open]);
    if (text === this.#shown || !this.#tray) return;
    this.#shown = text;
    this.#tray.setImage(imageOf(view.light));
    this.#tray.setToolTip(['XenBlocks', view.sentence, view.detail].filter((line) => line !== '').join('\n'));
    this.#tray.setContextMenu(Menu.buildFromTemplate(trayTemplate(view, this.#actions, words)));
  }

  destroy(): void {
    this.#tray?.destroy();
  }
}
