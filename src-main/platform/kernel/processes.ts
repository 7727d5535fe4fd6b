/** Who listens on a port and who has a file open, as far as the system tells: on Linux by /proc, elsewhere not. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

export interface KnownProcess {
  readonly pid: number;
  /** Its short name; never its arguments, which may hold secrets. */
  readonly name: string;
  readonly isSelf: boolean;
}

export interface FileHolder extends KnownProcess {
  readonly files: readonly string[];
}

/** Whether this system tells at all. */
export const tellsOfProcesses = process.platform === 'linux';

/** State of a listening socket in /proc/net/tcp. */
const listening = '0A';

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Of the program's file: what a process calls itself may be the name of its main thread. */
function nameOf(pid: number): string {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, ''));
  } catch {
    return textOf(`/proc/${pid}/comm`).trim();
  }
}

function toProcess(pid: number): KnownProcess {
  return { pid, name: nameOf(pid), isSelf: pid === process.pid };
}

/** Processes with what their file descriptors point to; those of other users are empty without the right to see them. */
function* descriptors(): Generator<{ pid: number; targets: string[] }> {
  if (!tellsOfProcesses) return;
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const targets: string[] = [];
    try {
      for (const descriptor of readdirSync(`/proc/${entry}/fd`)) {
        try {
          targets.push(readlinkSync(`/proc/${entry}/fd/${descriptor}`));
        } catch {
          // It was closed meanwhile.
        }
      }
    } catch {
      // It ended, or belongs to somebody else.
    }
    yield { pid: Number(entry), targets };
  }
}

function listeningInodes(port: number): Set<string> {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const rows = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) => textOf(path).split('\n').slice(1));
  return new Set(
    rows.flatMap((row) => {
      const [, local = '', , state, , , , , , inode] = row.trim().split(/\s+/);
      return state === listening && local.endsWith(`:${wanted}`) && inode !== undefined ? [inode] : [];
    }),
  );
}

/** Blocks for some milliseconds. @returns empty where nobody listens, or the system does not tell */
export function listenersOn(port: number): KnownProcess[] {
  const inodes = listeningInodes(port);
  if (inodes.size === 0) return [];
  const sockets = new Set([...inodes].map((inode) => `socket:[${inode}]`));
  return [...descriptors()]
    .filter(({ targets }) => targets.some((target) => sockets.has(target)))
    .map(({ pid }) => toProcess(pid));
}

/** Blocks for some milliseconds. @param paths whole paths, without symbolic links */
export function holdersOf(paths: readonly string[]): FileHolder[] {
  return [...descriptors()].flatMap(({ pid, targets }) => {
    const files = [...new Set(targets.filter((target) => paths.includes(target)))];
    return files.length === 0 ? [] : [{ ...toProcess(pid), files }];
  });
}
