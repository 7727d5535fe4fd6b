/** All addresses of the dashboard. Each page is loaded when somebody goes there. */
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router';
import type { TextKey } from './i18n/use-text.ts';

/** Who may see a page; others are shown how to sign in. */
export type PageAccess = 'all' | 'signed_in' | 'admin';

declare module 'vue-router' {
  interface RouteMeta {
    readonly title: TextKey;
    readonly access?: PageAccess;
    /** Its table takes the whole width of a wide screen. */
    readonly isWide?: boolean;
  }
}

const routes: RouteRecordRaw[] = [
  {
    path: '/',
    name: 'overview',
    component: () => import('./features/overview/overview-page.vue'),
    meta: { title: 'shell.page.overview' },
  },
  {
    path: '/fleet',
    name: 'fleet',
    component: () => import('./features/fleet/fleet-page.vue'),
    meta: { title: 'shell.page.fleet', isWide: true },
  },
  {
    path: '/fleet/:workerId',
    name: 'worker',
    component: () => import('./features/worker/worker-page.vue'),
    props: true,
    meta: { title: 'shell.page.worker' },
  },
  {
    path: '/groups',
    name: 'groups',
    component: () => import('./features/tags/groups-page.vue'),
    meta: { title: 'shell.page.groups', access: 'signed_in', isWide: true },
  },
  {
    path: '/blocks',
    name: 'blocks',
    component: () => import('./features/blocks/blocks-page.vue'),
    meta: { title: 'shell.page.blocks', isWide: true },
  },
  {
    path: '/blocks/:blockId',
    name: 'block',
    component: () => import('./features/blocks/block-page.vue'),
    props: true,
    meta: { title: 'shell.page.block' },
  },
  {
    path: '/alerts/:incidentId(\\d+)',
    name: 'incident',
    component: () => import('./features/alerts/incident-page.vue'),
    props: true,
    meta: { title: 'shell.page.incident', access: 'admin' },
  },
  {
    path: '/alerts/:section?',
    name: 'alerts',
    component: () => import('./features/alerts/alerts-page.vue'),
    props: true,
    meta: { title: 'shell.page.alerts', access: 'admin' },
  },
  {
    path: '/templates',
    name: 'templates',
    component: () => import('./features/templates/templates-page.vue'),
    meta: { title: 'shell.page.templates', access: 'admin' },
  },
  {
    path: '/templates/jobs/:jobId',
    name: 'template-job',
    component: () => import('./features/templates/job-page.vue'),
    props: true,
    meta: { title: 'shell.page.templateJob', access: 'admin' },
  },
  {
    path: '/market',
    name: 'market',
    component: () => import('./features/market/market-page.vue'),
    meta: { title: 'shell.page.market' },
  },
  {
    path: '/provider',
    name: 'provider',
    component: () => import('./features/provider/provider-page.vue'),
    meta: { title: 'shell.page.provider', access: 'signed_in' },
  },
  {
    path: '/earnings',
    name: 'earnings',
    component: () => import('./features/earnings/earnings-page.vue'),
    meta: { title: 'shell.page.earnings', access: 'signed_in' },
  },
  {
    path: '/renter',
    name: 'renter',
    component: () => import('./features/renter/renter-page.vue'),
    meta: { title: 'shell.page.renter', access: 'signed_in' },
  },
  {
    path: '/leases',
    name: 'leases',
    component: () => import('./features/leases/leases-page.vue'),
    meta: { title: 'shell.page.leases', isWide: true, access: 'signed_in' },
  },
  {
    path: '/leases/:leaseId',
    name: 'lease',
    component: () => import('./features/leases/lease-page.vue'),
    props: true,
    meta: { title: 'shell.page.lease', access: 'signed_in' },
  },
  {
    path: '/account',
    name: 'account',
    component: () => import('./features/account/account-page.vue'),
    meta: { title: 'shell.page.account', access: 'signed_in' },
  },
  {
    path: '/chain',
    name: 'chain',
    component: () => import('./features/chain/chain-page.vue'),
    meta: { title: 'shell.page.chain' },
  },
  {
    path: '/system/:section?',
    name: 'system',
    component: () => import('./features/system/system-page.vue'),
    props: true,
    meta: { title: 'shell.page.system', access: 'admin' },
  },
  {
    path: '/desktop',
    name: 'desktop',
    component: () => import('./desktop/desktop-page.vue'),
    meta: { title: 'shell.page.desktop', access: 'admin' },
  },
  {
    path: '/welcome',
    name: 'welcome',
    component: () => import('./features/welcome/welcome-page.vue'),
    meta: { title: 'shell.page.welcome' },
  },
  {
    path: '/help/:topic?',
    name: 'help',
    component: () => import('./features/help/help-page.vue'),
    props: true,
    meta: { title: 'shell.page.help' },
  },
  {
    path: '/sign-in',
    name: 'sign-in',
    component: () => import('./features/account/sign-in-page.vue'),
    meta: { title: 'shell.page.signIn' },
  },
  {
    path: '/:rest(.*)*',
    name: 'not-found',
    component: () => import('./shell/not-found-page.vue'),
    meta: { title: 'shell.page.notFound' },
  },
];

export const router = createRouter({
  history: createWebHistory(import.meta.env.BASE_URL),
  routes,
  // Its successor is experimental still.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
});

/** Begins to load the page of an address, so that it is here, or nearly so, when the router asks for it. */
export function fetchPage(address: string): void {
  for (const { components } of router.resolve(address).matched) {
    const load = components?.['default'] as (() => Promise<unknown>) | undefined;
    // Who goes there is told when it can't be loaded.
    load?.().catch(() => undefined);
  }
}
