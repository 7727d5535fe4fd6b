/** Where the demo plays: a platform and two miners that are gone afterwards. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../config/load-config.ts';
import { defaultScenario } from '../../features/simulator/index.ts';
import { createLogger } from '../../kernel/logger.ts';
import { createPlatform, type PlatformAddresses } from '../../platform.ts';
import { startSimulation, type RunningSimulation } from '../simulate.ts';

export interface DemoPorts {
  readonly mqttPort: number;
  readonly apiPort: number;
}

/** Proofs with this marker at this difficulty are found by a CPU in a moment. */
export const demoProofs = { marker: 'X1', difficultyKib: 8 } as const;

const host = '127.0.0.1';
const workers = 2;
const blockIntervalSec = 3;

export class DemoStage {
  readonly #folder = mkdtempSync(join(tmpdir(), 'xenblocks-demo-'));
  readonly #remove = () => rmSync(this.#folder, { recursive: true, force: true });
  readonly #complaints: string[] = [];
  readonly #undo: (() => Promise<void>)[] = [];
  #simulation: RunningSimulation | undefined;

  constructor() {
    // Also when the process is ended in the middle of it.
    process.once('exit', this.#remove);
  }

  /** Its temporary folder. */
  get folder(): string {
    return this.#folder;
  }

  /** What the platform and the miners complained of. */
  get complaints(): readonly string[] {
    return this.#complaints;
  }

  /** @throws StartupError when a port is taken */
  async startPlatform({ mqttPort, apiPort }: DemoPorts): Promise<PlatformAddresses> {
    const { marker, difficultyKib } = demoProofs;
    const config = loadConfig({
      args: [
        ...['--api-host', host, '--api-port', String(apiPort)],
        ...['--mqtt-host', host, '--mqtt-port', String(mqttPort)],
        ...['--data-dir', this.#folder, '--block-marker', marker, '--difficulty', String(difficultyKib)],
      ],
      // The demo is the same wherever it runs.
      environment: {},
    });
    const loggers = createLogger({
      level: 'warn',
      format: 'text',
      write: (line) => void this.#complaints.push(line.trimEnd()),
    });
    const platform = createPlatform(config, { loggers });
    const addresses = await platform.start();
    this.#undo.push(() => platform.stop());
    return addresses;
  }

  /** @param owner address to which the workers belong */
  async startMiners(ports: DemoPorts, owner: string, signal: AbortSignal): Promise<void> {
    const simulation = await startSimulation(
      {
        host,
        port: ports.mqttPort,
        apiPort: ports.apiPort,
        workers,
        blockIntervalSec,
        heartbeatSec: 1,
        owner,
        gpuCount: undefined,
        seed: 4,
        idPrefix: 'demo-rig',
        scenario: defaultScenario,
        marker: undefined,
        difficultyKib: undefined,
      },
      (sentence) => void this.#complaints.push(sentence),
      signal,
    );
    this.#simulation = simulation;
    this.#undo.push(() => simulation.stop());
  }

  /** What the miners' blocks are worth, for people. */
  get proofNotice(): string {
    const outlook = this.#simulation?.report().outlook;
    const { marker, difficultyKib } = demoProofs;
    return outlook?.mode === 'proven'
      ? `their blocks carry real proofs, of an easy kind: marker ${marker}, difficulty ${difficultyKib}`
      : (outlook?.notice ?? '');
  }

  /** Ends everything and removes the folder. */
  async close(): Promise<void> {
    try {
      for (const undo of this.#undo.splice(0).reverse()) await undo();
    } finally {
      this.#remove();
      process.off('exit', this.#remove);
    }
  }
}
