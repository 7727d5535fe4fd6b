import type { Command } from './command.ts';

/** All sub-commands, in the order of `--help`. */
export const commands: readonly Command[] = [];
