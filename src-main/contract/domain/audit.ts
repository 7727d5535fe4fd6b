/** The audit log: who did what, on what, with what result. */
import { z } from 'zod';

export const auditResults = ['ok', 'refused', 'failed'] as const;
export type AuditResult = (typeof auditResults)[number];

export const auditEntrySchema = z
  .object({
    id: z.number().meta({ description: 'Without gaps, from 1' }),
    at: z.number(),
    actor: z.string().meta({ description: 'Account id; anonymous, system' }),
    role: z.string(),
    remote_address: z.string(),
    action: z.string(),
    target: z.string(),
    result: z
      .enum(auditResults)
      .meta({ description: 'refused: not allowed or not possible; failed: the platform failed' }),
    detail: z.looseObject({}).meta({ description: 'The body of the call without its secrets; why not' }),
    hash: z.string().meta({ description: 'Covers this entry and the hash of the one before it' }),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntryView = z.infer<typeof auditEntrySchema>;
