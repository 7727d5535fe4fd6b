/** The thread of the simulated miners: they must not burden the platform's event loop. */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../kernel/app-error.ts';
import { systemClock } from '../../kernel/clock.ts';
import { findScenario } from './scenarios/index.ts';
import { Simulation } from './simulation.ts';
import type { FromThread, ThreadOptions, ToThread } from './simulator-thread.ts';

const reportEveryMs = 1000;

const port = parentPort;
if (!port) throw new Error('this file is the code of a thread');

const { scenarioName, ...options } = workerData as ThreadOptions;
const scenario = findScenario(scenarioName);
if (!scenario) throw new Error(`there is no scenario ${scenarioName}`);
const simulation = new Simulation({ ...options, scenario }, systemClock);
const say = (message: FromThread) => port.postMessage(message);

const stopping = new AbortController();
let stopReports: () => void = () => undefined;

port.on('message', (message: ToThread) => {
  if (message.type === 'rules') return void simulation.follow(message.rules);
  stopping.abort();
  stopReports();
  // Without its port nothing keeps the thread.
  void simulation.stop().then(() => port.close());
});

try {
  await simulation.start();
  if (!stopping.signal.aborted) {
    say({ type: 'started', report: simulation.report() });
    stopReports = systemClock.every(reportEveryMs, () =>
      say({ type: 'report', report: simulation.report() }),
    );
  }
} catch (error) {
  say({ type: 'failed', reason: messageOf(error) });
  port.close();
}
