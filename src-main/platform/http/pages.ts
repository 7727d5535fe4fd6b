/** The static pages that ship with the program as they are: the API's documentation. */
import { join } from 'node:path';
import express, { type Express, type RequestHandler } from 'express';
import { AppError } from '../kernel/app-error.ts';
import { findProgramRoot } from './resources.ts';

const pages = [['/api/docs', 'api-docs']] as const;

/** Pages ask each time whether they changed, so that an update is seen at once. */
const cacheControl = 'no-cache';

/** Pages are read, and nothing else: other methods are told so. */
export const refuseOtherMethods: RequestHandler = (request, response, next) => {
  if (request.method === 'GET' || request.method === 'HEAD') return next();
  response.setHeader('Allow', 'GET, HEAD, OPTIONS');
  if (request.method === 'OPTIONS') return void response.status(204).end();
  throw new AppError('method_not_allowed', `${request.method} is not possible here; try GET.`);
};

/** Serves the files; every other path below a page is the page itself, which routes on its own. */
export function servePages(app: Express): void {
  const top = join(findProgramRoot(), 'resources', 'web');
  for (const [path, folder] of pages) {
    const root = join(top, folder);
    app.use(
      path,
      refuseOtherMethods,
      express.static(root, {
        redirect: false,
        index: false,
        setHeaders: (response) => void response.setHeader('Cache-Control', cacheControl),
      }),
      (_request, response) => {
        response.sendFile('index.html', { root, headers: { 'Cache-Control': cacheControl } });
      },
    );
  }
}
