/** How far an import is: told now and then, and where it stopped. */

/** The steps in their order. */
export const importSteps = [
  'look',
  'backup',
  'verify the backup',
  'accounts and workers',
  'settlements and transactions',
  'leases',
  'blocks',
  'snapshots',
  'ledger',
  'indexes',
  'check',
  'place',
] as const;
export type ImportStep = (typeof importSteps)[number];

/** How far one step is; `total` 0 where that is not known. */
export interface ImportProgress {
  readonly step: ImportStep;
  readonly done: number;
  readonly total: number;
}

/** Somebody asked to stop. */
export class ImportInterrupted extends Error {
  override readonly name = 'ImportInterrupted';
}

export interface PaceOptions {
  readonly isStopAsked: () => boolean;
  readonly tell: (progress: ImportProgress) => void;
}

const tellEveryMs = 250;
const rowsPerLook = 256;

export class ImportPace {
  readonly #options: PaceOptions;
  #step: ImportStep = 'look';
  #total = 0;
  #done = 0;
  #where = '';
  #toldAtMs = 0;

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  /** @throws ImportInterrupted */
  begin(step: ImportStep, total = 0): void {
    this.#step = step;
    this.#total = total;
    this.#done = 0;
    this.#where = '';
    this.#tell();
    this.look();
  }

  /** One row more. @throws ImportInterrupted */
  row(where: string): void {
    this.#where = where;
    this.#done += 1;
    if (this.#done % rowsPerLook === 0) this.look();
  }

  /** @throws ImportInterrupted */
  reach(done: number, total: number): void {
    this.#done = done;
    this.#total = total;
    this.look();
  }

  /** @throws ImportInterrupted */
  look(): void {
    if (this.#options.isStopAsked()) throw new ImportInterrupted('it was interrupted');
    if (performance.now() - this.#toldAtMs >= tellEveryMs) this.#tell();
  }

  /** Where it is, in words. */
  get place(): string {
    const row = this.#where === '' ? '' : `, row ${this.#done}: ${this.#where}`;
    return `step "${this.#step}"${row}`;
  }

  #tell(): void {
    this.#toldAtMs = performance.now();
    this.#options.tell({ step: this.#step, done: this.#done, total: this.#total });
  }
}
