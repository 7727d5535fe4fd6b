/** The one bridge between the program's pages and the program: sandboxed, without Node, without anything of Electron. */
import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron';
import { bridgeName, type DesktopBridge } from '../src-main/contract/ipc/bridge.ts';
import { channels, events } from '../src-main/contract/ipc/channels.ts';

const ask = (channel: string) => (input?: unknown) => ipcRenderer.invoke(channel, input);

function hear(name: keyof typeof events, listener: (data: unknown) => void): () => void {
  const channel = events[name];
  // The event itself would hand the page the means to send.
  const receive = (_event: IpcRendererEvent, data: unknown) => listener(data);
  ipcRenderer.on(channel, receive);
  return () => void ipcRenderer.off(channel, receive);
}

const bridge = {
  ...Object.fromEntries(Object.entries(channels).map(([name, channel]) => [name, ask(channel)])),
  // The page never learns or chooses a path: only a file that its person gave it has one.
  restoreFile: (file: File) =>
    ipcRenderer.invoke(channels.restoreFile, { path: webUtils.getPathForFile(file) }),
  on: hear,
  system: process.platform,
} as unknown as DesktopBridge;

contextBridge.exposeInMainWorld(bridgeName, bridge);
