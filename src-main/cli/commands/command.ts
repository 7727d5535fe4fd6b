/** Sub-commands: `xenblocks <name> [flags]`. */

/** One sub-command. */
export interface Command {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /**
   * Runs with the arguments after its name, `--help` included.
   *
   * @returns the exit code: 0 done, 1 failed (or what was checked is not right), 2 wrong usage
   */
  run(args: readonly string[]): Promise<number>;
}
