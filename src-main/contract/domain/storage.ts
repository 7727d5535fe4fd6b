/** The database's size: now, and where it goes. */
import { z } from 'zod';

/** How rows of a table come and go. */
export const retentions = ['time', 'count', 'live', 'forever'] as const;
export type Retention = (typeof retentions)[number];

export const tableSizeSchema = z.object({
  name: z.string(),
  rows: z.number(),
  bytes: z.number().meta({ description: 'With its indexes' }),
  retention: z.enum(retentions).meta({
    description:
      'time, count: older rows go; live: a row for each thing that there is; forever: nothing goes',
  }),
  kept: z.string().meta({ description: 'For people: 24 h, 30 days, …' }),
  rows_per_day: z.number().meta({ description: 'New rows a day, over the last seven days' }),
  bytes_per_day: z.number(),
  bytes_at_full_retention: z
    .number()
    .nullable()
    .meta({ description: 'Where it settles for the present fleet; null: it does not, it grows' }),
});
export type TableSize = z.infer<typeof tableSizeSchema>;

export const storageReportSchema = z.object({
  path: z.string(),
  database_bytes: z.number(),
  wal_bytes: z.number().meta({ description: 'Of the log that is not written back yet' }),
  free_bytes: z.number().meta({ description: 'Inside of the file, for new rows' }),
  disk_free_bytes: z.number(),
  measured_at: z.number().meta({ description: 'When the tables were measured, Unix seconds' }),
  tables: z.array(tableSizeSchema).meta({ description: 'Largest first' }),
  estimate: z.object({
    settled_bytes: z.number().meta({ description: 'All tables that settle, when they are full' }),
    growth_bytes_per_day: z.number().meta({ description: 'Of what is kept for ever' }),
    bytes_in_a_year: z.number().meta({ description: 'The whole file, if all goes on like this' }),
    disk_full_in_days: z.number().nullable().meta({ description: 'At this growth; null: it does not grow' }),
  }),
});
export type StorageReport = z.infer<typeof storageReportSchema>;

export const cleanupReportSchema = z.object({
  deleted: z.record(z.string(), z.number()).meta({ description: 'Rows by table' }),
  database_bytes_before: z.number(),
  database_bytes: z.number(),
  wal_bytes: z.number(),
  freed_bytes: z.number(),
  duration_sec: z.number(),
});
export type CleanupReport = z.infer<typeof cleanupReportSchema>;
