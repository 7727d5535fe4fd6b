/** The settings while the program runs: what is in force, what the next start would use, and changes to the file. */
import { existsSync, realpathSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ConfigKey, SettingOrigin } from '../../contract/config.ts';
import { writeWhole } from '../kernel/whole-file.ts';
import {
  ConfigError,
  loadSettings,
  readSettingsFile,
  settingsPathOf,
  type ConfigSources,
  type LoadedConfig,
} from './load-config.ts';

/** New values by name, as the settings file holds them; null takes one out of the file. */
export type SettingChanges = Readonly<Record<string, unknown>>;

export class ConfigStore {
  readonly #sources: ConfigSources;
  #inForce: LoadedConfig;
  /** Why the last restart with other settings failed; empty: it did not. */
  lastError = '';

  /** Reads the settings. @throws ConfigError with every problem at once */
  constructor(sources: ConfigSources) {
    this.#sources = sources;
    this.#inForce = loadSettings(sources);
  }

  /** What the running platform was made from. */
  get inForce(): LoadedConfig {
    return this.#inForce;
  }

  /** What the next start would use. @throws ConfigError */
  next(): LoadedConfig {
    return loadSettings(this.#sources);
  }

  /** What the next start would use with changes; nothing is written. @throws ConfigError */
  preview(changes: SettingChanges): LoadedConfig {
    return loadSettings(this.#sources, this.#withChanges(changes));
  }

  /**
   * Writes changes to the settings file, which is made when there is none; only its owner may read it then.
   *
   * @throws ConfigError, and what the file system says; the file is then as it was
   */
  async save(changes: SettingChanges): Promise<LoadedConfig> {
    const settings = this.#withChanges(changes);
    const next = loadSettings(this.#sources, settings);
    const path = settingsPathOf(this.#sources);
    await mkdir(dirname(path), { recursive: true });
    // A link stays one: what it leads to is replaced.
    const file = existsSync(path) ? realpathSync(path) : path;
    await writeWhole(file, `${JSON.stringify(settings, null, 2)}\n`);
    return next;
  }

  /** The platform runs with these settings now. */
  adopt(loaded: LoadedConfig): void {
    this.#inForce = loaded;
  }

  /** What wins over the settings file for a setting: a flag or the environment; undefined: nothing does. */
  overrideOf(key: ConfigKey): Extract<SettingOrigin, 'flag' | 'environment'> | undefined {
    const origin = this.#inForce.origins[key];
    return origin === 'flag' || origin === 'environment' ? origin : undefined;
  }

  #withChanges(changes: SettingChanges): Record<string, unknown> {
    const problems: string[] = [];
    // As it is now: somebody may have edited it since the start.
    const present = readSettingsFile(settingsPathOf(this.#sources), problems);
    if (problems.length > 0) throw new ConfigError(problems);
    return Object.fromEntries(
      Object.entries({ ...present, ...changes }).filter(([, value]) => value !== null),
    );
  }
}
