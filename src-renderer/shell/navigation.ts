/** The places of the sidebar, the bottom bar and the command palette. */
import {
  Activity,
  BellRing,
  Boxes,
  ChartNoAxesColumn,
  CirclePlus,
  CircleQuestionMark,
  FileClock,
  HardDrive,
  Link2,
  MonitorCog,
  SlidersHorizontal,
  Store,
  Tags,
  TrendingUp,
  UserRound,
  Wallet,
  WalletCards,
} from '@lucide/vue';
import type { Component } from 'vue';
import { desktop } from '../desktop/bridge.ts';
import type { TextKey } from '../i18n/use-text.ts';
import type { PageAccess } from '../router.ts';

export interface Place {
  /** Name of its route. */
  readonly name: string;
  readonly title: TextKey;
  readonly icon: Component;
  readonly access: PageAccess;
  /** Second key of its shortcut, after `g`. */
  readonly key: string;
}

export interface PlaceGroup {
  readonly title: TextKey;
  readonly places: readonly Place[];
}

/** Only in the window of the program itself. */
const desktopPlace: Place = {
  name: 'desktop',
  title: 'shell.page.desktop',
  icon: MonitorCog,
  access: 'admin',
  key: 'd',
};

export const placeGroups: readonly PlaceGroup[] = [
  {
    title: 'shell.group.operate',
    places: [
      { name: 'overview', title: 'shell.page.overview', icon: ChartNoAxesColumn, access: 'all', key: 'o' },
      { name: 'fleet', title: 'shell.page.fleet', icon: Activity, access: 'all', key: 'f' },
      { name: 'blocks', title: 'shell.page.blocks', icon: Boxes, access: 'all', key: 'b' },
      { name: 'earnings', title: 'shell.page.earnings', icon: TrendingUp, access: 'signed_in', key: 'e' },
      { name: 'alerts', title: 'shell.page.alerts', icon: BellRing, access: 'admin', key: 'i' },
      {
        name: 'templates',
        title: 'shell.page.templates',
        icon: SlidersHorizontal,
        access: 'admin',
        key: 't',
      },
      { name: 'welcome', title: 'shell.page.welcome', icon: CirclePlus, access: 'all', key: 'n' },
    ],
  },
  {
    title: 'shell.group.market',
    places: [
      { name: 'market', title: 'shell.page.market', icon: Store, access: 'all', key: 'm' },
      { name: 'provider', title: 'shell.page.provider', icon: WalletCards, access: 'signed_in', key: 'p' },
      { name: 'renter', title: 'shell.page.renter', icon: Wallet, access: 'signed_in', key: 'r' },
      { name: 'leases', title: 'shell.page.leases', icon: FileClock, access: 'signed_in', key: 'l' },
    ],
  },
  {
    title: 'shell.group.platform',
    places: [
      { name: 'chain', title: 'shell.page.chain', icon: Link2, access: 'all', key: 'c' },
      { name: 'system', title: 'shell.page.system', icon: HardDrive, access: 'admin', key: 's' },
      { name: 'help', title: 'shell.page.help', icon: CircleQuestionMark, access: 'all', key: 'h' },
      ...(desktop ? [desktopPlace] : []),
    ],
  },
];

/** In the palette and the account menu, not in the sidebar. */
export const accountPlace: Place = {
  name: 'account',
  title: 'shell.page.account',
  icon: UserRound,
  access: 'signed_in',
  key: 'a',
};

/** Beside the fleet, and in the palette. */
const groupsPlace: Place = {
  name: 'groups',
  title: 'shell.page.groups',
  icon: Tags,
  access: 'signed_in',
  key: 'g',
};

export const allPlaces: readonly Place[] = [
  ...placeGroups.flatMap(({ places }) => places),
  groupsPlace,
  accountPlace,
];

/** Names of the routes that a phone's bottom bar shows before `More`. */
export const bottomPlaceNames = ['overview', 'fleet', 'market', 'leases'] as const;

/** Which place a route belongs to: a worker's page is a part of the fleet. */
export function placeOf(routeName: string): string {
  const parents: Readonly<Record<string, string>> = {
    worker: 'fleet',
    groups: 'fleet',
    block: 'blocks',
    lease: 'leases',
    'template-job': 'templates',
    incident: 'alerts',
  };
  return parents[routeName] ?? routeName;
}
