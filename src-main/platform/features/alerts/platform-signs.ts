/** What the rules about the platform itself measure. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { alertTraits, type AlertKind } from '../../../contract/domain/alert.ts';
import { messageOf } from '../../kernel/app-error.ts';
import type { Clock } from '../../kernel/clock.ts';

export interface PlatformSignsOptions {
  readonly clock: Clock;
  /** Bytes free where the database lies. */
  readonly diskFreeBytes: () => Promise<number>;
  readonly backups: () => {
    /** Why the last one failed; empty: it did not. */
    readonly failure: string;
    /** Since when one is due that was not made; undefined: none is. */
    readonly dueSinceMs: number | undefined;
  };
  readonly broker: () => {
    readonly connections: number;
    readonly maxConnections: number;
    /** In the last minute it had no room for something. */
    readonly crowded: number;
  };
  /** Findings of the last check of the ledger; undefined: there was none. */
  readonly ledgerFindings: () => number | undefined;
}

export interface PlatformSign {
  /** undefined: there is nothing to watch. */
  readonly value: number | undefined;
  readonly detail: string;
}

const hourMs = 3_600_000;
const dayMs = 86_400_000;
const nothing: PlatformSign = { value: undefined, detail: '' };

/** A certificate file is small; more is something else. */
const maxCertificateBytes = 1_000_000;

export class PlatformSigns {
  readonly #options: PlatformSignsOptions;

  constructor(options: PlatformSignsOptions) {
    this.#options = options;
  }

  /** Measures one kind. @param certificateFile of the kind `certificate`; empty: none */
  async measure(kind: AlertKind, certificateFile: string): Promise<PlatformSign> {
    switch (kind) {
      case 'disk_low':
        return { value: round((await this.#options.diskFreeBytes()) / 1e9), detail: '' };
      case 'backup':
        return this.#backup();
      case 'broker_limit':
        return this.#broker();
      case 'certificate':
        return certificateFile === '' ? nothing : this.#certificate(certificateFile);
      case 'ledger': {
        const findings = this.#options.ledgerFindings();
        if (findings === undefined) return nothing;
        return { value: findings > 0 ? 1 : 0, detail: findings > 0 ? `${findings} findings` : '' };
      }
      default:
        return nothing;
    }
  }

  /** One that failed is as bad as can be, however long ago the one before was. */
  #backup(): PlatformSign {
    const { failure, dueSinceMs } = this.#options.backups();
    if (failure !== '') return { value: alertTraits.backup.max, detail: failure };
    if (dueSinceMs === undefined) return { value: 0, detail: '' };
    const hours = (this.#options.clock.nowMs() - dueSinceMs) / hourMs;
    return { value: round(Math.max(0, hours)), detail: '' };
  }

  #broker(): PlatformSign {
    const { connections, maxConnections, crowded } = this.#options.broker();
    const detail = `${connections} of ${maxConnections} connections`;
    if (crowded > 0) return { value: 100, detail: `${detail}; no room ${crowded} times in a minute` };
    return { value: round((connections / Math.max(1, maxConnections)) * 100), detail };
  }

  async #certificate(file: string): Promise<PlatformSign> {
    try {
      const pem = await readFile(file);
      if (pem.length > maxCertificateBytes) return { value: 0, detail: `${file} is no certificate` };
      const endsMs = Date.parse(new X509Certificate(pem).validTo);
      return { value: round(Math.max(0, (endsMs - this.#options.clock.nowMs()) / dayMs)), detail: file };
    } catch (error) {
      return { value: 0, detail: `${file} can't be read: ${messageOf(error)}` };
    }
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
