/** Creates what shows and changes the settings. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Config } from '../../contract/config.ts';
import { Settings, type SettingsOptions } from '../features/settings/index.ts';
import { messageOf } from '../kernel/app-error.ts';
import type { LoggerFactory } from '../kernel/logger.ts';
import { backupSchedule, ledgerCheckSchedule } from './schedules.ts';

export interface SettingsSources extends Pick<SettingsOptions, 'store' | 'reconfigure'> {
  readonly loggers: LoggerFactory;
}

/** The nearest folder above that is there. */
function presentFolder(path: string): string {
  const folder = dirname(path);
  return existsSync(folder) || folder === path ? folder : presentFolder(folder);
}

/** Why nothing could be written there; undefined: it could. */
function objectionTo(path: string): string | undefined {
  const folder = presentFolder(resolve(path));
  if (!statSync(folder).isDirectory()) return `${folder} is no folder`;
  try {
    accessSync(folder, constants.W_OK);
    return undefined;
  } catch {
    return `${folder} can't be written`;
  }
}

/** What the form of the settings does not show: cron expressions that name no time, and places that can't be used. */
function examine(config: Config): string[] {
  const problems: string[] = [];
  for (const schedule of [backupSchedule(config), ledgerCheckSchedule(config)]) {
    try {
      schedule.prepare();
    } catch (error) {
      problems.push(messageOf(error).replace(/\.$/, ''));
    }
  }
  const { backupDir, dbPath } = config;
  for (const [flag, path] of [
    ['--backup-dir', backupDir],
    ['--db-path', dbPath],
  ] as const) {
    const objection = path === undefined ? undefined : objectionTo(path);
    if (objection !== undefined) problems.push(`${flag}: ${objection}`);
  }
  return problems;
}

/** The settings of a running platform. */
export function createSettings(config: Config, { store, reconfigure, loggers }: SettingsSources) {
  const settings = new Settings({ config, store, reconfigure, examine, logger: loggers.module('server') });
  return { settings };
}
