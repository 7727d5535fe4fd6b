/** What the broker's refusals mean, and what to do. */
import type { Text } from '../../i18n/use-text.ts';

const known = [
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
type Known = (typeof known)[number];

const isKnown = (kind: string): kind is Known => (known as readonly string[]).includes(kind);

/** In a few words what was turned away; a kind of a newer platform as it calls it. */
export function refusalTitle(kind: string, text: Text): string {
  return isKnown(kind) ? text(`welcome.refused.kind.${kind}`) : kind;
}

/** What to do about it. */
export function refusalHint(kind: string, text: Text): string {
  return isKnown(kind) ? text(`welcome.refused.hint.${kind}`) : '';
}
