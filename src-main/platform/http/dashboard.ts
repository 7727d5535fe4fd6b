/** The built dashboard at `/dashboard`: copies compressed at the build, assets kept for ever, the page asked for anew. */
import { extname, join, sep } from 'node:path';
import express, { type Express, type RequestHandler, type Response } from 'express';
import { nothingAt } from './error-handler.ts';
import { refuseOtherMethods } from './pages.ts';
import { findProgramRoot } from './resources.ts';
import { dashboardPolicy } from './security.ts';

const mountedAt = '/dashboard';

/** Files in it carry a hash of their content in their name: the same name is the same file for ever. */
const hashedFolder = 'assets';

/** Copies that the build leaves beside a file, the smallest first. */
const copies = [
  { encoding: 'br', extension: '.br' },
  { encoding: 'gzip', extension: '.gz' },
] as const;

const notBuilt = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><title>The dashboard is not built</title></head>
  <body>
    <h1>The dashboard is not built</h1>
    <p>Run <code>npm run build</code>, then load this page again. The API works without it: <a href="/api/docs">/api/docs</a>.</p>
  </body>
</html>
`;

/** Where the build puts it. */
export function builtDashboard(): string {
  return join(findProgramRoot(), 'out', 'renderer');
}

/**
 * Serves the dashboard: a file where there is one, else the page itself, which routes on its own. A missing asset is
 * answered with 404, and everything with 503 and what to do while nothing is built.
 *
 * @param folder holds `index.html` and `assets/`; looked at with each request, so that a build is seen at once
 */
export function serveDashboard(app: Express, folder: string): void {
  const files = [...copies.map((copy) => serveCopies(folder, copy)), serveFiles(folder)];
  const toPage: RequestHandler = (request, _response, next) => {
    if (request.path.startsWith(`/${hashedFolder}/`)) throw nothingAt(request.baseUrl + request.path);
    request.url = '/index.html';
    next();
  };
  app.use(
    mountedAt,
    refuseOtherMethods,
    dashboardPolicy(),
    ...files,
    toPage,
    ...files,
    (_request, response) => {
      response.status(503).setHeader('Cache-Control', 'no-store').type('html').send(notBuilt);
    },
  );
}

function serveFiles(folder: string): RequestHandler {
  return express.static(folder, {
    redirect: false,
    index: false,
    cacheControl: false,
    setHeaders: (response, path) => setCaching(response, folder, path),
  });
}

/** Sends the compressed copy of a file to who can read it; the next handler is asked where there is none. */
function serveCopies(folder: string, { encoding, extension }: (typeof copies)[number]): RequestHandler {
  const serve = express.static(folder, {
    redirect: false,
    index: false,
    cacheControl: false,
    setHeaders(sent, path) {
      const response = sent;
      setCaching(response, folder, path);
      response.setHeader('Content-Encoding', encoding);
      response.type(extname(path.slice(0, -extension.length)));
    },
  });
  return (request, response, next) => {
    response.vary('Accept-Encoding');
    if (request.acceptsEncodings(encoding) === false) return next();
    const { url } = request;
    request.url = url.replace(/(?=\?|$)/, extension);
    void serve(request, response, (error?: unknown) => {
      request.url = url;
      next(error);
    });
  };
}

function setCaching(response: Response, folder: string, path: string): void {
  const isHashed = path.startsWith(join(folder, hashedFolder) + sep);
  response.setHeader('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
}
