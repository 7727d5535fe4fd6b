import { refusalKinds, type RefusalKind } from '../../contract/domain/refusal.ts';
import { DurationHistogram } from '../kernel/duration-histogram.ts';

export { refusalKinds, type RefusalKind };

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
