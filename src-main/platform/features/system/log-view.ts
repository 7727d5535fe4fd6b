/** The newest lines of the log as calls show them. */
import type { LogModule } from '../../../contract/config.ts';
import {
  entryLevels,
  type EntryLevel,
  type LogEntryView,
  type LogPage,
} from '../../../contract/domain/log.ts';
import { toUnixSeconds } from '../../kernel/clock.ts';
import type { LogBuffer } from '../../kernel/log-buffer.ts';
import { fieldsOf, toText, type LogRecord } from '../../kernel/logger.ts';

export interface LogFilter {
  /** This level and the graver ones. */
  readonly level?: EntryLevel | undefined;
  readonly component?: LogModule | undefined;
  /** Part of the message or the fields, in any case; empty: any. */
  readonly search: string;
}

/** pino counts levels from 10 in tens. */
const levelStep = 10;

function levelOf({ level }: LogRecord): EntryLevel {
  return entryLevels[Math.round(level / levelStep) - 1] ?? 'info';
}

function matches(record: LogRecord, { level, component, search }: LogFilter): boolean {
  if (level !== undefined && record.level < (entryLevels.indexOf(level) + 1) * levelStep) return false;
  if (component !== undefined && record.module !== component) return false;
  if (search === '') return true;
  const text = `${record.msg ?? ''} ${JSON.stringify(fieldsOf(record))}`;
  return text.toLowerCase().includes(search.toLowerCase());
}

function toEntry(sequence: number, record: LogRecord): LogEntryView {
  return {
    sequence,
    time: toUnixSeconds(record.time),
    level: levelOf(record),
    component: (record.module ?? 'server') as LogModule,
    message: record.msg ?? '',
    fields: fieldsOf(record),
  };
}

/** The newest `limit` lines that match and come after a sequence. */
export function pageOfLog(buffer: LogBuffer, filter: LogFilter, after: number, limit: number): LogPage {
  const matching: { sequence: number; record: LogRecord }[] = [];
  for (const { sequence, line } of buffer.after(after > buffer.lastSequence ? 0 : after)) {
    const record = JSON.parse(line) as LogRecord;
    if (matches(record, filter)) matching.push({ sequence, record });
  }
  return {
    items: matching.slice(-limit).map(({ sequence, record }) => toEntry(sequence, record)),
    left_out: Math.max(0, matching.length - limit),
    first_sequence: buffer.firstSequence,
    last_sequence: buffer.lastSequence,
  };
}

/** All lines that match, as text with their dates. */
export function textOfLog(buffer: LogBuffer, filter: LogFilter): string {
  return [...buffer.after(0)]
    .map(({ line }) => JSON.parse(line) as LogRecord)
    .filter((record) => matches(record, filter))
    .map((record) => toText(record, true))
    .join('');
}
