/** The parts of the alerts, each loaded when somebody goes there. */
import { BellRing, Dog, ListChecks, Send, Wrench } from '@lucide/vue';
import { defineAsyncComponent, type Component } from 'vue';
import type { TextKey } from '../../i18n/use-text.ts';

export interface AlertSection {
  /** As in its address; empty: the first. */
  readonly id: string;
  readonly title: TextKey;
  readonly icon: Component;
  readonly page: Component;
}

const page = (load: () => Promise<{ default: Component }>) => defineAsyncComponent(load);

export const alertSections: readonly AlertSection[] = [
  {
    id: '',
    title: 'alerts.section.incidents',
    icon: BellRing,
    page: page(() => import('./incidents-section.vue')),
  },
  {
    id: 'rules',
    title: 'alerts.section.rules',
    icon: ListChecks,
    page: page(() => import('./rules/rules-section.vue')),
  },
  {
    id: 'channels',
    title: 'alerts.section.channels',
    icon: Send,
    page: page(() => import('./channels/channels-section.vue')),
  },
  {
    id: 'maintenance',
    title: 'alerts.section.maintenance',
    icon: Wrench,
    page: page(() => import('./windows/windows-section.vue')),
  },
  {
    id: 'watchdogs',
    title: 'alerts.section.watchdogs',
    icon: Dog,
    page: page(() => import('./watchdogs/watchdogs-section.vue')),
  },
];
