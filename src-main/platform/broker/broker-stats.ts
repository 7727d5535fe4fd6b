import { DurationHistogram } from '../kernel/duration-histogram.ts';

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

/** From below what a healthy platform needs to where miners send again. */
const acknowledgementBoundsSec = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/** Counters of the broker since its start. */
export class BrokerStats {
  messages = 0;
  connects = 0;
  takeovers = 0;
  /** From a QoS 1 message's arrival to its PUBACK: its turn, its check, and its COMMIT where it has one. */
  readonly acknowledgements = new DurationHistogram(acknowledgementBoundsSec);
  readonly refusals = Object.fromEntries(refusalKinds.map((kind) => [kind, 0])) as Record<
    RefusalKind,
    number
  >;

  refused(kind: RefusalKind): void {
    this.refusals[kind] += 1;
  }
}
