/** Entry of the desktop program: a window, or the same platform without one when the line asks for that. */
import { resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { app } from 'electron';
import type { DesktopApp } from './desktop-app.ts';
import { registerStartScheme } from './pages.ts';
import { linkScheme, readProgramLine, type ProgramLine } from './program-line.ts';

/** Own arguments. From its sources the program is an argument of Electron's, and what comes before is Electron's own. */
function ownArguments(argv: readonly string[]): string[] {
  const given = argv.slice(1);
  if (app.isPackaged) return given;
  return given.slice(given.findIndex((argument) => resolve(argument) === app.getAppPath()) + 1);
}

/** As without a window (`npm run headless`): young objects get little room, here and in the page, so that less is kept. */
const memoryFlags = '--max-semi-space-size=4';

const line = readProgramLine(ownArguments(process.argv));

if (line.kind === 'command') {
  // Before the system's windows are set up: a command needs no display.
  const { runToEnd } = await import('../cli/run.ts');
  await runToEnd(line.args);
} else if (line.kind === 'headless')
  void runHeadless(line).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    app.exit(1);
  });
else runWindow(line);

/**
 * The stop of a service or of the machine signals all processes at once: when the one that draws is gone, Chromium would
 * end the program in the middle of its own stop.
 */
function outliveHelpers(): void {
  app.commandLine.appendSwitch('disable-gpu-process-crash-limit');
}

/**
 * Starts the program again in the same process, with the switch that keeps Chromium from the X server. Electron chooses
 * X11 by itself even where there is none, and then falls now and then (it uses memory that it has freed); the switch
 * counts only from the start.
 */
function startWithoutScreen(): void {
  const platform = 'ozone-platform';
  if (process.platform !== 'linux' || app.commandLine.getSwitchValue(platform) === 'headless') return;
  process.execve?.(process.execPath, [process.execPath, `--${platform}=headless`, ...process.argv.slice(1)]);
}

/** Chromium takes `--headless` as a word for itself, too: it then asks for no display. */
async function runHeadless({ args }: ProgramLine): Promise<void> {
  startWithoutScreen();
  app.disableHardwareAcceleration();
  // From the beginning: a signal may come while they still begin.
  outliveHelpers();
  app.on('window-all-closed', () => undefined);
  // The system's signals arrive as a wish to quit here.
  app.on('before-quit', (event) => {
    event.preventDefault();
    process.emit('SIGTERM', 'SIGTERM');
  });
  const loading = import('../cli/run.ts');
  await app.whenReady();
  const { run } = await loading;
  await run(args);
  // Wrong settings: nothing was started.
  if (process.exitCode !== undefined) app.exit(Number(process.exitCode));
}

function runWindow(own: ProgramLine): void {
  setFlagsFromString(memoryFlags);
  app.commandLine.appendSwitch('js-flags', memoryFlags);
  if (!app.requestSingleInstanceLock({ arguments: ownArguments(process.argv) })) {
    process.stdout.write(secondStart(own));
    app.exit(0);
    return;
  }
  if (own.isQuit) {
    process.stdout.write('XenBlocks is not running.\n');
    app.exit(0);
    return;
  }
  registerStartScheme();
  if (app.isPackaged) app.setAsDefaultProtocolClient(linkScheme);
  app.setAppUserModelId('org.xenblocks.control-center');
  let program: DesktopApp | undefined;
  app.on('second-instance', (_event, _argv, _folder, data) =>
    program?.hearSecondStart(readProgramLine((data as { arguments: string[] }).arguments)),
  );
  app.on('open-url', (event, link) => {
    event.preventDefault();
    program?.openLink(link);
  });
  app.on('before-quit', (event) => {
    outliveHelpers();
    program?.hearQuit(event);
  });
  // The platform goes on without a window.
  app.on('window-all-closed', () => undefined);
  const loading = import('./desktop-app.ts');
  void app.whenReady().then(async () => {
    const { DesktopApp } = await loading;
    program = new DesktopApp(own);
    program.start();
  });
}

function secondStart({ isQuit, args }: ProgramLine): string {
  if (isQuit) return 'XenBlocks was asked to quit.\n';
  const flags = args.filter((argument) => argument.startsWith('-')).map((flag) => flag.split('=', 1)[0]);
  const note =
    flags.length === 0 ? '' : ` It asks there whether the platform shall restart with ${flags.join(' ')}.`;
  return `XenBlocks is running already: its window was opened.${note}\n`;
}
