import {
  diagnosticsRoute,
  lastSelfCheckRoute,
  selfCheckRoute,
} from '../../../contract/rest/diagnostics.routes.ts';
import { sendStream } from '../../http/files.ts';
import type { HttpServer } from '../../http/http-server.ts';
import type { Clock } from '../../kernel/clock.ts';
import { createBundle } from './bundle.ts';
import { platformParts, type PlatformSources } from './platform-parts.ts';

export interface DiagnosticsOptions extends PlatformSources {
  readonly http: HttpServer;
  readonly clock: Clock;
  /** Texts that must not be in a bundle. */
  readonly knownSecrets: () => readonly string[];
}

/** Headers by which a caller may have been let in. */
const credentialHeaders = ['cookie', 'authorization', 'x-api-key'] as const;

/** `xenblocks-diagnostics-20261126-210500.zip` */
export function bundleName(madeAt: Date): string {
  return `xenblocks-diagnostics-${madeAt.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}.zip`;
}

/** `/api/admin/self-check`, `/api/admin/diagnostics.zip`. */
export function mountDiagnostics(options: DiagnosticsOptions): void {
  const { http, clock, selfCheck, knownSecrets } = options;

  http.mount(lastSelfCheckRoute, () => ({
    report: selfCheck.last ?? null,
    running: selfCheck.isRunning,
  }));

  http.mount(selfCheckRoute, ({ request }) => {
    const shown = credentialHeaders.flatMap((name) => {
      const value = request.headers[name];
      return typeof value === 'string' ? [[name, value] as const] : [];
    });
    return selfCheck.run(Object.fromEntries(shown));
  });

  http.mount(diagnosticsRoute, async ({ response }) => {
    const madeAt = new Date(clock.nowMs());
    const bundle = createBundle({
      parts: platformParts(options),
      heading: ['Of a platform that runs.'],
      secrets: knownSecrets(),
      madeAt,
    });
    await sendStream(response, bundle, bundleName(madeAt), 'application/zip');
    return undefined;
  });
}
