/** A channel as it is typed, and as it is sent. */
import type {
  AlertChannel,
  AlertChannelInput,
  AlertChannelKind,
} from '../../../../src-main/contract/domain/alert-channel.ts';
import type { AlertKind, AlertSeverity } from '../../../../src-main/contract/domain/alert.ts';
import { toNumber } from '../amounts.ts';
import { settingOf } from './looks.ts';

export interface ChannelDraft {
  kind: AlertChannelKind;
  name: string;
  enabled: boolean;
  minSeverity: AlertSeverity;
  kinds: AlertKind[];
  tellsResolved: boolean;
  title: string;
  text: string;
  secret: string;
  url: string;
  chatId: string;
  host: string;
  port: string;
  security: 'tls' | 'starttls' | 'none';
  username: string;
  from: string;
  to: string;
}

export function toDraft(channel: AlertChannel | undefined): ChannelDraft {
  const read = (name: string, other = '') => (channel && settingOf(channel, name)) || other;
  return {
    kind: channel?.kind ?? 'webhook',
    name: channel?.name ?? '',
    enabled: channel?.enabled ?? true,
    minSeverity: channel?.min_severity ?? 'warning',
    kinds: [...(channel?.kinds ?? [])],
    tellsResolved: channel?.tells_resolved ?? true,
    title: channel?.template.title ?? '',
    text: channel?.template.text ?? '',
    secret: '',
    url: read('url'),
    chatId: read('chat_id'),
    host: read('host'),
    port: read('port', '587'),
    security: read('security', 'starttls') as ChannelDraft['security'],
    username: read('username'),
    from: read('from'),
    to: read('to'),
  };
}

function settingsOf(draft: ChannelDraft): object {
  switch (draft.kind) {
    case 'webhook':
      return { url: draft.url.trim() };
    case 'telegram':
      return { chat_id: draft.chatId.trim() };
    case 'email':
      return {
        host: draft.host.trim(),
        port: toNumber(draft.port),
        security: draft.security,
        username: draft.username.trim(),
        from: draft.from.trim(),
        to: draft.to.split(/[\s,;]+/).filter((address) => address !== ''),
      };
    default:
      return {};
  }
}

/** What is sent; the platform says what is wrong with it. */
export function toInput(draft: ChannelDraft): AlertChannelInput {
  return {
    kind: draft.kind,
    name: draft.name.trim(),
    enabled: draft.enabled,
    min_severity: draft.minSeverity,
    kinds: draft.kinds,
    tells_resolved: draft.tellsResolved,
    template: { title: draft.title, text: draft.text },
    settings: settingsOf(draft),
    ...(draft.secret === '' ? {} : { secret: draft.secret.trim() }),
  } as AlertChannelInput;
}
