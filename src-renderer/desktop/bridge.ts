/** The desktop program around this page; there is none in a browser. */
import { bridgeName, type DesktopBridge } from '../../src-main/contract/ipc/bridge.ts';

export const desktop = (globalThis as Partial<Record<typeof bridgeName, DesktopBridge>>)[bridgeName];
