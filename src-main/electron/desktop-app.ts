/** The desktop program: the platform, its window, the tray and the menus, from the start to the end. */
import { join, resolve } from 'node:path';
import { app, Menu, nativeTheme, Notification, powerMonitor, shell } from 'electron';
import { ipcEvents } from '../contract/ipc/calls.ts';
import { preferencesSchema, type Preferences } from '../contract/ipc/preferences.ts';
import { messageOf } from '../platform/kernel/app-error.ts';
import { systemClock } from '../platform/kernel/clock.ts';
import { createLogger, type Logger, type LoggerFactory } from '../platform/kernel/logger.ts';
import { menuTemplate } from './app-menu.ts';
import { chooseAndRestore, createHandlers, showAbout, toDesktopState } from './desktop-handlers.ts';
import { openIpcGate } from './ipc-gate.ts';
import { placeOfLink } from './links.ts';
import { LogFile } from './log-file.ts';
import { MainWindow } from './main-window.ts';
import { NoticePace, type Notice } from './notice-pace.ts';
import { hearNotices } from './notices.ts';
import { OperatorClient } from './operator-client.ts';
import { guardPages, openInBrowser } from './page-guard.ts';
import { serveStartPage } from './pages.ts';
import { PlatformHost, type HostState } from './platform-host.ts';
import { PreferenceFile } from './preference-file.ts';
import type { ProgramLine } from './program-line.ts';
import { askOnClose, offerRestart } from './questions.ts';
import { QuickActions } from './quick-actions.ts';
import { StartDesk } from './start-desk.ts';
import { TrayIcon } from './tray.ts';
import { toTrayView } from './tray-menu.ts';
import { installsOnQuit, loadUpdater, updateRefusal } from './updater.ts';
import { Updates } from './updates.ts';
import { WakeLock } from './wake-lock.ts';
import { windowPlaceSchema } from './window-place.ts';
import { chooseLanguage, wordsOf, type SpokenLanguage, type Words } from './words.ts';

/** How often tray and wake lock look. */
const lookEveryMs = 2000;

/** A stop that takes longer than this is ended. */
const maxStopMs = 8000;

/** What the parts of the program need of each other. */
export interface DesktopParts {
  readonly host: PlatformHost;
  readonly window: MainWindow;
  readonly preferences: PreferenceFile<typeof preferencesSchema>;
  readonly updates: Updates;
  readonly desk: StartDesk;
  /** The texts of the language in force. */
  readonly words: Words;
  /** Theme and language for everything, from now on. */
  setLooks(looks: Pick<Preferences, 'theme' | 'language'>): void;
  installUpdate(): void;
}

export class DesktopApp implements DesktopParts {
  readonly #line: ProgramLine;
  readonly #logFile: LogFile;
  readonly #loggers: LoggerFactory;
  readonly #logger: Logger;
  readonly #place: PreferenceFile<typeof windowPlaceSchema>;
  readonly #notices: NoticePace;
  readonly #quick: QuickActions;
  readonly host: PlatformHost;
  readonly window: MainWindow;
  readonly preferences: PreferenceFile<typeof preferencesSchema>;
  readonly updates: Updates;
  readonly desk: StartDesk;
  #tray: TrayIcon | undefined;
  readonly #wakeLock = new WakeLock();
  readonly #shown = new Set<Notification>();
  #stopLooking: (() => void) | undefined;
  /** Where the dashboard opens next. */
  #wanted = '';
  #ending: 'no' | 'asked' | 'stopping' | 'stopped' = 'no';
  #installs = false;

  constructor(line: ProgramLine) {
    this.#line = line;
    const folder = app.getPath('userData');
    this.#logFile = new LogFile(join(folder, 'logs'));
    this.#loggers = createLogger({
      level: 'info',
      format: 'text',
      write: (text) => {
        this.#logFile.write(text);
        process.stdout.write(text);
      },
    });
    this.#logger = this.#loggers.module('server');
    this.preferences = new PreferenceFile(join(folder, 'desktop.json'), preferencesSchema);
    this.#place = new PreferenceFile(join(folder, 'window.json'), windowPlaceSchema);
    this.#notices = new NoticePace(
      systemClock,
      (notice) => this.#notify(notice),
      () => this.words.notices,
    );
    this.host = this.#createHost();
    this.desk = this.#createDesk();
    this.window = this.#createWindow();
    this.updates = new Updates({
      refusal: () => updateRefusal(this.words.updates),
      installsOnQuit: installsOnQuit(),
      load: loadUpdater,
      clock: systemClock,
      logger: this.#logger,
      isWanted: () => this.preferences.value.checkForUpdates,
      onChange: () => this.#tellDesktop(),
    });
    const client = new OperatorClient(this.host);
    this.#quick = new QuickActions({
      host: this.host,
      client,
      logger: this.#logger,
      words: () => this.words.actions,
    });
  }

  get #language(): SpokenLanguage {
    return chooseLanguage(this.preferences.value.language, app.getPreferredSystemLanguages());
  }

  get words(): Words {
    return wordsOf(this.#language);
  }

  /** Starts the platform, and opens the window beside it. The system has to be ready. */
  start(): void {
    const { host, preferences } = this;
    if (preferences.putAside !== '')
      this.#logger.warn(`the preferences could not be read: ${preferences.putAside}`);
    nativeTheme.themeSource = preferences.value.theme;
    serveStartPage();
    guardPages({ platformUrl: () => host.url, logger: this.#logger });
    openIpcGate(createHandlers(this), {
      contents: () => this.window.contents,
      platformUrl: () => host.url,
      logger: this.#logger,
    });
    host.onChange((state) => this.#follow(state));
    this.#wanted = placeOfLink(this.#line.link) ?? '';
    if (!this.#line.isHidden) this.open();
    void host.start();
    this.#setMenu();
    this.#tray = new TrayIcon(this.#trayActions(), this.#logger);
    this.#stopLooking = systemClock.every(lookEveryMs, () => this.#look());
    this.#notices.start();
    this.updates.start();
    this.#watchProgram();
  }

  /** Opens the window or brings it to the front, at a place of the dashboard when one is given. */
  open(place?: string): void {
    const isNew = !this.window.isOpen;
    this.window.open();
    if (place !== undefined) this.#wanted = place;
    if (this.host.state.kind !== 'running') {
      if (isNew) this.window.showStart();
    } else if (isNew || !this.window.isAtDashboard) this.#showWanted();
    else if (place !== undefined) this.window.send(ipcEvents.navigate, this.#takeWanted());
  }

  /** Another start of the program found this one. */
  hearSecondStart(line: ProgramLine): void {
    if (line.isQuit) return this.quit();
    if (!line.isHidden) this.open(line.link === '' ? undefined : placeOfLink(line.link));
    if (line.args.length > 0) void offerRestart(this, line.args);
  }

  /** macOS hands links over by an event. */
  openLink(link: string): void {
    const place = placeOfLink(link);
    if (place !== undefined) this.open(place);
  }

  /** Flushes and stops everything, then ends the program. */
  quit(): void {
    if (this.#ending === 'no') this.#ending = 'asked';
    app.quit();
  }

  setLooks({ theme, language }: Pick<Preferences, 'theme' | 'language'>): void {
    const before = this.#language;
    nativeTheme.themeSource = theme;
    void this.preferences.change({ theme, language }).catch(() => undefined);
    if (this.#language === before) return;
    this.#setMenu();
    this.#look();
    void this.desk.follow(this.host.state);
    this.#tellDesktop();
  }

  installUpdate(): void {
    this.#installs = this.updates.state.kind === 'ready';
    if (this.#installs) this.quit();
  }

  /** Keeps the program until the platform has stopped; a second ask in that time changes nothing. */
  hearQuit(event: { preventDefault(): void }): void {
    if (this.#ending === 'stopped') return;
    event.preventDefault();
    if (this.#ending === 'stopping') return;
    this.#ending = 'stopping';
    void this.#end();
  }

  async #end(): Promise<void> {
    const tooLong = setTimeout(() => {
      this.#logger.fatal('the stop took too long');
      this.#logFile.flush();
      app.exit(1);
    }, maxStopMs);
    let exitCode = 0;
    this.#stopLooking?.();
    this.#notices.stop();
    this.updates.stop();
    this.window.retire();
    try {
      await this.host.stop();
      await Promise.all([this.preferences.settled(), this.#place.settled()]);
      this.#logger.info('stopped');
    } catch (error) {
      exitCode = 1;
      this.#logger.fatal({ err: error }, `the stop failed: ${messageOf(error)}`);
    }
    clearTimeout(tooLong);
    this.#tray?.destroy();
    this.#logFile.flush();
    this.#ending = 'stopped';
    this.window.destroy();
    if (this.#installs) this.updates.install();
    else app.exit(exitCode);
  }

  #createHost(): PlatformHost {
    return new PlatformHost({
      args: this.#line.args,
      environment: process.env,
      loggers: this.#loggers,
      dataFolder: () => this.#dataFolder(),
      listen: (events) =>
        hearNotices(
          events,
          () => this.preferences.value,
          () => this.words.notices,
          (notice) => this.#notices.add(notice),
        ),
    });
  }

  #createDesk(): StartDesk {
    return new StartDesk({
      host: this.host,
      loggers: this.#loggers,
      language: () => this.#language,
      onChange: (state) => this.window.send(ipcEvents.startChanged, state),
      showLog: () => this.#showLog(),
      openDashboard: () => this.#showWanted(),
      quit: () => this.quit(),
    });
  }

  #createWindow(): MainWindow {
    return new MainWindow({
      place: this.#place,
      platformUrl: () => this.host.url,
      mayClose: () => this.#mayClose(),
      onBroken: (reason) => {
        this.desk.showBrokenPage(reason);
        this.window.showStart();
      },
      onOpenChange: () => this.#look(),
      clock: systemClock,
      logger: this.#logger,
    });
  }

  /** From the sources the same folder as without a window; an installed program keeps its data with its person. */
  #dataFolder(): string {
    const { dataFolder } = this.preferences.value;
    if (dataFolder !== '') return dataFolder;
    return app.isPackaged ? join(app.getPath('userData'), 'data') : resolve('data');
  }

  #follow(state: HostState): void {
    void this.desk.follow(state);
    if (state.kind === 'running') {
      // After a restart on another port, where it was.
      if (this.window.place !== '' && this.#wanted === '') this.#wanted = this.window.place;
      if (this.window.isOpen && !this.window.isAtDashboard) this.#showWanted();
      this.#tellDesktop();
    }
    if (state.kind === 'failed') {
      if (!this.window.isOpen) this.window.open();
      this.#wanted = this.window.place;
      this.window.showStart();
    }
    this.#look();
  }

  #showWanted(): void {
    this.window.showDashboard(this.#takeWanted());
  }

  #takeWanted(): string {
    const place = this.#wanted;
    this.#wanted = '';
    return place;
  }

  /** Tray and wake lock follow what is. */
  #look(): void {
    const figures = this.host.platform?.figures();
    const words = this.words.tray;
    this.#tray?.show(toTrayView(figures, words, this.#language), words);
    this.#wakeLock.hold((figures?.activeLeases ?? 0) > 0);
  }

  #mayClose(): boolean {
    if (this.#ending !== 'no') return this.#ending === 'stopped';
    const { onClose } = this.preferences.value;
    if (onClose === 'tray' || process.platform === 'darwin') return true;
    if (onClose === 'quit') this.quit();
    else void this.#askOnClose();
    return false;
  }

  async #askOnClose(): Promise<void> {
    const onClose = await askOnClose(this);
    if (onClose === undefined) return;
    await this.preferences.change({ onClose }).catch(() => undefined);
    if (onClose === 'tray') this.window.native?.close();
    else this.quit();
  }

  #setMenu(): void {
    const template = menuTemplate(
      process.platform,
      {
        go: (place) => this.open(place),
        find: () => this.window.send(ipcEvents.openFind, undefined),
        zoom: (step) => this.window.zoom(step),
        restoreBackup: () => void chooseAndRestore(this),
        showDataFolder: () => void shell.openPath(this.host.dataFolder),
        showLog: () => this.#showLog(),
        openInBrowser: () => openInBrowser(this.host.url === undefined ? '' : `${this.host.url}/dashboard`),
        about: () => showAbout(this.words.about),
        quit: () => this.quit(),
      },
      this.words.menu,
      !app.isPackaged,
    );
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  }

  #trayActions() {
    const after = (work: Promise<void>) => void work.then(() => this.#look());
    return {
      open: () => this.open(),
      pauseAll: () => after(this.#quick.pauseAll()),
      resumeAll: () => after(this.#quick.resumeAll()),
      toggleSimulator: () => after(this.#quick.toggleSimulator()),
      copyLanAddress: () => void this.#quick.copyLanAddress(),
      quit: () => this.quit(),
    };
  }

  #notify({ title, body, place }: Notice): void {
    if (!Notification.isSupported()) return;
    const shown = new Notification({ title, body });
    // As long as somebody may click it; else the engine frees it, and its click with it.
    this.#shown.add(shown);
    for (const end of ['close', 'failed'] as const) shown.on(end as 'close', () => this.#shown.delete(shown));
    shown.on('click', () => {
      this.#shown.delete(shown);
      this.open(place);
    });
    shown.show();
  }

  #showLog(): void {
    this.#logFile.flush();
    void shell.openPath(this.#logFile.path);
  }

  #tellDesktop(): void {
    if (this.window.isAtDashboard) this.window.send(ipcEvents.desktopChanged, toDesktopState(this));
  }

  #watchProgram(): void {
    app.on('activate', () => this.open());
    // macOS and Linux: the machine goes down; what is in memory has to be on the disk first.
    powerMonitor.on('shutdown', () => this.quit());
    const die = (error: unknown) => {
      this.#logger.fatal({ err: error }, `uncaught: ${messageOf(error)}`);
      this.quit();
    };
    process.on('uncaughtException', die);
    process.on('unhandledRejection', die);
  }
}
