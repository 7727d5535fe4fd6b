import { importSteps, migrateDatabase, toSummary } from '../../platform/operations/migrate-database.ts';
import { showProgress, type Progress } from '../progress.ts';
import { defineCommand, exitCodes, print } from './command.ts';

/** One bar for all steps: each has the same share. */
const unitsPerStep = 100;

export const migrateCommand = defineCommand({
  name: 'migrate',
  summary: 'Take over a database of the earlier Python platform, or look what would become of it',
  description:
    'A start of the platform does the same. The database is copied first, to a file beside it, and only read until a new\n' +
    'one is complete and checked; then the new one takes its place. Stop the earlier platform before. With --dry-run\n' +
    'nothing is changed; the work is done in the folder for temporary files (TMPDIR), which needs twice the room.',
  settings: ['dataDir', 'dbPath'],
  flags: {
    'dry-run': { description: 'Change nothing, only report' },
    json: { description: 'Print the whole report as JSON' },
  },
  failure: 'could not be taken over; it is as it was',
  async run(input) {
    let progress: Progress | undefined;
    const { path, report } = await migrateDatabase(input.config, {
      isTrial: input.flag('dry-run') !== undefined,
      signal: input.signal,
      onProgress({ step, done, total }) {
        progress ??= showProgress('Taking over', importSteps.length * unitsPerStep);
        const part = total === 0 ? 0 : Math.min(1, done / total);
        progress.update(Math.floor((importSteps.indexOf(step) + part) * unitsPerStep));
      },
    }).finally(() => progress?.stop());
    if (!report) print(`The database ${path} is one of this platform already: there is nothing to do.`);
    else print(input.flag('json') === undefined ? toSummary(report) : JSON.stringify(report));
    return exitCodes.done;
  },
});
