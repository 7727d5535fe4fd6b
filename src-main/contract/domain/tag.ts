/** Tags of workers, the groups they make, and notes. */
import { z } from 'zod';

/** A worker carries no more tags than this. */
export const maxTagsOfWorker = 20;
export const maxTagLength = 40;
export const maxNoteLength = 2000;
/** Colours that a group can have, by number; 0: none. */
export const groupColors = 6;

/** `site:berlin`, `rack-3`: small letters, digits, and `. _ : -` between them. */
export const tagPattern = /^[a-z0-9](?:[a-z0-9._:-]*[a-z0-9])?$/;

/** The name of a tag; capitals and blanks around it are taken for what was meant. */
export const tagSchema = z
  .string({ error: 'must be a tag' })
  .trim()
  .toLowerCase()
  .min(1, 'must not be empty')
  .max(maxTagLength, `must have at most ${maxTagLength} characters`)
  .regex(tagPattern, 'must be small letters, digits and . _ : - between them, as in site:berlin')
  .meta({ description: 'Small letters, digits and . _ : - between them' });

/** Tags of a worker, each once, in the order of the alphabet. */
export const tagsSchema = z
  .array(tagSchema, { error: 'must be a list of tags' })
  .max(maxTagsOfWorker, `may name up to ${maxTagsOfWorker} tags`)
  .transform((tags) => [...new Set(tags)].sort())
  .meta({ description: `Up to ${maxTagsOfWorker} tags` });

export const noteSchema = z
  .string({ error: 'must be text' })
  .trim()
  .max(maxNoteLength, `must have at most ${maxNoteLength} characters`);

/** What people wrote on a worker. Only the operator and the worker's owner see it. */
export const workerTagsSchema = z
  .object({ worker_id: z.string(), tags: z.array(z.string()), note: z.string() })
  .meta({ id: 'WorkerTags' });
export type WorkerTags = z.infer<typeof workerTagsSchema>;

/** Over how much time a group's earnings are added up; `all`: the three years for which they are kept. */
export const groupPeriods = ['24h', '7d', '30d', 'all'] as const;
export type GroupPeriod = (typeof groupPeriods)[number];

const totals = {
  workers: z.number(),
  online: z.number(),
  gpus: z.number(),
  active_gpus: z.number().meta({ description: 'Of workers that are online' }),
  hashrate: z.number().meta({ description: 'H/s of workers that are online' }),
  leased_workers: z.number().meta({ description: 'Rented out now' }),
  leased_hashrate: z.number().meta({ description: 'H/s, of it for those who rent' }),
  self_hashrate: z.number().meta({ description: 'H/s, of it for the owners' }),
  earnings_24h: z
    .number()
    .meta({ description: 'Credits that owners were paid for leases settled in the last 24 hours' }),
  earnings: z.number().meta({
    description: 'The same in the period that was asked for; 7d and 30d are days of UTC with today',
  }),
};

/** What a number of workers adds up to. */
export const groupTotalsSchema = z.object(totals).meta({ id: 'GroupTotals' });
export type GroupTotals = z.infer<typeof groupTotalsSchema>;

/** A tag and the workers that carry it. A worker with two tags counts in both groups. */
export const groupSchema = z
  .object({
    tag: z.string(),
    color: z.number().meta({ description: `1 to ${groupColors}; 0: none` }),
    description: z.string(),
    ...totals,
  })
  .meta({ id: 'Group' });
export type Group = z.infer<typeof groupSchema>;
