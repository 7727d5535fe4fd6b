import { performance } from 'node:perf_hooks';
import { ethAddressPattern } from '../../contract/mqtt/miner-messages.ts';
import {
  defaultTestDataSize,
  maxLeasesOf,
  testDataLimits,
  type TestDataSize,
} from '../../platform/features/test-data/index.ts';
import { generateData, type GeneratedData } from '../../platform/operations/generate-data.ts';
import { showProgress, type Progress } from '../progress.ts';
import { defineCommand, exitCodes, print, UsageError, type CommandInput } from './command.ts';

const defaultSeed = 1;

const sizeFlag = (name: keyof TestDataSize, description: string) => ({
  value: 'count',
  description: `${description} (default: ${defaultTestDataSize[name]})`,
});

const flags = {
  workers: sizeFlag('workers', 'Rigs of 1, 2, 4 and 8 GPUs'),
  blocks: sizeFlag('blocks', 'Blocks, self-mined and for leases'),
  leases: sizeFlag('leases', 'Leases, all of them ended and settled'),
  addresses: sizeFlag('addresses', 'Wallets that own the rigs'),
  days: sizeFlag('days', 'Days of history'),
  seed: {
    value: 'number',
    description: `The same seed and end give the same rows (default: ${defaultSeed})`,
  },
  end: { value: 'seconds', description: 'Unix time at which the history ends (default: now)' },
  owner: { value: 'address', description: 'Wallet that gets the largest farm: sign in with yours to see it' },
  db: { value: 'file', description: 'Database to fill, instead of --db-path; a missing one is made' },
  append: { description: 'Add to a database that has data already' },
  json: { description: 'Print the summary as JSON' },
};
type Input = CommandInput<keyof typeof flags>;

function readSize(input: Input): TestDataSize {
  const given = (name: keyof TestDataSize, min: number) =>
    input.wholeNumber(name, { min, max: testDataLimits[name] });
  const read = (name: keyof TestDataSize, min: number) => given(name, min) ?? defaultTestDataSize[name];
  const size = {
    workers: read('workers', 1),
    blocks: read('blocks', 0),
    addresses: read('addresses', 1),
    days: read('days', 1),
  };
  const maxLeases = maxLeasesOf(size);
  const leases = given('leases', 0);
  if (leases !== undefined && leases > maxLeases)
    throw new UsageError(
      `--leases: ${size.workers} workers have room for at most ${maxLeases} leases in ${size.days} days`,
    );
  // Few workers are no mistake of somebody who did not ask for leases.
  return { ...size, leases: leases ?? Math.min(defaultTestDataSize.leases, maxLeases) };
}

function readOwner(address: string | undefined): string | undefined {
  if (address === undefined || ethAddressPattern.test(address)) return address;
  throw new UsageError(`--owner: must be 0x and 40 hex digits, not "${address}"`);
}

function toText({ path, rows, sizeBytes }: GeneratedData, seconds: number): string {
  const entries = Object.entries(rows);
  const count = (value: number) => value.toLocaleString('en-US');
  const width = Math.max(...entries.map(([table]) => table.length)) + 2;
  const digits = Math.max(...entries.map(([, value]) => count(value).length));
  const total = entries.reduce((sum, [, value]) => sum + value, 0);
  return [
    ...entries.map(([table, value]) => `  ${table.padEnd(width)}${count(value).padStart(digits)}`),
    `${count(total)} rows in ${seconds.toFixed(1)} s; ${path} has ${(sizeBytes / 1e6).toFixed(1)} MB now.`,
    'Start the platform on it with --db-path. Nobody mines there: its workers turn offline after 90 s.',
  ].join('\n');
}

export const generateCommand = defineCommand({
  name: 'generate',
  summary: 'Fill a database with the history of a made-up mining farm',
  description:
    'Accounts, rigs, leases with their money, blocks, outages and charts, all of them consistent: check-ledger proves\n' +
    'it. All leases have ended, because nobody mines for them any more. Blocks are recorded like under --verify off,\n' +
    'unproven, because nobody mined them. With --append the new entries of the ledger come after those that are there,\n' +
    'whatever their time. The charts hold a round every 30 s for about 100 workers; with more there are fewer rounds.',
  settings: ['dataDir', 'dbPath'],
  flags,
  failure: 'nothing was written: the database is in use, has data already, or could not be written',
  async run(input) {
    const started = performance.now();
    const size = readSize(input);
    const seed = input.wholeNumber('seed', { min: 0, max: Number.MAX_SAFE_INTEGER }) ?? defaultSeed;
    const endSec = input.number('end', { min: 86_400 * testDataLimits.days, max: 4_102_444_800 });
    const dbPath = input.flag('db') ?? input.config.dbPath;
    const config = { dataDir: input.config.dataDir, dbPath };
    let progress: Progress | undefined;
    let data: GeneratedData;
    try {
      data = await generateData(config, {
        size,
        seed,
        endMs: endSec === undefined ? Date.now() : Math.round(endSec * 1000),
        owner: readOwner(input.flag('owner')),
        append: input.flag('append') !== undefined,
        onProgress: (part) => (progress ??= showProgress('Generating', 100)).update(Math.floor(part * 100)),
        signal: input.signal,
      });
    } finally {
      progress?.stop();
    }
    const seconds = (performance.now() - started) / 1000;
    const { path, rows, sizeBytes } = data;
    print(
      input.flag('json') === undefined
        ? toText(data, seconds)
        : JSON.stringify({
            database: path,
            rows,
            size_bytes: sizeBytes,
            seconds: Math.round(seconds * 100) / 100,
          }),
    );
    return exitCodes.done;
  },
});
