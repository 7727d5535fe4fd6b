/** Whether the program starts when its person signs in to the machine. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { app } from 'electron';

/** Starts in the tray then: nobody asked for a window. */
const loginArgs = ['--hidden'];

/** In force from the next sign-in. @throws what the file system says */
export async function setStartAtLogin(isOn: boolean): Promise<void> {
  if (process.platform !== 'linux') {
    app.setLoginItemSettings({ openAtLogin: isOn, args: loginArgs });
    return;
  }
  const folder = join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'autostart');
  const file = join(folder, 'xenblocks-control-center.desktop');
  if (!isOn) return rm(file, { force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(file, desktopEntry(commandLine()));
}

/** An AppImage runs from a folder that is gone after the next start: its own file is what starts it. */
function commandLine(): string[] {
  const program = process.env['APPIMAGE'] ?? process.execPath;
  return [program, ...(app.isPackaged ? [] : [app.getAppPath()]), ...loginArgs];
}

/** A desktop entry that starts a command (freedesktop.org, Desktop Entry Specification). */
export function desktopEntry(command: readonly string[]): string {
  const quoted = command.map((part) => `"${part.replaceAll(/["`$\\]/g, '\\$&').replaceAll('%', '%%')}"`);
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=XenBlocks',
    'Comment=Control center of a XenBlocks mining farm',
    `Exec=${quoted.join(' ')}`,
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}
