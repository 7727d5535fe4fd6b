/** Keeps pages where they belong: no foreign page, no second window, no ability of the machine. */
import { app, session, shell, type WebContents } from 'electron';
import type { Logger } from '../platform/kernel/logger.ts';
import { isDashboard, startOrigin } from './pages.ts';

/** What the program's own pages may do: copy a text that its person asked to copy, and fill the screen. */
const grantedAbilities = new Set(['clipboard-sanitized-write', 'fullscreen']);

const externalSchemes = new Set(['http:', 'https:', 'mailto:']);

export interface PageGuardOptions {
  /** Origin of the running platform; undefined while none runs. */
  readonly platformUrl: () => string | undefined;
  readonly logger: Logger;
}

/** Opens an address in the browser, when it is one that a browser shows. */
export function openInBrowser(url: string): void {
  if (URL.canParse(url) && externalSchemes.has(new URL(url).protocol)) void shell.openExternal(url);
}

/** Watches every page that is ever made. Before the first window, once. */
export function guardPages({ platformUrl, logger }: PageGuardOptions): void {
  const isOwn = (url: string) => url.startsWith(`${startOrigin}/`) || isDashboard(url, platformUrl());
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, ability, answer, { requestingUrl }) =>
    answer(grantedAbilities.has(ability) && isOwn(requestingUrl)),
  );
  defaultSession.setPermissionCheckHandler(
    (_contents, ability, origin) =>
      grantedAbilities.has(ability) && (origin === `${platformUrl()}/` || origin === platformUrl()),
  );
  defaultSession.setDevicePermissionHandler(() => false);
  app.on('web-contents-created', (_event, contents) => guardContents(contents));

  function guardContents(contents: WebContents): void {
    const refuse = (event: { preventDefault(): void }, url: string, isMainFrame: boolean) => {
      if (isMainFrame && isOwn(url)) return;
      event.preventDefault();
      if (!isMainFrame) logger.warn({ url }, 'a frame was kept from a foreign page');
      else if (isDownload(url)) contents.downloadURL(url);
      else openInBrowser(url);
    };
    contents.on('will-frame-navigate', (event) => refuse(event, event.url, event.isMainFrame));
    contents.on('will-redirect', (event) => refuse(event, event.url, event.isMainFrame));
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      openInBrowser(url);
      return { action: 'deny' };
    });
  }

  /** Files of the platform itself, such as a backup: they need the session of this window. */
  function isDownload(url: string): boolean {
    const { origin, pathname } = new URL(url);
    return origin === platformUrl() && pathname.startsWith('/api/') && pathname !== '/api/docs';
  }
}
