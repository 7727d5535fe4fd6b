/** What the broker's refusals mean, and what to do. */
import { refusalKinds, type RefusalKind } from '../../../src-main/contract/domain/refusal.ts';
import type { Text } from '../../i18n/use-text.ts';

const isRefusalKind = (kind: string): kind is RefusalKind =>
  (refusalKinds as readonly string[]).includes(kind);

/** In a few words what was turned away; a kind of a newer platform as it calls it. */
export function refusalTitle(kind: string, text: Text): string {
  return isRefusalKind(kind) ? text(`welcome.refused.kind.${kind}`) : kind;
}

/** What to do about it. */
export function refusalHint(kind: string, text: Text): string {
  return isRefusalKind(kind) ? text(`welcome.refused.hint.${kind}`) : '';
}
