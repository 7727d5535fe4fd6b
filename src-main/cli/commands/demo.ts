import { performance } from 'node:perf_hooks';
import { version } from '../../platform/version.ts';
import { DemoScreen } from '../demo-screen.ts';
import { defineCommand, exitCodes, UsageError } from './command.ts';

const defaultPorts = { mqttPort: 11_883, apiPort: 18_080 } as const;

const flags = {
  'mqtt-port': { value: 'port', description: `Port of its MQTT broker (default: ${defaultPorts.mqttPort})` },
  'api-port': { value: 'port', description: `Port of its API (default: ${defaultPorts.apiPort})` },
};

const portBounds = { min: 1, max: 65_535 };

export const demoCommand = defineCommand({
  name: 'demo',
  summary: 'Show the whole marketplace in half a minute, and check every figure of it',
  description:
    'Starts a platform of its own in a temporary folder, reachable from this machine only, with two simulated miners\n' +
    'that mine real proofs of an easy kind. A renter takes one of them, blocks arrive, the lease is stopped and settled.\n' +
    'Then every block, every amount and the ledger are checked. Nothing is left behind.',
  settings: [],
  flags,
  failure: 'something was wrong, took too long, or a port was taken',
  async run(input) {
    const ports = {
      mqttPort: input.wholeNumber('mqtt-port', portBounds) ?? defaultPorts.mqttPort,
      apiPort: input.wholeNumber('api-port', portBounds) ?? defaultPorts.apiPort,
    };
    if (ports.mqttPort === ports.apiPort)
      throw new UsageError('--mqtt-port and --api-port: must not be the same port');
    const { playDemo } = await import('../../platform/operations/demo/demo-story.ts');
    // A closed terminal would end the process before its folder is removed.
    process.once('SIGHUP', () => process.exit(exitCodes.interrupted));
    const screen = new DemoScreen();
    screen.title(
      `XenBlocks control center ${version}: the marketplace in half a minute`,
      'On this machine only, its data is removed afterwards. Ctrl-C ends it.',
    );
    const beganAtMs = performance.now();
    const checks = await playDemo(ports, screen, input.signal);
    const seconds = Math.round((performance.now() - beganAtMs) / 1000);
    const wrong = checks.filter(({ isRight }) => !isRight);
    if (wrong.length === 0) {
      screen.conclusion(`All ${checks.length} checks are right, after ${seconds} s.`, true);
      return exitCodes.done;
    }
    screen.conclusion(`${wrong.length} of ${checks.length} checks are WRONG.`, false);
    for (const { name, detail } of wrong) process.stderr.write(`WRONG: ${name}: ${detail}\n`);
    return exitCodes.failed;
  },
});
