/** The self-check of the platform that runs. */
import type { Config } from '../../contract/config.ts';
import { selfCheckReportSchema, type SelfCheckReport } from '../../contract/domain/self-check.ts';
import { selfCheckRoute } from '../../contract/rest/diagnostics.routes.ts';
import { StartupError } from '../kernel/app-error.ts';
import { askPlatform } from './ask-platform.ts';

/** The checks have limits of their own, which add up to half a minute. */
const answerMs = 60_000;

/** @throws StartupError when no platform of these settings answers */
export async function checkPlatform(config: Config, signal: AbortSignal): Promise<SelfCheckReport> {
  const { method, path } = selfCheckRoute;
  const { response, reason } = await askPlatform(config, { method, path, answerMs, signal });
  if (!response) throw new StartupError(`Nothing was checked: ${reason}.`);
  return selfCheckReportSchema.parse(await response.json());
}
