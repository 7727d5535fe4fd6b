/** Creates what keeps the platform running: its upkeep, its settings, and the look at itself. */
import type { Config } from '../../contract/config.ts';
import type { PlatformOptions } from './parts.ts';
import { createDiagnostics, type DiagnosticsSources } from './diagnostics.ts';
import { createSettings, type SettingsSources } from './settings.ts';
import { createRuntime, createSystem, type SystemSources } from './system.ts';
import { createUpkeep, type UpkeepSources } from './upkeep.ts';

type Upkeep = ReturnType<typeof createUpkeep>;

export type OperationSources = Omit<UpkeepSources, 'restart'> &
  Omit<SystemSources, keyof Upkeep | keyof ReturnType<typeof createRuntime>> &
  Omit<DiagnosticsSources, keyof Upkeep | keyof ReturnType<typeof createRuntime>> &
  Pick<SettingsSources, 'loggers'>;

/** What the operator has to do with. */
export function createOperation(
  config: Config,
  { restart, reconfigure, settings: store }: PlatformOptions,
  sources: OperationSources,
) {
  const upkeep = createUpkeep(config, { ...sources, restart });
  const runtime = createRuntime(sources.clock);
  return {
    ...upkeep,
    ...runtime,
    ...createSettings(config, { ...sources, store, reconfigure }),
    ...createSystem(config, { ...sources, ...upkeep, ...runtime }),
    ...createDiagnostics(config, { ...sources, ...upkeep, ...runtime }),
  };
}
