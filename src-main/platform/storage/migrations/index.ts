import type { Migration } from 'kysely/migration';
import { initial } from './0001-initial.ts';
import { market } from './0002-market.ts';
import { importing } from './0003-import.ts';
import { snapshotTimestamp } from './0004-snapshot-timestamp.ts';
import { endedSessions } from './0005-ended-sessions.ts';
import { workerStates } from './0006-worker-states.ts';
import { explorers } from './0007-explorers.ts';
import { alerts } from './0008-alerts.ts';
import { tags } from './0010-tags.ts';
import { templates } from './0011-templates.ts';
import { earnings } from './0012-earnings.ts';
import { difficultySince } from './0013-difficulty-since.ts';
import { goodbyes } from './0014-goodbyes.ts';

/** All migrations by name, in order. Append only: a landed one never changes. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-initial': initial,
  '0002-market': market,
  '0003-import': importing,
  '0004-snapshot-timestamp': snapshotTimestamp,
  '0005-ended-sessions': endedSessions,
  '0006-worker-states': workerStates,
  '0007-explorers': explorers,
  '0008-alerts': alerts,
  '0010-tags': tags,
  '0011-templates': templates,
  '0012-earnings': earnings,
  '0013-difficulty-since': difficultySince,
  '0014-goodbyes': goodbyes,
};
