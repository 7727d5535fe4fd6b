/** The two pages of the program, where each comes from, and how a page is told from a foreign one. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { protocol, type WebFrameMain } from 'electron';
import type { DesktopPage } from '../contract/ipc/calls.ts';
import { findProgramRoot } from '../platform/http/resources.ts';

/** A scheme of our own: a page from a file could read other files. */
const startScheme = 'xenblocks-start';
export const startOrigin = `${startScheme}://page`;
export const startUrl = `${startOrigin}/`;

/** Where the dashboard lives on the platform's server. */
export const dashboardPath = '/dashboard';

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

interface StartFile {
  readonly file: string;
  readonly type: string;
}

function startFiles(): Readonly<Record<string, StartFile>> {
  const resources = join(findProgramRoot(), 'resources', 'desktop');
  return {
    '/': { file: join(resources, 'start.html'), type: 'text/html; charset=utf-8' },
    '/start.css': { file: join(resources, 'start.css'), type: 'text/css; charset=utf-8' },
    '/icon.svg': { file: join(resources, 'icon.svg'), type: 'image/svg+xml' },
    '/start.js': { file: join(import.meta.dirname, 'start-page.js'), type: 'text/javascript; charset=utf-8' },
  };
}

/** Before the program is ready, once. */
export function registerStartScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: startScheme, privileges: { standard: true, secure: true } },
  ]);
}

/** Serves the bundled page: these files and nothing else. */
export function serveStartPage(): void {
  const files = startFiles();
  protocol.handle(startScheme, async ({ url, method }) => {
    const { host, pathname } = new URL(url);
    const found = host === 'page' && method === 'GET' ? files[pathname] : undefined;
    if (!found) return new Response('Not found', { status: 404 });
    return new Response(new Uint8Array(await readFile(found.file)), {
      headers: {
        'Content-Type': found.type,
        'Content-Security-Policy': policy,
        'X-Content-Type-Options': 'nosniff',
      },
    });
  });
}

/**
 * Which of the program's pages a frame shows; undefined for any other, and for frames inside of a page.
 *
 * @param platformUrl origin of the running platform; undefined while none runs
 */
export function pageOf(frame: WebFrameMain | null, platformUrl: string | undefined): DesktopPage | undefined {
  if (!frame || frame.parent !== null) return undefined;
  if (frame.origin === startOrigin) return 'start';
  return frame.origin === platformUrl ? 'dashboard' : undefined;
}

/** Whether an address is the dashboard of the running platform. */
export function isDashboard(url: string, platformUrl: string | undefined): boolean {
  if (platformUrl === undefined || !URL.canParse(url)) return false;
  const { origin, pathname } = new URL(url);
  return origin === platformUrl && (pathname === dashboardPath || pathname.startsWith(`${dashboardPath}/`));
}
