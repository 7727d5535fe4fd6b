/** The window: one at most, made when it is needed and freed when it is closed. */
import { join } from 'node:path';
import { BrowserWindow, nativeTheme, screen, type WebContents } from 'electron';
import type { ipcEvents } from '../contract/ipc/calls.ts';
import type { Clock } from '../platform/kernel/clock.ts';
import type { Logger } from '../platform/kernel/logger.ts';
import type { z } from 'zod';
import { CrashCount } from './crash-count.ts';
import { dashboardPath, isDashboard, startUrl } from './pages.ts';
import type { PreferenceFile } from './preference-file.ts';
import { boundsOn, type windowPlaceSchema } from './window-place.ts';

/** Before a page has its own colour: the dashboard's two backgrounds. */
const background = { dark: '#0d0f12', light: '#fafafa' };

/** A page that did not load, or ended by itself, is asked for again after this long. */
const reloadAfterMs = 400;

export interface MainWindowOptions {
  readonly place: PreferenceFile<typeof windowPlaceSchema>;
  /** Origin of the running platform; undefined while none runs. */
  readonly platformUrl: () => string | undefined;
  /** Asked before the window closes. False keeps it. */
  readonly mayClose: () => boolean;
  /** The page crashed too often. */
  readonly onBroken: (reason: string) => void;
  readonly onOpenChange: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class MainWindow {
  readonly #options: MainWindowOptions;
  readonly #crashes = new CrashCount();
  #window: BrowserWindow | undefined;

  constructor(options: MainWindowOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#window !== undefined;
  }

  /** The page; undefined while there is no window. */
  get contents(): WebContents | undefined {
    return this.#window?.webContents;
  }

  /** For dialogs that belong to it. */
  get native(): BrowserWindow | undefined {
    return this.#window;
  }

  /** Opens the window, or brings it to the front. */
  open(): void {
    const window = (this.#window ??= this.#create());
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  /** Shows the page that tells of the start. */
  showStart(): void {
    this.#load(startUrl);
  }

  /** Shows the dashboard, at a place below it such as `/fleet/rig-1`. Only while the platform runs. */
  showDashboard(place = ''): void {
    const platformUrl = this.#options.platformUrl();
    if (platformUrl !== undefined) this.#load(`${platformUrl}${dashboardPath}${place}`);
  }

  /** The place of the dashboard that is seen; empty while another page is. */
  get place(): string {
    const url = this.#window?.webContents.getURL() ?? '';
    const found = URL.canParse(url) ? new URL(url) : undefined;
    if (!found?.pathname.startsWith(dashboardPath)) return '';
    return `${found.pathname.slice(dashboardPath.length)}${found.search}`;
  }

  /** Whether the dashboard of the running platform is seen. */
  get isAtDashboard(): boolean {
    return isDashboard(this.#window?.webContents.getURL() ?? '', this.#options.platformUrl());
  }

  /** Tells the page something. */
  send<Event extends (typeof ipcEvents)[keyof typeof ipcEvents]>(
    event: Event,
    data: z.output<Event['data']>,
  ): void {
    const contents = this.#window?.webContents;
    if (contents?.isCrashed() === false) contents.send(event.channel, data);
  }

  /** Keeps its place for the next time, and hides it while the program ends. */
  retire(): void {
    if (!this.#window) return;
    this.#remember(this.#window);
    this.#window.hide();
  }

  /** Frees the window and its page without asking. */
  destroy(): void {
    this.#window?.destroy();
  }

  #create(): BrowserWindow {
    const { place, onOpenChange } = this.#options;
    const main = screen.getPrimaryDisplay();
    const screens = [main, ...screen.getAllDisplays().filter(({ id }) => id !== main.id)];
    const window = new BrowserWindow({
      ...boundsOn(
        screens.map(({ workArea }) => workArea),
        place.value,
      ),
      minWidth: 380,
      minHeight: 480,
      show: false,
      title: 'XenBlocks',
      backgroundColor: background[nativeTheme.shouldUseDarkColors ? 'dark' : 'light'],
      webPreferences: {
        preload: join(import.meta.dirname, '../preload/bridge.cjs'),
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInSubFrames: false,
        webviewTag: false,
        webSecurity: true,
        spellcheck: false,
        zoomFactor: 1,
      },
    });
    if (place.value.isMaximized) window.maximize();
    this.#watch(window);
    this.#watchPage(window.webContents);
    queueMicrotask(onOpenChange);
    return window;
  }

  #watch(window: BrowserWindow): void {
    const { mayClose, onOpenChange } = this.#options;
    window.on('close', (event) => {
      this.#remember(window);
      if (!mayClose()) event.preventDefault();
    });
    window.on('closed', () => {
      this.#window = undefined;
      onOpenChange();
    });
  }

  #watchPage(contents: WebContents): void {
    const { logger, clock, onBroken, place } = this.#options;
    contents.on('render-process-gone', (_event, { reason, exitCode }) => {
      if (reason === 'clean-exit' || !this.#window) return;
      logger.error({ reason, exitCode }, 'the page of the window ended by itself');
      const isWorthIt = this.#crashes.add(clock.nowMs());
      // Not in the event itself: Electron falls when a page that is just ending is loaded again.
      setTimeout(() => {
        if (this.#window?.webContents !== contents) return;
        if (isWorthIt) contents.reload();
        else onBroken(reason);
      }, reloadAfterMs);
    });
    contents.on('unresponsive', () => logger.warn('the page of the window does not answer'));
    contents.on('did-fail-load', (_event, code, description, url, isMainFrame) => {
      // -3: another load took its place.
      if (!isMainFrame || code === -3) return;
      logger.warn({ url, code }, `the page did not load: ${description}`);
      setTimeout(() => {
        if (this.#window?.webContents !== contents) return;
        if (isDashboard(url, this.#options.platformUrl())) void contents.loadURL(url).catch(() => undefined);
        else this.showStart();
      }, reloadAfterMs);
    });
    contents.on('did-finish-load', () => contents.setZoomLevel(place.value.zoomLevel));
    contents.on('zoom-changed', (_event, direction) => this.zoom(direction === 'in' ? 0.5 : -0.5));
  }

  /** Makes everything larger or smaller; 0 goes back to normal. */
  zoom(step: number): void {
    const contents = this.#window?.webContents;
    if (!contents) return;
    const zoomLevel = step === 0 ? 0 : Math.max(-3, Math.min(5, contents.getZoomLevel() + step));
    contents.setZoomLevel(zoomLevel);
    void this.#options.place.change({ zoomLevel }).catch(() => undefined);
  }

  #load(url: string): void {
    // A load that another one replaces rejects; a failed one is told by did-fail-load.
    this.#window?.webContents.loadURL(url).catch(() => undefined);
  }

  #remember(window: BrowserWindow): void {
    const bounds = window.getNormalBounds();
    void this.#options.place.change({ ...bounds, isMaximized: window.isMaximized() }).catch(() => undefined);
  }
}
