/** What the broker turns away. */

/** Why a message or a connection was turned away; each is a counter in /metrics. */
export const refusalKinds = [
  'publish_not_allowed',
  'subscribe_not_allowed',
  'will_not_allowed',
  'bad_credentials',
  'client_id_not_allowed',
  'malformed_message',
  'register_refused',
  'worker_id_mismatch',
  'packet_too_large',
  'too_many_connections',
  'queue_full',
  'retain_not_kept',
  'protocol_error',
  'throttled',
  'not_stored',
] as const;
export type RefusalKind = (typeof refusalKinds)[number];
