/** What the arguments of the desktop program ask for. */
import { configOptions } from '../contract/config.ts';

export interface ProgramLine {
  /** `command`: it prints something and ends; `headless`: the platform without a window; else `window`. */
  readonly kind: 'command' | 'headless' | 'window';
  /** For the platform and its commands. */
  readonly args: readonly string[];
  /** `xenblocks://…`, when the system opened the program for it; else empty. */
  readonly link: string;
  /** Start in the tray. */
  readonly isHidden: boolean;
  /** Ask the running program to quit. */
  readonly isQuit: boolean;
}

/** The scheme of links into the program. */
export const linkScheme = 'xenblocks';

/**
 * Switches that Chromium and Node take from the same line. Others are left to the platform's own reader, which tells
 * of what it does not know.
 */
const foreignSwitches = [
  'allow-file-access-from-files',
  'class',
  'disable-',
  'enable-',
  'force-',
  'ignore-gpu',
  'in-process-gpu',
  'inspect',
  'js-flags',
  'lang',
  'no-sandbox',
  'original-process-start-time',
  'ozone-platform',
  'password-store',
  'remote-debugging-p',
  'use-gl',
  'user-data-dir',
  'v=',
];

function isForeign(argument: string): boolean {
  // macOS adds the number of the process to what the Finder starts.
  if (argument.startsWith('-psn_')) return true;
  const name = argument.replace(/^--/, '');
  return name !== argument && foreignSwitches.some((known) => name.startsWith(known));
}

/**
 * Reads the line.
 *
 * @param argv without the program's own path
 */
export function readProgramLine(argv: readonly string[]): ProgramLine {
  const own = argv.filter((argument) => !isForeign(argument));
  const link = own.find((argument) => argument.startsWith(`${linkScheme}://`)) ?? '';
  const shellFlags = ['--hidden', '--quit', '--desktop'];
  const args = own.filter((argument) => argument !== link && !shellFlags.includes(argument));
  return {
    kind: kindOf(args),
    args,
    link,
    isHidden: own.includes('--hidden'),
    isQuit: own.includes('--quit'),
  };
}

function kindOf(args: readonly string[]): ProgramLine['kind'] {
  const [first = '-'] = args;
  const isCommand =
    !first.startsWith('-') || ['--help', '-h', '--version'].some((flag) => args.includes(flag));
  if (isCommand) return 'command';
  return args.some((argument) => argument === '--headless' || argument === '--headless=true')
    ? 'headless'
    : 'window';
}

/** A flag with what follows it: `--api-port 9000` is one. */
function groupsOf(args: readonly string[]): string[][] {
  const groups: string[][] = [];
  for (const argument of args) {
    if (argument.startsWith('-') || groups.length === 0) groups.push([argument]);
    else groups.at(-1)?.push(argument);
  }
  return groups;
}

/** What a flag is about: `--no-chain` and `--chain=false` are about the same. */
const subjectOf = ([flag = '']: readonly string[]) =>
  flag.replace(/^--(no-)?/, '').split('=', 1)[0] as string;

/** The flags of two lines; where both have one, that of the later line. */
export function mergeFlags(earlier: readonly string[], later: readonly string[]): string[] {
  const laterGroups = groupsOf(later);
  const subjects = new Set(laterGroups.map(subjectOf));
  return [...groupsOf(earlier).filter((group) => !subjects.has(subjectOf(group))), ...laterGroups].flat();
}

/** Whether a setting is given on the line. */
export function isGiven(args: readonly string[], key: string): boolean {
  const flag = configOptions.find((option) => option.key === key)?.flag;
  return args.some((argument) => argument === flag || argument.startsWith(`${flag}=`));
}
