import { execFile, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { ObedientMiner } from './support/obedient-miner.ts';
import { startTestPlatform } from './support/test-platform.ts';
import { waitFor } from './support/wait-for.ts';

const run = promisify(execFile);
const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
const hasMosquitto = spawnSync('mosquitto_pub', ['--help']).error === undefined;

function linesThatStartWith(command: string): string[] {
  return readme.split('\n').filter((line) => line.startsWith(`${command} `));
}

/** The README's line, on the ports of the platform under test. */
function onPorts(line: string, mqttPort: number, apiUrl: string): string {
  return line
    .replace(/^(mosquitto_\w+)/, `$1 -h 127.0.0.1 -p ${mqttPort}`)
    .replaceAll('http://localhost:8080', apiUrl);
}

const hasCurl = spawnSync('curl', ['--version']).error === undefined;

/** The lines of the block of commands that begins with `start`. */
function blockThatStartsWith(start: string): string[] {
  const from = readme.indexOf(start);
  return readme
    .slice(from, readme.indexOf('```', from))
    .split('\n')
    .filter((line) => line !== '');
}

test.skipIf(!hasCurl)(
  'the curl lines of the README rent a worker out and settle it' +
    (hasCurl ? '' : ' (SKIPPED: curl is not installed)'),
  async () => {
    const platform = await startTestPlatform();
    await ObedientMiner.connect({ workerId: 'rig-1', mqttUrl: platform.mqttUrl });
    const [variables, ...calls] = blockThatStartsWith('ADMIN=');
    expect(calls).toHaveLength(4);
    let leaseId = '';
    const answers: Record<string, unknown>[] = [];
    for (const line of calls) {
      const script = `${variables}\n${line} -s`
        .replace('data/admin-key', join(platform.dataDir, 'admin-key'))
        .replace('localhost:8080', new URL(platform.apiUrl).host)
        .replace('lease-…', leaseId);
      const { stdout } = await run('bash', ['-c', script]);
      const answer = JSON.parse(stdout) as Record<string, unknown>;
      leaseId = (answer['lease_id'] as string | undefined) ?? leaseId;
      answers.push(answer);
    }
    expect(answers).toMatchObject([
      { account_id: 'alice', balance: 50 },
      { lease_id: leaseId, worker_id: 'rig-1', held: 36 },
      { total: 1, items: [{ lease_id: leaseId, state: 'active' }] },
      { lease_id: leaseId, state: 'completed', settlement: { held: 36 } },
    ]);
  },
);

test.skipIf(!hasMosquitto)(
  'the mosquitto lines of the README make a worker appear and show the answer to it' +
    (hasMosquitto ? '' : ' (SKIPPED: mosquitto_pub is not installed)'),
  async () => {
    const { mqttPort, apiUrl } = await startTestPlatform();
    const shell = (line: string) => ['-c', `exec ${onPorts(line, mqttPort, apiUrl)}`];
    const [listen] = linesThatStartWith('mosquitto_sub');
    // It prints at its end only, when its output is no terminal.
    const listener = spawn('bash', shell(`${listen!} -C 1`), { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void listener.kill());
    let heard = '';
    listener.stdout.on('data', (chunk: Buffer) => (heard += chunk.toString()));

    // Nothing outside tells when it has subscribed, so the register is repeated until it heard the answer.
    await waitFor(async () => {
      for (const line of linesThatStartWith('mosquitto_pub')) await run('bash', shell(line));
      return heard !== '';
    }, 'the answer on the task topic');
    expect(heard.trim()).toBe('xenminer/rig-1/task {"command":"register_ack","accepted":true}');
    const [ask] = linesThatStartWith('curl');
    const { stdout } = await run('bash', shell(`${ask!} -s`));

    expect(JSON.parse(stdout)).toMatchObject({
      total: 1,
      items: [{ worker_id: 'rig-1', online: true, state: 'AVAILABLE', hashrate: 1650.5 }],
    });
  },
);
