/** The thread that looks at a database: everything here may block. */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../kernel/app-error.ts';
import { checkPages, describeDatabase } from '../../storage/describe-database.ts';
import type { DatabaseAnswer, DatabaseLook } from './database-look.ts';

function look({ path, describes, kind, maxMs }: DatabaseLook): DatabaseAnswer {
  try {
    return {
      sight: {
        description: describes ? describeDatabase(path) : undefined,
        pages: checkPages(path, kind, maxMs),
      },
    };
  } catch (error) {
    return { failure: messageOf(error) };
  }
}

parentPort?.postMessage(look(workerData as DatabaseLook));
