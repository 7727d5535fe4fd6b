/** A picture for each kind of channel. */
import { Gauge, Mail, MessageSquare, MonitorDot, Send, Webhook } from '@lucide/vue';
import type { Component } from 'vue';
import type { AlertChannel, AlertChannelKind } from '../../../../src-main/contract/domain/alert-channel.ts';

export const channelIcons: Readonly<Record<AlertChannelKind, Component>> = {
  dashboard: Gauge,
  desktop: MonitorDot,
  webhook: Webhook,
  telegram: Send,
  discord: MessageSquare,
  email: Mail,
};

/** Whether a channel is always there and has no server. */
export function isBuiltIn({ kind }: Pick<AlertChannel, 'kind'>): boolean {
  return kind === 'dashboard' || kind === 'desktop';
}

/** A channel's settings as texts; they are of its kind. */
export function settingOf({ settings }: Pick<AlertChannel, 'settings'>, name: string): string {
  const value = settings[name];
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
