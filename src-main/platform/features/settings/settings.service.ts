/** Settings while the platform runs: shown, changed in their file, and put in force by a restart. */
import { configOptions, type Config, type ConfigKey, type ConfigOption } from '../../../contract/config.ts';
import type { SettingsView } from '../../../contract/domain/setting.ts';
import type { ConfigStore, SettingChanges } from '../../config/config-store.ts';
import { ConfigError, type LoadedConfig } from '../../config/load-config.ts';
import { AppError, messageOf } from '../../kernel/app-error.ts';
import type { Logger } from '../../kernel/logger.ts';
import { toSetting } from './setting-view.ts';

export interface SettingsOptions {
  /** Absent where whoever made the platform gave its settings without saying where they come from. */
  readonly store: ConfigStore | undefined;
  /** In force. */
  readonly config: Config;
  /** What only a start would find out: each in a sentence. */
  readonly examine: (config: Config) => string[];
  /** Starts the platform again; with the settings before, when it does not start with these. */
  readonly reconfigure: (next: LoadedConfig) => Promise<void>;
  readonly logger: Logger;
}

const noStore =
  'The program that started the platform gave its settings itself: change them there, and start it again.';

export class Settings {
  readonly #options: SettingsOptions;
  /** One change of the file after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: SettingsOptions) {
    this.#options = options;
  }

  /** Everything about the settings. */
  view(): SettingsView {
    const { store, config } = this.#options;
    const { next, problems } = this.#next();
    const inForce = store?.inForce.config ?? config;
    const toView = (option: ConfigOption) =>
      toSetting({
        ...{ option, inForce, next },
        source: store?.inForce.origins[option.key] ?? 'default',
        locked: this.#lockOf(option),
      });
    const groups = [...new Set(configOptions.map(({ group }) => group))];
    return {
      settings_file: store?.inForce.settingsPath ?? '',
      groups: groups.map((name) => ({
        name,
        options: configOptions.filter(({ group }) => group === name).map(toView),
      })),
      restart_needed: changesBetween(inForce, next),
      problems,
      last_error: store?.lastError ?? '',
    };
  }

  /**
   * Writes changes to the settings file, all or none.
   *
   * @returns the settings that a restart would change
   * @throws AppError `bad_request` when nothing would start with them; `conflict` for what can't be changed there
   */
  change(changes: SettingChanges): Promise<string[]> {
    const change = this.#last.then(() => this.#change(changes));
    this.#last = change.catch(() => undefined);
    return change;
  }

  /**
   * Begins to restart with the settings as they are now, and returns at once; `last_error` tells of a failure.
   *
   * @returns the settings that it changes
   * @throws AppError `conflict` when nothing would start with them
   */
  beginRestart(by: string): string[] {
    const { reconfigure, logger } = this.#options;
    const store = this.#requireStore();
    const next = explained('conflict', () => store.next());
    const changes = changesBetween(store.inForce.config, next.config);
    logger.warn({ by, changes }, 'restarting with the settings as they are now');
    // Whoever restarts tells of a failure, in the log and as the last error.
    reconfigure(next).catch(() => undefined);
    return changes;
  }

  async #change(changes: SettingChanges): Promise<string[]> {
    const { examine } = this.#options;
    const store = this.#requireStore();
    for (const name of Object.keys(changes)) this.#requireChangeable(name);
    const { config } = explained('bad_request', () => store.preview(changes));
    const problems = examine(config);
    if (problems.length > 0)
      throw new AppError('bad_request', `${problems.join('; ')}. Nothing was changed.`);
    try {
      const next = await store.save(changes);
      return changesBetween(store.inForce.config, next.config);
    } catch (error) {
      const { settingsPath } = store.inForce;
      throw new AppError(
        'conflict',
        `${settingsPath} can't be written: ${messageOf(error)}. Nothing was changed.`,
      );
    }
  }

  #requireStore(): ConfigStore {
    const { store } = this.#options;
    if (!store) throw new AppError('conflict', noStore);
    return store;
  }

  #requireChangeable(name: string): void {
    const option = configOptions.find(({ key }) => key === name);
    if (!option)
      throw new AppError(
        'bad_request',
        `${name}: is not a known setting; GET /api/admin/settings lists them.`,
      );
    const locked = this.#lockOf(option);
    if (locked !== '') throw new AppError('conflict', locked);
  }

  #lockOf({ key, flag, environmentName }: ConfigOption): string {
    const { store } = this.#options;
    if (!store) return noStore;
    if (key === 'dataDir')
      return `${key}: the settings file lies in that folder; only ${flag} or ${environmentName} moves it.`;
    const override = store.overrideOf(key);
    if (override === undefined) return '';
    const given = override === 'flag' ? flag : environmentName;
    return `${key}: ${given} was given at the start and wins over the settings file; start without it to change it here.`;
  }

  /** What the next start would use; the settings in force where nothing would start. */
  #next(): { next: Config; problems: string[] } {
    const { store, config } = this.#options;
    if (!store) return { next: config, problems: [] };
    try {
      return { next: store.next().config, problems: [] };
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return { next: store.inForce.config, problems: [...error.problems] };
    }
  }
}

/** Names of settings with another value. */
function changesBetween(before: Config, after: Config): ConfigKey[] {
  const text = (config: Config, key: ConfigKey) => JSON.stringify(config[key]);
  return configOptions.map(({ key }) => key).filter((key) => text(before, key) !== text(after, key));
}

/** @throws AppError in place of a ConfigError */
function explained(code: 'bad_request' | 'conflict', load: () => LoadedConfig): LoadedConfig {
  try {
    return load();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new AppError(code, `${error.problems.join('; ')}. Nothing was changed.`);
  }
}
