/** How newcomers find the platform, and what becomes of them. */
import { z } from 'zod';

/** Where a host name comes from: the request itself, a real interface, a virtual one, or this machine only. */
export const hostKinds = ['request', 'lan', 'virtual', 'loopback'] as const;
export type HostKind = (typeof hostKinds)[number];

const listenerSchema = z.object({
  port: z.number(),
  loopback_only: z.boolean().meta({ description: 'No other machine reaches it' }),
});

/** `waiting`: it looks for a free name; `loopback`: nothing is to be announced. */
export const announcementStates = ['off', 'loopback', 'waiting', 'on', 'failed'] as const;

export const announcementSchema = z.object({
  state: z.enum(announcementStates),
  name: z.string().meta({ description: 'Under which it is found; empty while it is not announced' }),
  services: z.array(z.string()).meta({ description: 'Such as _xenblocks._tcp' }),
  problem: z.string().meta({ description: 'Why it could not be announced; empty when nothing failed' }),
});
export type AnnouncementView = z.infer<typeof announcementSchema>;

export const onboardingSchema = z
  .object({
    hosts: z
      .array(
        z.object({
          host: z.string(),
          kind: z.enum(hostKinds),
          interface: z.string().meta({ description: 'Empty where it is not of an interface' }),
        }),
      )
      .meta({ description: 'Where a miner finds the broker, the likeliest first' }),
    api: listenerSchema,
    mqtt: listenerSchema,
    access: z.enum(['open', 'standard', 'strict']),
    announcement: announcementSchema,
  })
  .meta({ id: 'Onboarding' });
export type OnboardingView = z.infer<typeof onboardingSchema>;

export const refusalSchema = z
  .object({
    kind: z.string().meta({ description: 'As in xenblocks_mqtt_refused_total' }),
    reason: z.string(),
    client_id: z.string().meta({ description: 'Empty where the connection did not come so far' }),
    worker_id: z.string().meta({ description: 'For which it wanted to speak; empty when nothing tells' }),
    address: z.string(),
    topic: z.string().meta({ description: 'Empty where it was no message' }),
    count: z.number().meta({ description: 'How often the same was turned away' }),
    first_at: z.number().meta({ description: 'Unix seconds' }),
    last_at: z.number().meta({ description: 'Unix seconds' }),
  })
  .meta({ id: 'Refusal' });
export type RefusalView = z.infer<typeof refusalSchema>;

export const arrivalsSchema = z
  .object({
    now: z.number().meta({ description: 'Unix seconds' }),
    arrived: z
      .array(
        z.object({
          worker_id: z.string(),
          gpu_count: z.number(),
          hashrate: z.number(),
          registered_at: z.number().meta({ description: 'Unix seconds' }),
        }),
      )
      .meta({ description: 'Workers that registered first within the last hour, newest first' }),
    waiting: z
      .array(
        z.object({
          client_id: z.string(),
          worker_id: z.string().meta({ description: 'Empty: it has said nothing yet' }),
          address: z.string(),
          connected_at: z.number().meta({ description: 'Unix seconds' }),
        }),
      )
      .meta({ description: 'Connected to the broker, but of no worker that is registered; newest first' }),
    refused: z.array(refusalSchema).meta({ description: 'What the broker turned away, newest first' }),
  })
  .meta({ id: 'Arrivals' });
export type ArrivalsView = z.infer<typeof arrivalsSchema>;
