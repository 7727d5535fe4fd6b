/** Who is connected, for the operator. */
import { z } from 'zod';

export const connectedClientSchema = z
  .object({
    client_id: z.string(),
    worker_id: z
      .string()
      .meta({ description: 'The worker that it speaks for; empty: none, or not known yet' }),
    username: z.string().meta({ description: 'With which it signed in; empty: anonymous' }),
    address: z.string(),
    connected_at: z.number().meta({ description: 'Unix seconds' }),
    keepalive_sec: z.number().meta({ description: 'As it asked for; 0: none' }),
    messages_in: z.number().meta({ description: 'That it published on this connection' }),
    messages_out: z.number().meta({ description: 'That were sent to it on this connection' }),
    queued: z.number().meta({ description: 'Bytes that wait to be sent to it' }),
    protocol: z.string().meta({ description: 'Such as MQTT 3.1.1' }),
  })
  .meta({ id: 'ConnectedClient' });
export type ConnectedClientView = z.infer<typeof connectedClientSchema>;

export const feedClientsSchema = z.object({
  clients: z.number().meta({ description: 'Of the live feed' }),
  addresses: z
    .array(z.object({ address: z.string(), clients: z.number() }))
    .meta({ description: 'Most first' }),
});
