/** Where the code of a worker thread is, from sources and in the built program. */

/**
 * The file `name` (it ends in `.worker`) beside the module that asks. The build gives each `*.worker.ts` a file of its
 * own in one flat folder with everything else.
 *
 * @param importer the `import.meta.url` of the module that asks
 */
export function workerFile(name: `${string}.worker`, importer: string): URL {
  return new URL(`./${name}${importer.endsWith('.ts') ? '.ts' : '.js'}`, importer);
}
