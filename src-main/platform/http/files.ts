/** Downloads of files, with ranges. */
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';

/**
 * Streams a file; a broken download can go on where it stopped. Settles when it is sent, or the caller went away.
 *
 * @param fileName under which a browser saves it
 * @throws when the file can't be read
 */
export function sendFile(
  response: Response,
  path: string,
  fileName: string,
  mediaType: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    response.attachment(fileName);
    response.setHeader('Content-Type', mediaType);
    // Also keeps it from being compressed: a range counts the bytes of the file.
    response.setHeader('Cache-Control', 'private, no-store, no-transform');
    response.sendFile(
      path,
      { dotfiles: 'allow', cacheControl: false },
      (error?: Error & { code?: string }) => {
        const isGone = error?.code === 'ECONNABORTED' || response.headersSent;
        if (error && !isGone) reject(error);
        else resolve();
      },
    );
  });
}

/**
 * Sends what is made while it is sent, under a name. Settles when it is sent, or the caller went away.
 *
 * @throws what the source throws, when nothing was sent yet
 */
export async function sendStream(
  response: Response,
  source: Readable,
  fileName: string,
  mediaType: string,
): Promise<void> {
  response.attachment(fileName);
  response.setHeader('Content-Type', mediaType);
  response.setHeader('Cache-Control', 'private, no-store, no-transform');
  try {
    await pipeline(source, response);
  } catch (error) {
    if (!response.headersSent) throw error;
  }
}
