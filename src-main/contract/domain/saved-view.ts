/** Views of the fleet that people keep. */
import { z } from 'zod';

/** An account keeps no more views than this. */
export const maxViewsOfAccount = 100;

/** How the page of the fleet was set up: filters and order as in its address, and its columns. */
export const savedViewInputSchema = z.strictObject({
  name: z
    .string({ error: 'must be text' })
    .trim()
    .min(1, 'must not be empty')
    .max(60, 'must have at most 60 characters'),
  shared: z
    .boolean({ error: 'must be true or false' })
    .default(false)
    .meta({ description: 'For everybody who is signed in; only the operator may share' }),
  query: z
    .string({ error: 'must be text' })
    .max(2000, 'must have at most 2000 characters')
    .default('')
    .meta({ description: "Filters and order, as the page's address has them after the question mark" }),
  layout: z
    .strictObject({
      order: z.array(z.string().max(40)).max(60, 'may name up to 60 columns'),
      hidden: z
        .record(z.string().max(40), z.boolean())
        .refine((hidden) => Object.keys(hidden).length <= 60, 'may name up to 60 columns'),
    })
    .nullable()
    .default(null)
    .meta({ description: 'Columns in their order, and which are hidden; null: as the page has them' }),
});
export type SavedViewInput = z.infer<typeof savedViewInputSchema>;

export const savedViewSchema = z
  .object({
    view_id: z.string(),
    ...savedViewInputSchema.shape,
    is_own: z.boolean(),
    created_at: z.number(),
  })
  .meta({ id: 'SavedView' });
export type SavedView = z.infer<typeof savedViewSchema>;
