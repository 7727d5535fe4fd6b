/** The sections of the operator's page, each loaded when somebody goes there. */
import {
  Activity,
  Archive,
  Bot,
  Database,
  FileInput,
  KeyRound,
  PlugZap,
  ScrollText,
  Stethoscope,
  SlidersHorizontal,
  Terminal,
} from '@lucide/vue';
import { defineAsyncComponent, type Component } from 'vue';
import type { TextKey } from '../../i18n/use-text.ts';

export interface SystemSection {
  /** As in its address. */
  readonly id: string;
  readonly title: TextKey;
  readonly icon: Component;
  readonly page: Component;
}

const page = (load: () => Promise<{ default: Component }>) => defineAsyncComponent(load);

export const sections: readonly SystemSection[] = [
  {
    id: 'health',
    title: 'system.section.health',
    icon: Activity,
    page: page(() => import('./health/health-section.vue')),
  },
  {
    id: 'self-check',
    title: 'system.section.selfCheck',
    icon: Stethoscope,
    page: page(() => import('./self-check/self-check-section.vue')),
  },
  {
    id: 'clients',
    title: 'system.section.clients',
    icon: PlugZap,
    page: page(() => import('./clients/clients-section.vue')),
  },
  {
    id: 'storage',
    title: 'system.section.storage',
    icon: Database,
    page: page(() => import('./storage/storage-section.vue')),
  },
  {
    id: 'backups',
    title: 'system.section.backups',
    icon: Archive,
    page: page(() => import('./backups/backups-section.vue')),
  },
  {
    id: 'simulator',
    title: 'system.section.simulator',
    icon: Bot,
    page: page(() => import('./simulator/simulator-section.vue')),
  },
  {
    id: 'access',
    title: 'system.section.access',
    icon: KeyRound,
    page: page(() => import('./access/access-section.vue')),
  },
  {
    id: 'audit',
    title: 'system.section.audit',
    icon: ScrollText,
    page: page(() => import('./audit/audit-section.vue')),
  },
  {
    id: 'logs',
    title: 'system.section.logs',
    icon: Terminal,
    page: page(() => import('./logs/logs-section.vue')),
  },
  {
    id: 'settings',
    title: 'system.section.settings',
    icon: SlidersHorizontal,
    page: page(() => import('./settings/settings-section.vue')),
  },
  {
    id: 'import',
    title: 'system.section.import',
    icon: FileInput,
    page: page(() => import('./import/import-section.vue')),
  },
];

/** The section of an address; without one the first. */
export function findSection(id: string): SystemSection | undefined {
  return id === '' ? sections[0] : sections.find((section) => section.id === id);
}
